package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// noon is the present moment of every test on the fake.
var noon = time.Date(2027, 3, 9, 12, 0, 0, 0, time.UTC)

const (
	newsID   = "4f0c7a1e-0000-4000-8000-000000000001"
	sportsID = "4f0c7a1e-0000-4000-8000-000000000002"
)

// fakeCloud answers from its fields. fail has errors by method name; calls lists the changes that were asked for.
type fakeCloud struct {
	casters  []live.Caster
	scenes   map[string][]live.Scene
	setups   map[string]live.CasterConfig
	online   []live.Online
	configs  []live.RecordConfig
	contents map[string][]live.Content
	files    []live.File
	receipt  live.Receipt
	fail     map[string]error
	domains  []string // those that the account has; none: any
	calls    []string
	enter    func(method string) // called at the beginning of every look
}

func (f *fakeCloud) look(method string) error {
	if f.enter != nil {
		f.enter(method)
	}
	return f.fail[method]
}

func (f *fakeCloud) Casters(context.Context) ([]live.Caster, error) {
	return f.casters, f.look("Casters")
}

func (f *fakeCloud) Caster(_ context.Context, id string) (live.Caster, error) {
	err := f.look("Caster")
	for _, c := range f.casters {
		if c.ID == id {
			return c, err
		}
	}
	return live.Caster{}, &live.Error{Class: live.NotFound, Action: "DescribeCasters"}
}

func (f *fakeCloud) Scenes(_ context.Context, id string) ([]live.Scene, error) {
	return f.scenes[id], f.look("Scenes")
}

func (f *fakeCloud) CasterConfig(_ context.Context, id string) (live.CasterConfig, error) {
	return f.setups[id], f.look("CasterConfig")
}

// absent is the answer about a domain that the account has not.
func (f *fakeCloud) absent(domain string) error {
	if len(f.domains) == 0 || slices.Contains(f.domains, domain) {
		return nil
	}
	return &live.Error{Class: live.Refused, Code: "InvalidDomain.NotFound", Status: 404}
}

func (f *fakeCloud) OnlineStreams(_ context.Context, domain, app, name string) ([]live.Online, error) {
	if err := f.absent(domain); err != nil {
		return nil, err
	}
	var found []live.Online
	for _, o := range f.online {
		if o.Domain == domain && (app == "" || o.App == app) && (name == "" || o.Name == name) {
			found = append(found, o)
		}
	}
	return found, f.look("OnlineStreams")
}

func (f *fakeCloud) RecordConfigs(context.Context, ...live.Stream) ([]live.RecordConfig, error) {
	return f.configs, f.look("RecordConfigs")
}

func (f *fakeCloud) RecordContent(_ context.Context, s live.Stream, from, to time.Time) ([]live.Content, error) {
	if !to.After(from) || to.Sub(from) > 4*24*time.Hour {
		return nil, errors.New("a window that the API refuses")
	}
	if err := f.absent(s.Domain); err != nil {
		return nil, err
	}
	return f.contents[s.String()], f.look("RecordContent")
}

func (f *fakeCloud) RecordFiles(_ context.Context, _ live.Stream, from, to time.Time) ([]live.File, error) {
	if to.Sub(from) > 4*24*time.Hour {
		return nil, errors.New("a window that the API refuses")
	}
	var found []live.File
	for _, file := range f.files {
		if file.To.IsZero() || !file.To.Before(from) && !file.From.After(to) {
			found = append(found, file)
		}
	}
	return found, f.look("RecordFiles")
}

// permitted lets every call leave.
var permitted = op.NewSendPermit(func() error { return nil }, nil)

func (f *fakeCloud) change(permit op.SendPermit, words ...string) (live.Receipt, error) {
	if err := permit.Leave(); err != nil {
		return live.Receipt{}, &live.Error{Class: live.NotSent, Action: words[0], Message: err.Error()}
	}
	f.calls = append(f.calls, strings.Join(words, " "))
	return f.receipt, cmp.Or(f.fail[words[0]], f.fail["every change"])
}

func (f *fakeCloud) CopyCaster(_ context.Context, permit op.SendPermit, source, name,
	token string) (live.Receipt, error) {
	return f.change(permit, "CopyCaster", source, name, token)
}

func (f *fakeCloud) RestartCaster(_ context.Context, permit op.SendPermit, id string) (live.Receipt, error) {
	return f.change(permit, "RestartCaster", id)
}

func (f *fakeCloud) StartCaster(_ context.Context, permit op.SendPermit, id string) (live.Receipt, error) {
	return f.change(permit, "StartCaster", id)
}

func (f *fakeCloud) StopCaster(_ context.Context, permit op.SendPermit, id string) (live.Receipt, error) {
	return f.change(permit, "StopCaster", id)
}

func (f *fakeCloud) TakeScene(_ context.Context, permit op.SendPermit, caster, preview,
	program string) (live.Receipt, error) {
	return f.change(permit, "TakeScene", caster, preview, program)
}

func (f *fakeCloud) Standby(_ context.Context, permit op.SendPermit, caster, program string) (live.Receipt, error) {
	return f.change(permit, "Standby", caster, program)
}

func (f *fakeCloud) StartScene(_ context.Context, permit op.SendPermit, caster, scene string) (live.Receipt, error) {
	return f.change(permit, "StartScene", caster, scene)
}

func (f *fakeCloud) StopScene(_ context.Context, permit op.SendPermit, caster, scene string) (live.Receipt, error) {
	return f.change(permit, "StopScene", caster, scene)
}

