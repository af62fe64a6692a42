package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

const (
	maxBody    = 1 << 20
	farthest   = 7 * 24 * time.Hour // one jump of the clock
	answerWait = 5 * time.Second    // longer than Slack waits for an app
)

// act is the body of every write; each route reads what it needs.
type act struct {
	As string `json:"as"` // who acts

	Channel string `json:"channel"`
	Text    string `json:"text"`
	Thread  string `json:"thread"`
	TS      string `json:"ts"`
	View    string `json:"view"`
	Block   string `json:"block"`
	Action  string `json:"action"`
	Query   string `json:"query"`

	State  fakeslack.State                       `json:"state"`
	Values map[string]map[string]fakeslack.State `json:"values"`

	ID string `json:"id"` // of a studio
	Do string `json:"do"`
	timing
	ingest
	failure
}

// timing is what is done to the clock, or how long something takes.
type timing struct {
	Seconds float64 `json:"seconds"`
	Speed   int     `json:"speed"`
}

// ingest names a stream.
type ingest struct {
	Domain string `json:"domain"`
	App    string `json:"app"`
	Name   string `json:"name"`
}

// failure is what is to go wrong.
type failure struct {
	Where  string `json:"where"` // live or slack
	Kind   string `json:"kind"`
	On     string `json:"on"` // the operation or method; "" means any
	Status int    `json:"status"`
	Code   string `json:"code"`
}

// outcome is the answer to a write. Failed is what became of it in Slack's
// words, such as operation_timeout; the person has been told already.
type outcome struct {
	Failed string                  `json:"failed,omitempty"`
	Groups []fakeslack.OptionGroup `json:"option_groups,omitempty"`
}

// acts are the writes by the last part of their path.
var acts = map[string]func(*Page, context.Context, act) (outcome, error){
	"type":       (*Page).typed,
	"click":      (*Page).click,
	"view-click": (*Page).viewClick,
	"submit":     (*Page).submit,
	"close":      (*Page).closeView,
	"suggest":    (*Page).suggest,
	"home":       (*Page).home,
	"pin":        (*Page).pin,
	"stream":     (*Page).stream,
	"studio":     (*Page).studio,
	"advance":    (*Page).advance,
	"speed":      (*Page).speed,
	"next":       (*Page).next,
	"fault":      (*Page).fault,
	"faults":     (*Page).clearFaults,
	"reset":      (*Page).reset,
}

func (p *Page) serveAct(do func(*Page, context.Context, act) (outcome, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var a act
		if err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxBody)).Decode(&a); err != nil {
			fail(rw, http.StatusBadRequest, fmt.Errorf("not understood: %w", err))
			return
		}
		out, err := do(p, r.Context(), a)
		if err != nil {
			fail(rw, http.StatusConflict, err)
			return
		}
		answer(rw, http.StatusOK, out)
	}
}

// typed does not wait for the bot: what it answers is seen in the channel, and
// what goes wrong is told by the workspace.
func (p *Page) typed(_ context.Context, a act) (outcome, error) {
	if a.Text == "" {
		return outcome{}, errors.New("there is nothing to send")
	}
	p.cfg.Acted()
	_, err := p.cfg.Slack.Type(a.As, a.Channel, a.Text, a.Thread)
	return outcome{}, err
}

func (a act) press() fakeslack.Press {
	press := fakeslack.Press{Action: a.Action, Block: a.Block, State: a.State, Values: a.Values}
	if a.State.Type == "button" && a.State.Value != nil {
		press.Value, press.State = *a.State.Value, fakeslack.State{}
	}
	return press
}

func (p *Page) click(ctx context.Context, a act) (outcome, error) {
	p.cfg.Acted()
	return wait(ctx)(p.cfg.Slack.Click(a.As, a.Channel, a.TS, a.press()))
}

func (p *Page) viewClick(ctx context.Context, a act) (outcome, error) {
	p.cfg.Acted()
	return wait(ctx)(p.cfg.Slack.ClickView(a.As, a.View, a.press()))
}

func (p *Page) submit(ctx context.Context, a act) (outcome, error) {
	p.cfg.Acted()
	return wait(ctx)(p.cfg.Slack.Submit(a.As, a.View, a.Values))
}

