package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/testbed"
)

// allowed is how many calls of an operation the account takes in any second, as its documentation says.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live
var allowed = map[string]int{
	"CopyCaster": 10, "RestartCaster": 10, "StartCaster": 10, "StopCaster": 10, "StartCasterScene": 10,
	"StopCasterScene":       10,
	"CopyCasterSceneConfig": 10, "EffectCasterUrgent": 10, "RealTimeRecordCommand": 50, "DescribeCasters": 15,
	"DescribeCasterScenes": 15,
	"DescribeCasterConfig": 15, "DescribeLiveRecordConfig": 100, "DescribeLiveStreamRecordContent": 50,
	"DescribeLiveStreamRecordIndexFiles": 15,
	"DescribeLiveStreamsOnlineList":      166, "DescribeLiveUserDomains": 100,
}

// limits floods two replicas and counts, in the cloud's own record, how many calls fell into any second. Then it lets
// many prepared changes loose at once.
func limits(ctx context.Context, r *run) error {
	w, rooms, err := r.open(128, testbed.Config{})
	if err != nil {
		return err
	}
	database, err := r.database()
	if err != nil {
		return err
	}
	ways, list, err := r.apart(w, database, database)
	if err != nil {
		return err
	}
	lasts := pick(r, 5*time.Second, time.Minute)
	acks, lost := flood(ctx, w, rooms, 60, lasts)
	r.say("%d commands in %s, %d of them not acknowledged", acks+lost, lasts, lost)
	prepared, err := r.together(ctx, w, pick(r, 12, 60))
	if err != nil {
		return err
	}
	r.say("%d changes were confirmed at once", prepared)
	r.rest(ctx, w)
	r.judgeLimits(w.Live.Snapshot().Calls)
	first, second := ways[0].count(), ways[1].count()
	r.say("%d calls came from one replica, %d from the other", first, second)
	r.holds(min(first, second)*4 > max(first, second), "one replica did nearly all of the work, so this shows nothing")
	r.stop(list...)
	return r.judge(ctx, w, database, logs...)
}

// judgeLimits demands that no operation was called too often, and that some were called often enough to show anything.
func (r *run) judgeLimits(calls []fakelive.Call) {
	used := 0
	for name, times := range testbed.Arrivals(calls) {
		n, at := testbed.Busiest(times, time.Second)
		r.say("%s: %d calls, at most %d in a second (at %s), %d are allowed", name, len(times), n, at.Format("15:04:05.000"),
			allowed[name])
		r.holds(n <= allowed[name], "%d calls (%s) in the second from %s on, %d are allowed", n, name,
			at.Format("15:04:05.000"), allowed[name])
		used = max(used, 100*n/max(1, allowed[name]))
	}
	r.holds(used >= 50, "no operation came nearer to its limit than %d percent, which shows nothing", used)
}

// together asks for so many copies at leisure, each in a channel of its own, and confirms them all at once.
func (r *run) together(ctx context.Context, w *testbed.World, n int) (int, error) {
	l := &load{r: r, w: w, observer: newObserver(w), wait: time.Minute, did: map[string]int{}}
	cards := make([]testbed.Card, n)
	for i := range n {
		room, who := testbed.RoomIDs(n)[i], crew[i%len(crew)]
		for cards[i].Ref == "" {
			told := len(l.observer.told(who, room))
			before := l.observer.card(room).Ref
			ack, err := acked(w.Slack.Type(who, room, fmt.Sprintf(`/caster copy "Evening Sports" "Evening Together %d"`, i), ""))
			if err != nil || ctx.Err() != nil {
				return 0, errors.Join(err, ctx.Err())
			}
			if ack.Err == "" {
				l.until(func() bool { return l.observer.card(room).Ref != before || len(l.observer.told(who, room)) > told })
			}
			if c := l.observer.card(room); c.Ref != before {
				cards[i] = c
			}
		}
	}
	var all sync.WaitGroup
	for i, c := range cards {
		if b, ok := c.Button("confirm"); ok {
			all.Go(func() { _, _ = acked(w.Slack.Click(crew[i%len(crew)], c.Channel, c.TS, press(b))) })
		}
	}
	all.Wait()
	return n, nil
}

// flood types so many commands a second, whatever comes of them, and confirms every second card as soon as it is there.
func flood(ctx context.Context, w *testbed.World, rooms []string, rate int, lasts time.Duration) (acks, lost int) {
	var (
		mu  sync.Mutex
		all sync.WaitGroup
		e   = newObserver(w)
	)
	texts := []string{"/caster list", `/caster show "Evening News"`, "/record start main", "/record stop main",
		`/caster copy "Evening Sports" "Evening %d"`,
		`/caster scene stop "Evening News" "Preview 1"`, `/caster scene start "Evening Loop" "Preview 1"`}
	begun := time.Now()
	for i := range rate * int(lasts.Seconds()) {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		if ctx.Err() != nil {
			break
		}
		room, who, text := rooms[i%len(rooms)], crew[i%len(crew)], texts[i%len(texts)]
		if text == texts[4] {
			text = fmt.Sprintf(text, i)
		}
		all.Go(func() {
			ack, err := acked(w.Slack.Type(who, room, text, ""))
			mu.Lock()
			if err == nil && ack.Err == "" {
				acks++
			} else {
				lost++
			}
			mu.Unlock()
			e.press(ctx, w, room, who)
		})
	}
	all.Wait()
	return acks, lost
}

// press confirms the newest card of a channel if there is one soon.
func (e *observer) press(ctx context.Context, w *testbed.World, room, who string) {
	if !until(ctx, 3*time.Second, func() bool { return e.card(room).Face == "🟡" }) {
		return
	}
	c := e.card(room)
	if b, ok := c.Button("confirm"); ok {
		_, _ = acked(w.Slack.Click(who, room, c.TS, press(b)))
	}
}
