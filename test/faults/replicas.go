package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// replicaScripts are about several processes on one database.
var replicaScripts = []script{
	{name: "confirm", quick: true, play: confirmRace,
		shows: "50 people click one card at once, over two processes: one wins, everybody is told who, one call"},
	{name: "rolling", quick: true, play: rolling,
		shows: "two replicas are restarted in turn under load: nothing acknowledged is lost, nothing happens twice"},
	{name: "killed", play: killed,
		shows: "replicas are killed in turn under load: as above, and what they had sent is not sent again"},
	{name: "halt", quick: true, play: halt,
		shows: "a replica stands still between the sent mark and the call: it sends nothing when it wakes, and says so"},
	{name: "limits", play: limits,
		shows: "two flooded replicas together stay under the account's limits in any second"},
}

// rolling restarts one replica after the other, as an orchestrator does, while a crew works.
func rolling(ctx context.Context, r *run) error {
	return r.turns(ctx, pick(r, 1, 10), 0, func(p *testbed.Process) { r.stop(p) })
}

// killed ends one replica after the other without a word. What a dead one had is taken over after 15 s, and takes some
// seconds more.
func killed(ctx context.Context, r *run) error {
	return r.turns(ctx, pick(r, 1, 6), 30*time.Second, (*testbed.Process).Kill)
}

// turns ends and starts each of two replicas so many times under load.
func (r *run) turns(ctx context.Context, rounds int, apart time.Duration, end func(*testbed.Process)) error {
	w, rooms, err := r.open(pick(r, 6, 16), testbed.Config{})
	if err != nil {
		return err
	}
	database, err := r.database()
	if err != nil {
		return err
	}
	list, err := r.replicas(w, 2, database)
	if err != nil {
		return err
	}
	l := r.work(ctx, w, rooms, 150*time.Second)
	for n := range 2 * rounds {
		time.Sleep(pick(r, 1500*time.Millisecond, 3*time.Second) + apart)
		end(list[n%2])
		r.say("replica %s has ended", logs[n%2])
		if list[n%2], err = r.begin(w, testbed.Life{Database: database, Log: logs[n%2]}); err != nil {
			return err
		}
		if err := w.Up(4, 20*time.Second, list...); err != nil {
			return err
		}
		r.say("and is there again")
	}
	time.Sleep(time.Second + apart)
	l.finish()
	l.tell()
	r.holds(l.succeeded(r.began) >= 4*rounds, "under load only %d changes succeeded", l.succeeded(r.began))
	r.rest(ctx, w)
	r.stop(list...)
	return r.judge(ctx, w, database, logs...)
}

// rest waits until the bot asks the cloud for nothing for a while, and no process knows of a card that is behind or of
// an answer not given: after failures they are tried again at growing intervals. A card that may not be seen is edited
// once more for minutes after a flood.
func (r *run) rest(ctx context.Context, w *testbed.World) {
	last, since := w.Asked(), time.Now()
	var restless string
	calm := until(ctx, 3*time.Minute, func() bool {
		if now := w.Asked(); now != last {
			last, since = now, time.Now()
		}
		if time.Since(since) < 1500*time.Millisecond {
			restless = "it goes on asking the cloud"
			return false
		}
		time.Sleep(200 * time.Millisecond)
		restless = ""
		for _, p := range r.processes {
			restless += p.Owes(ctx)
		}
		return restless == ""
	})
	r.holds(calm, "I6: the bot does not come to rest: %s", restless)
}

// halt lets a replica stand still right after it has marked an operation as sent. The other one starts then.
func halt(ctx context.Context, r *run) error {
	w, rooms, err := r.open(1, testbed.Config{})
	if err != nil {
		return err
	}
	database, err := r.database()
	if err != nil {
		return err
	}
	long := pick(r, 8*time.Second, 90*time.Second)
	order := "CASTERBOT_CRASH=k3:1:" + long.String()
	sleeper, err := r.begin(w, testbed.Life{Database: database, Log: logs[0], Env: []string{order}})
	if err != nil {
		return err
	}
	if err := w.Up(2, 20*time.Second, sleeper); err != nil {
		return err
	}
	l := &load{r: r, w: w, observer: newObserver(w), rooms: rooms, wait: time.Minute, did: map[string]int{}}
	card, err := l.pending(ctx, rooms[0], "U0ANA", "/record start main")
	if err != nil {
		return err
	}
	b, _ := card.Button("confirm")
	if _, err := w.Slack.Click("U0ANA", rooms[0], card.TS, press(b)); err != nil {
		return err
	}
	if !until(ctx, 10*time.Second, func() bool { return asleep(sleeper) }) {
		return fmt.Errorf("the replica does not stand still")
	}
	fell := time.Now()
	r.say("op %s is marked as sent, and its replica stands still for %s", card.Ref, long)
	other, err := r.begin(w, testbed.Life{Database: database, Log: logs[1]})
	if err != nil {
		return err
	}
	told := l.until(func() bool { return !asleep(sleeper) || l.observer.card(rooms[0]).Face == "⚠️" })
	r.say("after %s the card says: %s", time.Since(fell).Round(time.Second), oneLine(l.observer.card(rooms[0])))
	r.holds(told, "P6: after a minute the card does not say that the outcome is not known")
	if !until(ctx, long, func() bool { return !asleep(sleeper) }) {
		return fmt.Errorf("the replica does not wake up")
	}
	r.say("it wakes up after %s", time.Since(fell).Round(time.Second))
	if err := w.Up(4, 30*time.Second, sleeper, other); err != nil {
		return err
	}
	r.rest(ctx, w)
	r.say("the card says: %s", oneLine(l.observer.card(rooms[0])))
	r.holds(len(received(w)) == 0, "F37: after standing still it made the call")
	l.errand(ctx, rooms[0], "U0ANA", "U0ANA", "/record start backup")
	r.holds(l.succeeded(fell) == 1, "the next change did not succeed: %s", oneLine(l.observer.card(rooms[0])))
	r.stop(sleeper, other)
	return r.judge(ctx, w, database, logs...)
}

// pending asks for something and gives its card.
func (l *load) pending(ctx context.Context, room, who, text string) (testbed.Card, error) {
	before := l.observer.card(room)
	if !l.acknowledged(ctx, "commands", func() (fakeslack.Sent, error) { return l.w.Slack.Type(who, room, text, "") }) {
		return testbed.Card{}, ctx.Err()
	}
	if !l.until(func() bool { c := l.observer.card(room); return c.Ref != before.Ref && c.Face == "🟡" }) {
		return testbed.Card{}, fmt.Errorf("no card came for %s", text)
	}
	return l.observer.card(room), nil
}

// asleep reports that a process is stopped.
func asleep(p *testbed.Process) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
	_, state, found := strings.Cut(string(stat), ") ")
	return err == nil && found && state[0] == 'T'
}

// oneLine is what a card says, without line breaks.
func oneLine(c testbed.Card) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", " / ")), " ")
}
