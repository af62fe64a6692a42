package page

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

const retryAfter = 3 * time.Second // of an ordered 429

// fault is a chip on the page: something that will go wrong.
type fault struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

var liveWords = map[fakelive.Kind]string{
	fakelive.Slow:        "slow answer",
	fakelive.ResetAfter:  "answer lost after the effect",
	fakelive.ResetBefore: "call lost before the effect",
	fakelive.Status:      "5xx",
	fakelive.HTML:        "a page of HTML",
	fakelive.Throttle:    "throttling",
}

// fault orders a failure of the cloud's or the workspace's next call.
func (p *Page) fault(_ context.Context, a act) (outcome, error) {
	if a.Where == "slack" {
		return outcome{}, p.slackFault(a)
	}
	if liveWords[fakelive.Kind(a.Kind)] == "" {
		return outcome{}, fmt.Errorf("no such fault %q", a.Kind)
	}
	_, err := p.cfg.Live.Inject(fakelive.Fault{
		Action: a.On, Kind: fakelive.Kind(a.Kind), Status: a.Status, Code: a.Code,
		Delay: time.Duration(a.Seconds * float64(time.Second)),
	})
	return outcome{}, err
}

func (p *Page) slackFault(a act) error {
	switch a.Kind {
	case "disconnect":
		if p.cfg.Slack.Disconnect("", "refresh_requested") == 0 {
			return fmt.Errorf("no socket is open")
		}
	case "ratelimited":
		p.limit(a.On)
		p.Poke()
	default:
		return fmt.Errorf("no such fault %q", a.Kind)
	}
	return nil
}

// clearFaults takes back what has not struck yet.
func (p *Page) clearFaults(context.Context, act) (outcome, error) {
	p.cfg.Live.ClearFaults()
	p.forgetFaults()
	p.Poke()
	return outcome{}, nil
}

// limited are the methods that a 429 waits for, each with the number of the
// bot's calls at the time it was ordered: a later refusal in the log means that
// the order has been carried out.
type limited map[string]int

func (p *Page) limit(method string) {
	p.mu.Lock()
	p.limited[method] = lastSeq(p.cfg.Slack.Log(0))
	p.mu.Unlock()
	p.cfg.Slack.Fail(method, fakeslack.Fault{RetryAfter: retryAfter, Times: 1})
}

func (p *Page) forgetFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for method := range p.limited {
		p.cfg.Slack.Fail(method, fakeslack.Fault{})
	}
	clear(p.limited)
}

func lastSeq(log []fakeslack.Call) int {
	if len(log) == 0 {
		return 0
	}
	return log[len(log)-1].Seq
}

// listFaults is what still waits to go wrong.
func (p *Page) listFaults() []fault {
	out := []fault{}
	for _, f := range p.cfg.Live.Faults() {
		text := cmp.Or(liveWords[f.Kind], string(f.Kind)) + " · " + cmp.Or(f.Action, "next call")
		out = append(out, fault{ID: fmt.Sprintf("live-%d", f.ID), Text: text})
	}
	for _, method := range p.stillLimited() {
		out = append(out, fault{ID: "slack-" + method, Text: "429 · " + method})
	}
	return out
}

func (p *Page) stillLimited() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.limited) == 0 {
		return nil
	}
	for _, c := range p.cfg.Slack.Log(slices.Min(slices.Collect(maps.Values(p.limited)))) {
		if since, waits := p.limited[c.Method]; waits && c.Seq > since && c.Error == "ratelimited" {
			delete(p.limited, c.Method)
		}
	}
	return slices.Sorted(maps.Keys(p.limited))
}
