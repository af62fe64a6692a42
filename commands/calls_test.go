package commands

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

var update = flag.Bool("update", false, "write the table of calls into docs/performance.md")

// counted are the calls of the API that a command makes: at a question, at the moment before its call, at the first
// look after an answer, and at the first look when none came.
type counted struct{ ask, before, after, unanswered []string }

// looked gives the names of the reads that do makes.
func (w *world) looked(do func()) []string {
	from := int64(0)
	if calls := w.live.Snapshot().Calls; len(calls) > 0 {
		from = calls[len(calls)-1].Seq
	}
	do()
	var names []string
	for _, c := range w.live.Snapshot().Calls {
		if name, reads := strings.CutPrefix(c.Action, "Describe"); reads && c.Seq > from {
			names = append(names, name)
		}
	}
	return names
}

// count carries a command out as the engine does and counts.
func (w *world) count(person, text string) (usage string, n counted) {
	w.t.Helper()
	c, call := w.command(text)
	call.Person.ID, call.Scope = person, countedScope()
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			w.t.Fatalf("%s: %v", text, err)
		}
	}
	if c.Read != nil {
		n.ask = w.looked(func() { _, err := c.Read(ctx, call); fail(err) })
		return c.Usage, n
	}
	var p op.Plan
	var err error
	n.ask = w.looked(func() { p, err = c.Plan(ctx, call); fail(err) })
	call.Args = p.Args
	if byID := w.looked(func() { _, err := c.Plan(ctx, call); fail(err) }); len(byID) > len(n.ask) {
		n.ask = byID
	}
	w.wait(10 * time.Second)
	call.Confirmed = &p
	n.before = w.looked(func() {
		again, err := c.Plan(ctx, call)
		if fail(err); again.Fingerprint != p.Fingerprint {
			w.t.Fatalf("%s: another plan before the call", text)
		}
		p.Seen = again.Seen
	})
	a := op.Attempt{Plan: p, Sent: w.now()}
	if a.Outcome = c.Apply(ctx, p, "token", permitted); a.Outcome.State != op.Succeeded {
		w.t.Fatalf("%s: %s", text, a.Outcome.Text.Plain())
	}
	w.wait(10 * time.Second)
	if c.Verify != nil {
		n.after = w.looked(func() { _, err := c.Verify(ctx, a); fail(err) })
		a.Outcome = op.Outcome{State: op.Unknown}
		n.unanswered = w.looked(func() { _, err := c.Verify(ctx, a); fail(err) })
		if c.Sends != "" {
			w.provesNothing(c, a)
		}
	}
	return c.Usage, n
}

// provesNothing lets every look of a command fail: that is no evidence of what it did, nor of the end of what it
// removed. Only live.NotFound, which Caster gives for one id, may be that.
func (w *world) provesNothing(c op.Command, a op.Attempt) {
	w.t.Helper()
	defer w.live.ClearFaults()
	refused := fakelive.Fault{Kind: fakelive.Refuse, Code: "NoPermission"}
	for _, f := range []fakelive.Fault{refused, {Kind: fakelive.HTMLBefore}, {Kind: fakelive.Empty},
		{Kind: fakelive.Throttle}, {Kind: fakelive.Status}} {
		w.live.ClearFaults()
		f.Times = -1
		w.live.Inject(f)
		within := 100 * time.Millisecond // what the client tries again need not be: it fails by that
		if f == refused {
			within = time.Minute
		}
		soon, cancel := context.WithTimeout(context.Background(), within)
		if seen, err := c.Verify(soon, a); seen.Happened {
			w.t.Errorf("/%s takes a look that failed (%s) for evidence: %s, %v", c.Usage, f.Kind, seen.Seen.Plain(), err)
		}
		cancel()
		w.wait(2 * time.Second)
	}
}

// countedScope names the programme of the studio on air too.
func countedScope() op.Scope {
	scope := seedScope()
	scope.Channel = "C0SHOW"
	scope.Stream = func(path string) bool { return !strings.HasPrefix(path, "live.example.com/morning/") }
	scope.Streams = append(scope.Streams, op.StreamAlias{Alias: "programme", Pattern: "live.example.com/caster/334d61c6"})
	return scope
}

