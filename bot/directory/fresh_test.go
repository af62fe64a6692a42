package directory

import (
	"context"
	"net/http"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// TestGroupsServeForAll: the members of all groups come in one answer, asked for once in five seconds, whoever wants to
// know.
func TestGroupsServeForAll(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW", "S0LEADS")
	for range 2 {
		for _, id := range []string{"U0ANA", "U0KEN", "U0BO", "U0ANA"} {
			if p, err := d.Person(context.Background(), id, "T0SHOW", clock.Now().Add(-freshFor)); err != nil || p.Stale {
				t.Fatalf("%s: %+v, %v", id, p, err)
			}
		}
		clock.Advance(freshFor)
	}
	if groups, people := len(w.Calls("usergroups.list")), len(w.Calls("users.info")); groups != 2 || people != 6 {
		t.Errorf("%d questions about groups and %d about people, want 2 and 6", groups, people)
	}
}

// TestNoGroupsNoQuestion: a policy without user groups needs no look at them.
func TestNoGroupsNoQuestion(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w)
	if p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", clock.Now()); err != nil || p.Groups != nil {
		t.Errorf("%+v, %v", p, err)
	}
	if n := len(w.Calls("usergroups.list")); n != 0 {
		t.Errorf("%d questions about groups", n)
	}
}

// TestGroupsOfThePolicy: a reload that names another group finds its members in what is known; a group that is switched
// off has none.
func TestGroupsOfThePolicy(t *testing.T) {
	w := slackworld.New(t)
	d, _ := newTestDirectory(w, "S0CREW")
	groups := []string{"S0CREW"}
	d.groups = func() []string { return groups }
	in := func() []string {
		p, err := d.Person(context.Background(), "U0KEN", "T0SHOW", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return p.Groups
	}
	if got := in(); got != nil {
		t.Errorf("he is in %v", got)
	}
	groups = []string{"S0CREW", "S0LEADS", "S0GONE"}
	if got := in(); len(got) != 1 || got[0] != "S0LEADS" || len(w.Calls("usergroups.list")) != 1 {
		t.Errorf("he is in %v after %d questions", got, len(w.Calls("usergroups.list")))
	}
	off := &http.Client{
		Transport: answers(`{"ok":true,"usergroups":[{"id":"S0LEADS","date_delete":1795378170,"users":["U0KEN"]}],"user":{"id":"U0KEN","team_id":"T0SHOW"}}`)}
	d = New(webapi.Config{APIURL: "http://127.0.0.1/api/", HTTP: off, Now: time.Now}, func() []string { return []string{"S0LEADS"} })
	if got := in(); got != nil {
		t.Errorf("he is in %v, which is switched off", got)
	}
}

// TestLeftAlone: a method is not called before Slack wants it to be. Older facts serve meanwhile, marked as stale.
func TestLeftAlone(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW")
	d.holds.now = clock.Now
	look := func() op.Person {
		clock.Advance(freshFor)
		p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", clock.Now().Add(-freshFor))
		if err != nil || len(p.Groups) != 1 {
			t.Errorf("she is %+v, %v", p, err)
		}
		return p
	}
	look()
	w.Fail("usergroups.list", fakeslack.Fault{RetryAfter: time.Minute, Times: 1})
	for range 3 {
		if !look().Stale {
			t.Error("what could not be asked does not count as stale")
		}
	}
	if n := len(w.Calls("usergroups.list")); n != 2 {
		t.Errorf("asked %d times, want 2: once refused, then left alone", n)
	}
	clock.Advance(time.Minute)
	if look().Stale {
		t.Error("after the time that Slack asked for she is still stale")
	}
}

// TestNoRightToLook: a channel that the token may not look at is not seen, which is no error.
func TestNoRightToLook(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w)
	w.Fail("conversations.info", fakeslack.Fault{Error: "missing_scope"})
	if c, err := d.Channel(context.Background(), "D0ANA", clock.Now().Add(-freshFor)); err != nil ||
		c != (op.Channel{ID: "D0ANA", External: true, Hidden: true}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// askedBy makes a directory that tells of each of its questions; Ana, who is in the crew, is the answer to all.
func askedBy(clock *slackworld.Clock, tell func(method string)) *Directory {
	const said = `{"ok":true,"usergroups":[{"id":"S0CREW","users":["U0ANA"]}],"user":{"id":"U0ANA","team_id":"T0SHOW"},` +
		`"channel":{"id":"C0SHOW","is_member":true}}`
	client := &http.Client{Transport: telling{answers(said), tell}}
	d := New(webapi.Config{APIURL: "http://127.0.0.1/api/", HTTP: client, Now: clock.Now}, func() []string {
		return []string{"S0CREW"}
	})
	d.SetTeam("T0SHOW")
	return d
}

type telling struct {
	answers
	tell func(method string)
}

func (t telling) RoundTrip(r *http.Request) (*http.Response, error) {
	t.tell(path.Base(r.URL.Path))
	return t.answers.RoundTrip(r)
}

// TestAskedSideBySide: the questions about a person and about the groups are under way at the same time; who comes
// within the time that the caller allows waits for the same answers.
func TestAskedSideBySide(t *testing.T) {
	var both, asked sync.WaitGroup
	var questions atomic.Int32
	both.Add(2)
	release := make(chan struct{})
	meet := func() {
		questions.Add(1)
		both.Done() // a third question panics
		both.Wait()
		<-release
	}
	clock := &slackworld.Clock{}
	d := askedBy(clock, func(string) { meet() })
	look := func() {
		p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", clock.Now().Add(-2*time.Second))
		if err != nil || p.Stale || len(p.Groups) != 1 {
			t.Errorf("she is %+v, %v", p, err)
		}
	}
	asked.Go(look)
	both.Wait()
	clock.Advance(2*time.Second - 1)
	asked.Go(look)
	close(release)
	asked.Wait()
	if n := questions.Load(); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

// TestGroupsAreSpared: a crew that presses without a pause for two minutes asks about groups at most twenty times in
// any minute, and never goes by facts of more than five seconds.
func TestGroupsAreSpared(t *testing.T) {
	var asked []time.Time
	clock := &slackworld.Clock{}
	d := askedBy(clock, func(method string) {
		if method == "usergroups.list" {
			asked = append(asked, clock.Now())
		}
	})
	for range 1200 {
		clock.Advance(100 * time.Millisecond)
		if _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", clock.Now().Add(-2*time.Second)); err != nil {
			t.Fatal(err)
		}
		if age := clock.Now().Sub(asked[len(asked)-1]); age >= freshFor {
			t.Fatalf("she is judged by facts of %s ago", age)
		}
	}
	for i := range asked {
		if i+20 < len(asked) && asked[i+20].Sub(asked[i]) < time.Minute {
			t.Errorf("more than twenty questions between %s and %s", asked[i], asked[i+20])
		}
	}
	if first := asked[1].Sub(asked[0]); first > 2*time.Second || len(asked) < 24 {
		t.Errorf("%d questions, the second one after %s", len(asked), first)
	}
}