func (p *Page) closeView(_ context.Context, a act) (outcome, error) {
	_, err := p.cfg.Slack.CloseView(a.As, a.View)
	return outcome{}, err
}

func (p *Page) home(_ context.Context, a act) (outcome, error) {
	_, err := p.cfg.Slack.OpenHome(a.As)
	return outcome{}, err
}

// pin is what anybody in a channel may do with a message.
func (p *Page) pin(_ context.Context, a act) (outcome, error) {
	switch a.Do {
	case "pin":
		return outcome{}, p.cfg.Slack.Pin(a.As, a.Channel, a.TS)
	case "unpin":
		return outcome{}, p.cfg.Slack.Unpin(a.As, a.Channel, a.TS)
	}
	return outcome{}, fmt.Errorf("a message can be pinned or unpinned, not %q", a.Do)
}

// suggest gives what the bot offers for the letters typed so far, under its headings.
func (p *Page) suggest(ctx context.Context, a act) (outcome, error) {
	at := fakeslack.Place{View: a.View, Channel: a.Channel, TS: a.TS}
	sent, err := p.cfg.Slack.Suggest(a.As, at, a.press(), a.Query)
	if err != nil {
		return outcome{}, err
	}
	ack := await(ctx, sent)
	if ack.Err != "" {
		return outcome{Failed: ack.Err}, nil
	}
	return outcome{Groups: ack.Groups()}, nil
}

// wait turns what an act set going into its outcome, once the bot has answered.
func wait(ctx context.Context) func(fakeslack.Sent, error) (outcome, error) {
	return func(sent fakeslack.Sent, err error) (outcome, error) {
		if err != nil {
			return outcome{}, err
		}
		return outcome{Failed: await(ctx, sent).Err}, nil
	}
}

func await(ctx context.Context, sent fakeslack.Sent) fakeslack.Ack {
	late := time.NewTimer(answerWait)
	defer late.Stop()
	select {
	case ack := <-sent.Done:
		return ack
	case <-late.C:
	case <-ctx.Done():
	}
	return fakeslack.Ack{Err: fakeslack.ErrTimeout}
}

// stream breaks an ingest or brings it back.
func (p *Page) stream(_ context.Context, a act) (outcome, error) {
	switch a.Do {
	case "cut":
		return outcome{}, p.cfg.Live.CutStream(a.Domain, a.App, a.Name)
	case "resume":
		return outcome{}, p.cfg.Live.ResumeStream(a.Domain, a.App, a.Name)
	}
	return outcome{}, fmt.Errorf("a stream can be cut or resumed, not %q", a.Do)
}

// studio is another console at work: it starts or stops a studio behind the
// bot's back.
func (p *Page) studio(_ context.Context, a act) (outcome, error) {
	if a.Do != "start" && a.Do != "stop" {
		return outcome{}, fmt.Errorf("a studio can be started or stopped, not %q", a.Do)
	}
	return outcome{}, p.cfg.Live.SetStudio(a.ID, func(s *fakelive.Studio) { s.OnAir = a.Do == "start" })
}

func (p *Page) advance(_ context.Context, a act) (outcome, error) {
	d := time.Duration(a.Seconds * float64(time.Second))
	if d <= 0 || d > farthest {
		return outcome{}, errors.New("the clock goes forward only, by at most a week")
	}
	p.cfg.Advance(d)
	return outcome{}, nil
}

func (p *Page) speed(_ context.Context, a act) (outcome, error) {
	defer p.Poke()
	return outcome{}, p.cfg.SetSpeed(a.Speed)
}

// next puts the clock to the moment at which something happens by itself.
func (p *Page) next(context.Context, act) (outcome, error) {
	due := p.cfg.Due()
	if due.IsZero() {
		return outcome{}, errors.New("nothing is due: it is your turn")
	}
	p.cfg.Travel(due)
	return outcome{}, nil
}

func (p *Page) reset(context.Context, act) (outcome, error) {
	p.forgetFaults()
	return outcome{}, p.cfg.Reset()
}