// evenings is one of everything: a studio on air whose programme is being recorded, a stream with recordings and files.
var evenings = []struct{ person, text string }{
	{"U0ANA", "record start live.example.com/caster/334d61c6"}, {"U0ANA", "record start main"},
	{"U0ANA", "record stop main"},
	{"U0ANA", "record finish main"}, {"U0ANA", "record start main"}, {"U0ANA", "record restart main"},
	{"U0ANA", "record stop main"},
	{"U0ANA", "caster list"}, {"U0ANA", `caster show "Evening News"`}, {"U0ANA", `caster history "Evening News"`},
	{"U0ANA", "record history main failed"}, {"U0KEN", "caster report yesterday"},
	{"U0ANA", `caster why restart "Evening News"`}, {"U0ANA", `caster who "scene start" "Evening News"`},
	{"U0ANA", "record status"}, {"U0ANA", "record status main"}, {"U0ANA", "record files"}, {"U0ANA", "record files main"},
	{"U0ANA", `caster lock "Evening News" for 2h`}, {"U0BO", `caster ask "Evening News" please`},
	{"U0BO", `caster break "Evening News" black`},
	{"U0ANA", `caster lock "Evening News" for 2h`}, {"U0ANA", `caster unlock "Evening News"`},
	{"U0ANA", "caster care 5f0c7a1e42"},
	{"U0ANA", "caster board on"},
	{"U0ANA", `caster copy "Evening News" "Evening News 47"`}, {"U0ANA", `caster scene start "Evening News" "Preview 2"`},
	{"U0ANA", `caster take "Evening News" "Preview 2"`}, {"U0ANA", `caster standby "Evening News"`},
	{"U0ANA", `caster take "Evening News" "Preview 2"`}, {"U0ANA", `caster scene stop "Evening News" "Preview 2"`},
	{"U0ANA", `caster restart "Evening News"`}, {"U0ANA", `caster stop "Evening News"`},
	{"U0ANA", `caster start "Evening News"`},
}

// readsOfMore are the commands that only look and show more than one thing, with what they may cost at most.
var readsOfMore = map[string]int{
	"caster list {text?}":  1 + 2*maxTallies,
	"caster show {caster}": 4, // the studio, its scenes, its settings, the recording of its programme
	statusUsage:            15,
	filesUsage:             15,
}

// TestCallsPerCommand holds every command against what it may cost, in the worst case of the embedded world, and the
// table of docs/performance.md against what was counted.
func TestCallsPerCommand(t *testing.T) {
	w := newWorld(t)
	costs := map[string]counted{}
	for _, step := range evenings {
		usage, n := w.count(step.person, step.text)
		known := costs[usage]
		costs[usage] = counted{most(known.ask, n.ask), most(known.before, n.before), most(known.after, n.after),
			most(known.unanswered, n.unanswered)}
	}
	table := "| command | a question | before the call | after it | when no answer came |\n|---|---|---|---|---|\n"
	for _, c := range w.table.Commands {
		n, ok := costs[c.Usage]
		if !ok {
			t.Errorf("/%s is not counted", c.Usage)
		}
		asks := 3
		if more, ok := readsOfMore[c.Usage]; ok && c.Effect == op.Read {
			asks = more
		}
		if len(n.ask) > asks || len(n.before) > 2 || len(n.after) > 1 || len(n.unanswered) > 2 {
			t.Errorf("/%s costs too much: %+v", c.Usage, n)
		}
		table += fmt.Sprintf("| `/%s` | %s | %s | %s | %s |\n", c.Usage, cell(n.ask), cell(n.before), cell(n.after),
			cell(n.unanswered))
	}
	inDocument(t, "../docs/performance.md", "calls", table)
}

