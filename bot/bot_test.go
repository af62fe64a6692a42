package bot

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"

	"casterbot/bot/messages"
	"casterbot/bot/render"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

func TestHelpTravelsInTheAck(t *testing.T) {
	w := NewWorld(t)
	var got atomic.Pointer[op.Request]
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		got.Store(&r)
		return engine.Accepted{Reply: &op.Answer{Title: op.L("What you can do here")}}, nil
	}
	w.start()
	ack := w.Types("U0ANA", "C0SHOW", "/caster help <now>")
	var said render.Reply
	if err := json.Unmarshal(ack.Payload, &struct {
		*render.Reply
		Blocks json.RawMessage `json:"blocks"`
	}{Reply: &said}); err != nil || said.Text != "What you can do here" || said.ResponseType != "ephemeral" {
		t.Errorf("acknowledged with %s (%v)", ack.Payload, err)
	}
	if r := got.Load(); r.Text != "caster help &lt;now&gt;" || r.Person != "U0ANA" || r.Team != "T0SHOW" ||
		r.Channel != "C0SHOW" {
		t.Errorf("the engine got %+v", r)
	}
	if !w.Reads("U0ANA", "C0SHOW", "What you can do here") || w.Reads("U0BO", "C0SHOW", "What you can do here") {
		t.Error("help is not seen by the asker alone")
	}
}

func TestLongAnswersGoByTheResponseAddress(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		a := op.Answer{Title: op.L("A long list")}
		for range 40 {
			a.Items = append(a.Items,
				op.Item{Title: op.L(strings.Repeat("long ", 100)), Next: []op.Next{{Label: "x", Text: "y"}}})
		}
		return engine.Accepted{Reply: &a}, nil
	}
	w.start()
	if ack := w.Types("U0ANA", "C0SHOW", "/caster list"); ack.Payload != nil {
		t.Error("the long answer travels in the acknowledgement")
	}
	w.Until("the answer comes", func() bool { return w.Reads("U0ANA", "C0SHOW", "A long list") })
	if w.Reads("U0BO", "C0SHOW", "A long list") {
		t.Error("others see it")
	}
}

func TestWorkRunsAfterTheAck(t *testing.T) {
	w := NewWorld(t)
	release, done := make(chan struct{}), make(chan struct{})
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Work: func(context.Context) {
			<-release
			close(done)
		}}, nil
	}
	w.start()
	w.Types("U0ANA", "C0SHOW", "/caster list")
	close(release)
	<-done
}

func TestWhatCannotBeKeptIsSaid(t *testing.T) {
	w := NewWorld(t)
	var broken atomic.Bool
	broken.Store(true)
	var taken atomic.Int32
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		if broken.Load() {
			return engine.Accepted{}, errDisk
		}
		taken.Add(1)
		return engine.Accepted{}, nil
	}
	w.engine.press = func(context.Context, op.Click) (engine.Accepted, error) { return engine.Accepted{}, errDisk }
	w.start()
	sent, err := w.Type("U0ANA", "C0SHOW", "/record stop main", "")
	ack := w.Acknowledged(sent, err)
	if !strings.Contains(string(ack.Payload), "This cannot be written down, so nothing was done.") {
		t.Errorf("acknowledged with %s", ack.Payload)
	}
	broken.Store(false)
	w.Acknowledged(w.Replay(sent.Envelope, false))
	if taken.Load() != 1 {
		t.Error("what could not be kept is not taken when it comes again")
	}
	ts := w.card(slackworld.Operation(op.Pending))
	w.Acknowledged(w.Click("U0ANA", "C0SHOW", ts, fakeslack.Press{Action: "op:confirm"}))
	w.Until("the click is answered", func() bool { return w.Reads("U0ANA", "C0SHOW", "This cannot be written down") })
}

// card posts the card of an operation and gives its id.
func (w *World) card(o op.Operation) string {
	w.t.Helper()
	draw, err := messages.New(w.Config).Turn(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	ts, err := draw(w.t.Context(), o)
	if err != nil || ts == "" {
		w.t.Fatalf("show: %q, %v", ts, err)
	}
	return ts
}

// TestDuplicates: whatever Slack sends twice is taken once and acknowledged every time.
func TestDuplicates(t *testing.T) {
	w := NewWorld(t)
	var commands, clicks atomic.Int32
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		commands.Add(1)
		return engine.Accepted{}, nil
	}
	w.engine.press = func(_ context.Context, c op.Click) (engine.Accepted, error) {
		clicks.Add(1)
		return engine.Accepted{}, nil
	}
	w.start()
	ts := w.card(slackworld.Operation(op.Pending))
	slash, err := w.Type("U0ANA", "C0SHOW", "/record stop main", "")
	w.Acknowledged(slash, err)
	press, err := w.Click("U0ANA", "C0SHOW", ts, fakeslack.Press{Action: "op:confirm"})
	w.Acknowledged(press, err)
	said, err := w.Type("U0ANA", "C0SHOW", "<@U0BOT> record stop main", "")
	w.Acknowledged(said, err)
	for i := range 20 {
		for _, s := range []fakeslack.Sent{slash, press, said} {
			w.Acknowledged(w.Replay(s.Envelope, i%2 == 0))
		}
	}
	if commands.Load() != 2 || clicks.Load() != 1 {
		t.Errorf("%d commands and %d clicks were taken, want 2 and 1", commands.Load(), clicks.Load())
	}
}

