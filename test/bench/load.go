package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// load is a constant stream of commands. The schedule does not wait for answers (open loop): a program that falls
// behind gets more, not less, and every time counts from the moment at which the command was due.
type load struct {
	text  string
	rate  int // commands a second
	lasts time.Duration
	late  bool // the answer comes by a message after the acknowledgement
	blind bool // and nobody waits for it: the account's limits at the cloud would be measured
}

// shot is one command.
type shot struct {
	due     time.Time
	channel string
	sent    fakeslack.Sent
	ack     fakeslack.Ack
}

// result is what became of a load.
type result struct {
	sent  int
	acks  sample // to the acknowledgement
	shown sample // to the answer that the person sees
	late  sample // how late the driver itself was
	lost  int    // neither acknowledged in time nor delivered
}

// answerWithin is how long the driver waits for answers that come after the acknowledgement.
const answerWithin = 15 * time.Second

func (l load) run(w *testbed.World) (result, error) {
	before := lastCall(w)
	shots, err := l.fire(w)
	if err != nil {
		return result{}, err
	}
	r := result{sent: len(shots)}
	for i := range shots {
		s := &shots[i]
		s.ack = <-s.sent.Done
		r.late = append(r.late, s.sent.At.Sub(s.due))
		if s.ack.Err != "" {
			r.lost++
			continue
		}
		r.acks = append(r.acks, s.sent.At.Add(s.ack.After).Sub(s.due))
		if !l.late && !l.blind {
			r.shown = append(r.shown, s.ack.At.Sub(s.due))
		}
	}
	if l.late {
		r.shown = l.answers(w, before, shots)
	}
	return r, nil
}

// fire sends all commands, each when it is due.
func (l load) fire(w *testbed.World) ([]shot, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	shots := make([]shot, 0, int(l.lasts.Seconds()*float64(l.rate)))
	start := time.Now().Add(5 * time.Millisecond)
	for i := range cap(shots) {
		s := shot{due: start.Add(time.Duration(i) * time.Second / time.Duration(l.rate)), channel: channel(i)}
		pause(time.Until(s.due))
		var err error
		if s.sent, err = w.Slack.Type(people[i%len(people)], s.channel, l.text, ""); err != nil {
			return nil, fmt.Errorf("type %s: %w", l.text, err)
		}
		shots = append(shots, s)
	}
	return shots, nil
}

// answers waits for the messages that answer the shots and gives how long they took. Within a channel they are taken in
// their order. What was not answered in time is not in the sample.
func (l load) answers(w *testbed.World, before int, shots []shot) sample {
	until := time.Now().Add(answerWithin)
	times := messages(w, before)
	for count(times) < len(shots) && time.Now().Before(until) {
		pause(20 * time.Millisecond)
		times = messages(w, before)
	}
	var shown sample
	for _, s := range shots {
		if list := times[s.channel]; len(list) > 0 {
			shown = append(shown, list[0].Sub(s.due))
			times[s.channel] = list[1:]
		}
	}
	return shown
}

// messages are the times of the bot's new messages by channel: cards, and what it told somebody in private.
func messages(w *testbed.World, after int) map[string][]time.Time {
	times := map[string][]time.Time{}
	for _, c := range w.Slack.Log(after) {
		if c.Error != "" || c.Replaces() ||
			c.Method != "chat.postMessage" && c.Method != "response_url" && c.Method != "chat.postEphemeral" {
			continue
		}
		if at, ok := stamp(c.TS); ok {
			times[c.Channel] = append(times[c.Channel], at)
		}
	}
	return times
}

func count(times map[string][]time.Time) int {
	n := 0
	for _, list := range times {
		n += len(list)
	}
	return n
}

// stamp reads a message's timestamp, which is the time at which it was stored.
func stamp(ts string) (time.Time, bool) {
	us, err := strconv.ParseInt(strings.Replace(ts, ".", "", 1), 10, 64)
	return time.UnixMicro(us), err == nil
}

func lastCall(w *testbed.World) int {
	log := w.Slack.Log(0)
	if len(log) == 0 {
		return 0
	}
	return log[len(log)-1].Seq
}
