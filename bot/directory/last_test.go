package directory

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

// TestLast: what Slack told last stays known however long it is away; what it tells unasked takes its place, and what
// it says has changed without saying how is not known any more.
func TestLast(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW")
	ctx := context.Background()
	if _, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); ok {
		t.Error("somebody is known who was never asked for")
	}
	_, personErr := d.Person(ctx, "U0ANA", "T0SHOW", time.Time{})
	_, roomsErr := d.Rooms(ctx, "U0ANA", time.Time{})
	if _, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); ok {
		t.Error("a channel is known that was never asked for")
	}
	asked := clock.Now()
	clock.Advance(time.Second)
	c, err := d.Channel(ctx, "C0SHOW", time.Time{})
	if personErr != nil || roomsErr != nil || err != nil {
		t.Fatal(personErr, roomsErr, err)
	}
	for _, method := range []string{"users.info", "usergroups.list", "conversations.info"} {
		w.Fail(method, fakeslack.Fault{Status: 500})
	}
	clock.Advance(3 * time.Hour)
	if _, err := d.Person(ctx, "U0ANA", "T0SHOW", time.Time{}); err == nil {
		t.Error("what is so old serves for everything")
	}
	r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW")
	if !ok || r.Person.ID != "U0ANA" || r.Person.Stale || r.Channel != c || !r.Asked.Equal(asked) ||
		!r.RoomsAsked.Equal(asked) || !slices.Contains(r.Rooms, "C0SHOW") ||
		!slices.Equal(r.Person.Groups, []string{"S0CREW"}) {
		t.Errorf("known last: %+v, %t", r, ok)
	}
	if r, ok := d.Last("U0ANA", "T0OTHER", "C0SHOW"); !ok || !r.Person.External {
		t.Errorf("by another team: %+v, %t", r, ok)
	}
	d.Moved("U0ANA")
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok || !r.RoomsAsked.IsZero() {
		t.Errorf("after they joined a channel: %+v, %t", r, ok)
	}
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Deleted: true})
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok || !r.Person.Deleted || r.Person.Locale != "en-GB" {
		t.Errorf("after they were deactivated: %+v, %t", r, ok)
	}
	d.Forget("S0CREW")
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); ok {
		t.Errorf("after a group has changed: %+v", r)
	}
}

// TestWhatIsToldUnaskedIsAskedFor: news of somebody serve only as long as Slack does not answer.
func TestWhatIsToldUnaskedIsAskedFor(t *testing.T) {
	w := slackworld.New(t)
	d, _ := newTestDirectory(w)
	if _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil {
		t.Fatal(err)
	}
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Deleted: true})
	if _, _, ok := d.Peek("U0ANA", "T0SHOW", "C0SHOW", time.Time{}); ok {
		t.Error("it counts as an answer")
	}
	w.Fail("users.info", fakeslack.Fault{Status: 500})
	if p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil || !p.Deleted || !p.Stale {
		t.Errorf("while Slack is away: %+v, %v", p, err)
	}
	w.Fail("users.info", fakeslack.Fault{})
	if p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil || p.Deleted || p.Stale {
		t.Errorf("when it is back: %+v, %v", p, err)
	}
}

// TestAChannelThatWasLeft: what it was is known when Slack does not show it any more, unless something of it changed.
func TestAChannelThatWasLeft(t *testing.T) {
	w := slackworld.New(t)
	d, _ := newTestDirectory(w)
	ctx := context.Background()
	_, err := d.Person(ctx, "U0ANA", "T0SHOW", time.Time{})
	shown, unseen := d.Channel(ctx, "C0SHOW", time.Time{})
	if err != nil || unseen != nil {
		t.Fatal(err, unseen)
	}
	w.Fail("conversations.info", fakeslack.Fault{Error: "channel_not_found"})
	d.Left("C0SHOW")
	if c, err := d.Channel(ctx, "C0SHOW", time.Time{}); err != nil || !c.Hidden || !c.External {
		t.Errorf("now: %+v, %v", c, err)
	}
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok || r.Channel != shown {
		t.Errorf("as it was: %+v, %t", r, ok)
	}
	d.Forget("C0SHOW")
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); ok {
		t.Errorf("after it has changed: %+v", r)
	}
}

// TestNewsThatComeLate: Slack sends news again that were not taken at first, and they come on two sockets. What it told
// since stays; somebody who was deactivated is not active again by that.
func TestNewsThatComeLate(t *testing.T) {
	w := slackworld.New(t)
	d, _ := newTestDirectory(w)
	_, err := d.Channel(context.Background(), "C0SHOW", time.Time{})
	_, unknown := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{})
	if err != nil || unknown != nil {
		t.Fatal(err, unknown)
	}
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Updated: 100})
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Updated: 102, Deleted: true})
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Updated: 101})
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok || !r.Person.Deleted {
		t.Errorf("after older news: %+v, %t", r, ok)
	}
	d.Learn(slack.User{ID: "U0ANA", TeamID: "T0SHOW", Updated: 103})
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok || r.Person.Deleted {
		t.Errorf("after newer ones: %+v, %t", r, ok)
	}
}

// TestAChannelThatChangesWhileItIsAskedFor: what Slack answers then is of before, and nobody knows what it is since.
func TestAChannelThatChangesWhileItIsAskedFor(t *testing.T) {
	var d *Directory
	changes := true
	d = askedBy(&slackworld.Clock{}, func(method string) {
		if method == "conversations.info" && changes {
			d.Forget("C0SHOW") // channel_shared
		}
	})
	for _, method := range []func() error{
		func() error { _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); return err },
		func() error { _, err := d.Channel(context.Background(), "C0SHOW", time.Time{}); return err },
	} {
		if err := method(); err != nil {
			t.Fatal(err)
		}
	}
	if r, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); ok {
		t.Errorf("an answer from before counts: %+v", r)
	}
	changes = false
	if _, err := d.Channel(context.Background(), "C0SHOW", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Last("U0ANA", "T0SHOW", "C0SHOW"); !ok {
		t.Error("it is not known after it was asked for anew")
	}
}

// TestNewsOfWhoIsNotAskedFor: they are not kept, or the many people of a workspace would drive out the few who act. An
// answer that is under way is of before.
func TestNewsOfWhoIsNotAskedFor(t *testing.T) {
	var d *Directory
	news := slack.User{ID: "U0ANA", TeamID: "T0SHOW", Deleted: true}
	d = askedBy(&slackworld.Clock{}, func(method string) {
		if method == "users.info" {
			d.Learn(news)
		}
	})
	d.Learn(news)
	if p, ok := d.people.Last("U0ANA"); ok {
		t.Errorf("kept: %+v", p)
	}
	if _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if p, ok := d.people.Last("U0ANA"); ok {
		t.Errorf("an answer from before counts: %+v", p)
	}
}