// TestPanics: the person is told, the log has the reference, and the next command works.
func TestPanics(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		switch r.Text {
		case "caster now":
			panic("at once")
		case "caster later":
			return engine.Accepted{Work: func(context.Context) { panic("in the work") }}, nil
		}
		return engine.Accepted{Reply: &op.Answer{Title: op.L("fine")}}, nil
	}
	w.start()
	for _, text := range []string{"now", "later"} {
		user := map[string]string{"now": "U0ANA", "later": "U0BO"}[text]
		w.Types(user, "C0SHOW", "/caster "+text)
		w.Until(user+" is told", func() bool { return w.Reads(user, "C0SHOW", "Internal error, reference op-") })
	}
	w.Types("U0KEN", "C0SHOW", "/caster fine")
	if !w.Reads("U0KEN", "C0SHOW", "fine") {
		t.Error("the bot does not go on")
	}
	if n := strings.Count(w.Book.String(), "reference=op-"); n != 2 {
		t.Errorf("%d references in the log:\n%s", n, w.Book)
	}
}

func TestMentions(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		return engine.Accepted{Reply: &op.Answer{Title: op.L("heard: ", r.Text)}}, nil
	}
	w.start()
	ts := w.card(slackworld.Operation(op.Pending))
	w.Acknowledged(w.Type("U0ANA", "C0SHOW", "@casterbot record status", ts))
	w.Until("the mention is answered", func() bool { return w.Reads("U0ANA", "C0SHOW", "heard: record status") })
	if c := w.Calls("chat.postEphemeral"); len(c) != 1 || c[0].Args["thread_ts"] != ts || c[0].User != "U0ANA" {
		t.Errorf("answered with %+v", c)
	}
}

func TestClicks(t *testing.T) {
	w := NewWorld(t)
	got := make(chan op.Click, 4)
	w.engine.press = func(_ context.Context, c op.Click) (engine.Accepted, error) {
		got <- c
		return engine.Accepted{Reply: &op.Answer{Title: op.L("Already confirmed by ", op.Who("U0BO"))}}, nil
	}
	said := make(chan op.Request, 1)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		said <- r
		return engine.Accepted{}, nil
	}
	w.start()
	o := slackworld.Operation(op.Pending)
	ts := w.card(o)
	w.Acknowledged(w.Click("U0KEN", "C0SHOW", ts, fakeslack.Press{Action: "op:confirm"}))
	c := <-got
	if c.Operation != o.ID || c.Action != op.ActionConfirm || c.Person != "U0KEN" || c.Message != ts ||
		c.Channel != "C0SHOW" || c.Team != "T0SHOW" {
		t.Errorf("the engine got %+v", c)
	}
	w.Until("the clicker is answered", func() bool { return w.Reads("U0KEN", "C0SHOW", "Already confirmed by <@U0BO>") })
	if err := messages.New(w.Config).Tell(context.Background(), op.Address{Person: "U0KEN", Channel: "C0SHOW"},
		op.Answer{Title: op.L("choose"), Next: []op.Next{{Label: "Status", Text: "record status"}}}); err != nil {
		t.Fatal(err)
	}
	private := w.Calls("chat.postEphemeral")
	w.Acknowledged(w.Click("U0KEN", "C0SHOW", private[len(private)-1].TS, fakeslack.Press{Action: "say:0"}))
	if r := <-said; r.Text != "record status" || r.Person != "U0KEN" || r.Trigger == "" {
		t.Errorf("the button said %+v", r)
	}
}

func TestHomeTab(t *testing.T) {
	w := NewWorld(t)
	w.engine.home = func(_ context.Context, r op.Request) (op.Answer, error) {
		return op.Answer{Title: op.L("Home of ", op.Who(r.Person))}, nil
	}
	w.start()
	w.Acknowledged(w.OpenHome("U0ANA"))
	w.Until("the tab is drawn", func() bool {
		s, _ := w.Snapshot("U0ANA")
		return s.Home != nil && strings.Contains(string(s.Home.Blocks), "Home of")
	})
}

// TestNonsense: whatever comes is acknowledged, nothing of it reaches the engine, and the bot goes on.
func TestNonsense(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = replying("fine")
	w.start()
	for kind, payloads := range map[string][]string{
		"interactive": {`{}`, `{"type":"block_actions","user":{"id":"U0ANA"},"actions":[{"action_id":"zzz"}]}`,
			`{"type":"block_actions","user":{"id":"U0ANA"},"actions":[{"action_id":"op:destroy","value":"x"}]}`, `[]`, `"x"`, `7`},
		"events_api":     {`{}`, `{"event":{"type":"reaction_added"}}`, `[]`, `{"event":{"type":"app_mention"}}`},
		"slash_commands": {`{}`, `[]`, `{"team_id":7}`},
		"telepathy":      {`{}`},
	} {
		for _, p := range payloads {
			w.Acknowledged(w.Raw(kind, json.RawMessage(p)), nil)
		}
	}
	w.Types("U0ANA", "C0SHOW", "/caster")
	if !w.Reads("U0ANA", "C0SHOW", "fine") {
		t.Error("the bot does not go on")
	}
}

// BenchmarkHelp is `/caster help` from the wire to the acknowledgement, with an engine that has its answer at hand.
func BenchmarkHelp(b *testing.B) {
	w := NewWorld(b)
	help := slackworld.Listing(12, true)
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Reply: &help}, nil
	}
	w.start()
	w.Types("U0ANA", "C0SHOW", "/caster help")
	b.ReportAllocs()
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			w.Types("U0ANA", "C0SHOW", "/caster help")
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acks/s")
}