func most(a, b []string) []string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// cell writes "3: Casters, CasterScenes, …", with how often where it is more than once.
func cell(calls []string) string {
	if len(calls) == 0 {
		return "–"
	}
	sorted := slices.Sorted(slices.Values(calls))
	var parts []string
	for i := 0; i < len(sorted); {
		n := 1
		for i+n < len(sorted) && sorted[i+n] == sorted[i] {
			n++
		}
		part := sorted[i]
		if n > 1 {
			part = strconv.Itoa(n) + " " + part
		}
		parts = append(parts, part)
		i += n
	}
	return strconv.Itoa(len(calls)) + ": " + strings.Join(parts, ", ")
}

// inDocument compares what stands between two marks of a document, or writes it there.
func inDocument(t *testing.T, path, name, want string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, last := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, found := strings.Cut(string(data), first)
	have, after, closed := strings.Cut(rest, last)
	switch {
	case !found || !closed:
		t.Errorf("%s has no place %s… %s", path, first, last)
	case have == want:
	case !*update:
		t.Errorf("%s: run go test ./commands -run TestCallsPerCommand -update. It should be\n%s", path, want)
	default:
		if err := os.WriteFile(path, []byte(before+first+want+last+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// crowd puts more streams into the world, live ones and others in turn, each with a configuration of its own.
func (w *world) crowd(n int) op.Scope {
	w.t.Helper()
	var saved map[string]json.RawMessage
	var streams []fakelive.Stream
	if err := json.Unmarshal(w.live.Save(), &saved); err != nil {
		w.t.Fatal(err)
	}
	scope := seedScope()
	scope.Streams = nil
	for i := range n {
		s := fakelive.Stream{Domain: "live.example.com", App: "show", Name: fmt.Sprintf("s%03d", i+1), Live: i%2 == 0,
			Setup: &fakelive.RecordSetup{OnDemand: 7, Delay: 60, Format: "mp4", Created: noon}}
		if s.Live {
			s.Since = noon.Add(-time.Hour)
		}
		streams = append(streams, s)
		scope.Streams = append(scope.Streams, op.StreamAlias{Alias: s.Name, Pattern: s.Domain + "/" + s.App + "/" + s.Name})
	}
	saved["streams"], _ = json.Marshal(streams)
	world, _ := json.Marshal(saved)
	if err := w.live.Load(world); err != nil {
		w.t.Fatal(err)
	}
	return scope
}

// TestStatusOfMany: a page of ten, the live ones first, for at most 15 calls.
func TestStatusOfMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scope := w.crowd(120)
	c, _ := w.command("record status")
	var got op.Answer
	text := "record status"
	for page := 1; page <= 12; page++ {
		calls := w.looked(func() {
			_, call := w.command(text)
			call.Scope = scope
			var err error
			if got, err = c.Read(t.Context(), call); err != nil {
				t.Fatal(err)
			}
		})
		if len(calls) > 15 || len(got.Items) != pageStreams {
			t.Errorf("page %d: %d streams for %s", page, len(got.Items), cell(calls))
		}
		wantHas(t, words(got), "120 streams of this channel",
			fmt.Sprintf("%d-%d of 120, recordings and live ones first.", page*10-9, page*10), "Records on command only")
		first, live := fmt.Sprintf("s%03d", 2*(page-1)*10+1), page <= 6
		if !live {
			first = fmt.Sprintf("s%03d", 2*(page-7)*10+2)
		}
		wantHas(t, words(got), first)
		if strings.Contains(words(got), "not live") == live {
			t.Errorf("page %d: live %t\n%s", page, live, words(got))
		}
		if (page < 12) != (len(got.Next) == 1) {
			t.Fatalf("page %d: ways on %v", page, got.Next)
		}
		if page < 12 {
			text = got.Next[0].Text
		}
	}
	_, call := w.command("record status all 14")
	call.Scope = scope
	got, err := c.Read(t.Context(), call)
	if err != nil || len(got.Items) != 0 || len(got.Next) != 0 {
		t.Errorf("past the end: %v", err)
	}
	wantHas(t, words(got), "There are no more.")
	_, call = w.command("record status s007")
	call.Scope = scope
	if got, err = c.Read(t.Context(), call); err != nil || got.Title.Plain() != "s007" {
		t.Errorf("one of them: %s, %v", words(got), err)
	}
}