func (f *fakeCloud) Record(_ context.Context, permit op.SendPermit, s live.Stream,
	command string) (live.Receipt, error) {
	return f.change(permit, "Record", s.String(), command)
}

const mainPath = "live.example.com/show/main"

var mainStream = live.Stream{Domain: "live.example.com", App: "show", Name: "main"}

// newFake is a small world: three studios, scenes of the first, one live stream with a recording configuration.
func newFake() *fakeCloud {
	return &fakeCloud{
		casters: []live.Caster{
			{ID: sportsID, Name: "Evening Sports", Mode: live.ModeGeneral, Created: noon.Add(-48 * time.Hour)},
			{ID: newsID, Name: "Evening News", OnAir: true, Mode: live.ModeGeneral, Started: noon.Add(-time.Hour),
				Modified: noon.Add(-time.Hour)},
			{ID: "hidden-1", Name: "Morning Show", OnAir: true, Mode: live.ModeGeneral},
		},
		scenes: map[string][]live.Scene{newsID: {
			{ID: "s-p2", Name: "Preview 2"},
			{ID: "s-p1", Name: "Preview 1", Open: true},
			{ID: "s-main", Name: "Main", Program: true, Open: true,
				PlayURL: "rtmp://live.example.com/caster/b5447c?auth_key=fake-canary"},
		}, sportsID: {{ID: "t-p1", Name: "Preview 1"}}},
		setups:   map[string]live.CasterConfig{newsID: {Domain: "live.example.com", Recorded: true, Delay: 5 * time.Second}},
		online:   []live.Online{{Stream: mainStream, Since: noon.Add(-10 * time.Minute)}},
		configs:  []live.RecordConfig{{App: "show", Name: "*", OnDemand: 7, Delay: 3 * time.Minute}},
		contents: map[string][]live.Content{},
		receipt: live.Receipt{RequestID: "REQ-1", CasterID: "new-1",
			PlayURL: "http://play.example.com/caster/x.flv?auth_key=fake-canary"},
		fail: map[string]error{},
	}
}

// evening is the scope of a channel that may touch studios whose name begins with Evening, and four kinds of streams.
func evening() op.Scope {
	return op.Scope{
		Channel: "C0SHOW",
		Studio:  func(_, name string) bool { return !strings.HasPrefix(name, "Morning") },
		Stream:  func(path string) bool { return strings.HasPrefix(path, "live.example.com/show/") },
		Streams: []op.StreamAlias{
			{Alias: "main", Pattern: mainPath},
			{Alias: "friday", Pattern: "live.example.com/show/friday"},
			{Alias: "guests", Pattern: "live.example.com/show/guest-*"},
		},
	}
}

func find(t *testing.T, f *fakeCloud, usage string) op.Command {
	t.Helper()
	c, ok := Table(f, &fakeRecords{}, func() time.Time { return noon }).Find(usage)
	if !ok {
		t.Fatalf("no command %q", usage)
	}
	return telling(t, c)
}

// telling holds every plan of a command to what its card needs: a line on what viewers will notice.
func telling(t *testing.T, c op.Command) op.Command {
	t.Helper()
	if plan := c.Plan; plan != nil {
		c.Plan = func(ctx context.Context, call op.Call) (op.Plan, error) {
			p, err := plan(ctx, call)
			if err == nil && !strings.Contains(strings.ToLower(p.Viewers.Plain()), "viewers ") {
				t.Errorf("%s: what viewers will notice is %q", c.Usage, p.Viewers.Plain())
			}
			return p, err
		}
	}
	return c
}

// done carries a plan out, and gives its outcome as the card shows it: with the ways on of its command.
func done(t *testing.T, c op.Command, p op.Plan) op.Outcome {
	t.Helper()
	return withThen(c, p, c.Apply(t.Context(), p, "", permitted))
}

func withThen(c op.Command, p op.Plan, o op.Outcome) op.Outcome {
	if o.State == op.Succeeded && len(o.Next) == 0 && c.Then != nil {
		o.Next = c.Then(p)
	}
	return o
}

func call(pairs ...string) op.Call {
	args := op.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return op.Call{Args: args, Scope: evening()}
}

// refused gives the refusal that an error is.
func refused(t *testing.T, err error) *op.Refusal {
	t.Helper()
	refusal := &op.Refusal{}
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v is no refusal for people", err)
	}
	return refusal
}

// words is everything that an answer says, as plain text.
func words(a op.Answer) string {
	var b strings.Builder
	b.WriteString(a.Title.Plain() + "\n")
	for _, l := range a.Lines {
		b.WriteString(l.Plain() + "\n")
	}
	for _, item := range a.Items {
		b.WriteString("- " + item.Title.Plain() + "\n")
		for _, l := range item.Facts {
			b.WriteString("  " + l.Plain() + "\n")
		}
	}
	for _, n := range a.Next {
		b.WriteString("[" + n.Label + "] " + n.Text + "\n")
	}
	return b.String() + a.Note.Plain()
}

// facts are all that a plan says but for its title.
func facts(p op.Plan) string {
	shown, details := p.OnCard()
	var all []string
	for _, l := range slices.Concat(shown, details) {
		all = append(all, l.Plain())
	}
	return strings.Join(all, "\n")
}

func wantHas(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("missing %q in:\n%s", part, text)
		}
	}
}

func wantNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("unwanted %q in:\n%s", part, text)
		}
	}
}
