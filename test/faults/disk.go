package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// diskScripts are about a disk that takes nothing more.
var diskScripts = []script{
	{name: "disk-full", quick: true, play: func(ctx context.Context, r *run) error { return playDisk(ctx, r, fullDisk) },
		shows: "the disk is full: changes are refused in plain words and nothing is sent, looking works, and it recovers within 10 s"},
	{name: "disk-limit", play: func(ctx context.Context, r *run) error { return playDisk(ctx, r, limitedFiles) },
		shows: "no file may grow (RLIMIT_FSIZE): the same"},
	{name: "disk-read-only", play: func(ctx context.Context, r *run) error { return playDisk(ctx, r, readOnlyDisk) },
		shows: "the disk turns read-only under the running bot: the same; needs strace"},
	{name: "disk-read-only-start", quick: true, play: startReadOnly,
		shows: "a disk that is read-only at the start: one line that names the file, exit code 1"},
	{name: "disk-restore", quick: true, play: playRestore,
		shows: "backup beside the running bot, a damaged file refused, restore: no confirmation of before acts again"},
	{name: "disk-syncs", play: playSyncs,
		shows: "every acknowledged command was brought to the disk: syncs are counted from outside; needs strace"},
}

// operator does everything in these scripts, in the channel of the seed.
const (
	operator = "U0ANA"
	show     = "C0SHOW"
)

// recoverWithin is how soon after the disk takes rows again changes must work again.
const recoverWithin = 10 * time.Second

// diskStory is a bot on a disk that a script spoils.
type diskStory struct {
	*run
	w        *testbed.World
	observer *observer
	p        *testbed.Process
	disk     disk
}

func playDisk(ctx context.Context, r *run, make func(context.Context, *run, *testbed.World) (disk, error)) error {
	w, _, err := r.open(0, testbed.Config{})
	if err != nil {
		return err
	}
	d, err := make(ctx, r, w)
	if err != nil {
		return err
	}
	s := &diskStory{run: r, w: w, observer: newObserver(w), disk: d}
	if s.p, err = w.Begin(testbed.Life{Program: d.program, Database: d.address, Admin: true}); err != nil {
		return err
	}
	r.later(s.p.Kill)
	if err := w.Up(2, 20*time.Second, s.p); err != nil {
		return err
	}
	if err := d.begin(s.p); err != nil {
		return err
	}
	return s.play(ctx)
}

func (s *diskStory) play(ctx context.Context) error {
	s.change(ctx, "/record start main", time.Minute)
	waiting, err := s.ask(ctx, `/caster scene stop "Evening News" "Preview 1"`, time.Minute)
	if err != nil {
		return err
	}
	for round := range pick(s.run, 1, 3) {
		if err := s.round(ctx, round, waiting); err != nil {
			return err
		}
	}
	s.press(ctx, waiting)
	s.holds(s.ends(waiting, "✅"), "the card that waited through it all does not work: %s", s.observer.card(show).Text)
	return s.intact(ctx)
}

// round spoils the disk while a call is under way, and mends it when its answer has come.
func (s *diskStory) round(ctx context.Context, n int, waiting testbed.Card) error {
	under, err := s.underWay(ctx, fmt.Sprintf(`/caster copy "Evening Sports" "Evening Copy %d"`, n))
	if err != nil {
		return err
	}
	before := len(received(s.w))
	if err := s.disk.fill(); err != nil {
		return fmt.Errorf("spoil the disk: %w", err)
	}
	s.say("round %d: a call is under way, and the disk takes nothing more", n+1)
	s.refused(ctx, waiting)
	answered := func() bool { return received(s.w)[before-1].Answered }
	s.holds(until(ctx, 20*time.Second, answered), "the call that was under way gets no answer")
	if now := len(received(s.w)); now != before {
		s.breaks("P9: %d calls were made that could not be written down", now-before)
	}
	if err := s.disk.free(); err != nil {
		return fmt.Errorf("mend the disk: %w", err)
	}
	s.mended(ctx, n)
	s.holds(s.ends(under, "✅"), "F27: the answer that came meanwhile is lost: %s", s.w.Newest()[under.Ref].Text)
	return nil
}

// underWay confirms something whose answer takes a while, and comes back when the cloud has the call.
func (s *diskStory) underWay(ctx context.Context, text string) (testbed.Card, error) {
	card, err := s.ask(ctx, text, time.Minute)
	if err != nil {
		return card, err
	}
	if _, err := s.w.Live.Inject(fakelive.Fault{Action: "CopyCaster", Kind: fakelive.SlowAnswer,
		Delay: 2 * time.Second}); err != nil {
		return card, err
	}
	before := len(received(s.w))
	s.press(ctx, card)
	if !until(ctx, 20*time.Second, func() bool { return len(received(s.w)) > before }) {
		return card, fmt.Errorf("%s is confirmed and not sent", text)
	}
	return card, nil
}

// refused holds what the bot says while nothing can be written against the promises.
func (s *diskStory) refused(ctx context.Context, waiting testbed.Card) {
	for _, try := range []struct {
		what string
		do   func() (fakeslack.Sent, error)
	}{
		{"a command", func() (fakeslack.Sent, error) { return s.w.Slack.Type(operator, show, "/record stop main", "") }},
		{"a click", func() (fakeslack.Sent, error) {
			return s.w.Slack.Click(operator, show, waiting.TS, s.confirmation(waiting))
		}},
	} {
		said := s.told(ctx, try.do)
		s.holds(strings.Contains(said, "cannot be written down, so nothing was done") && strings.Contains(said, s.disk.words),
			"F27: %s is answered with %q; it should say why, in the words %q", try.what, said, s.disk.words)
		s.say("%s is answered: %s", try.what, said)
	}
	said := s.told(ctx, func() (fakeslack.Sent, error) { return s.w.Slack.Type(operator, show, "/caster list", "") })
	s.holds(strings.Contains(said, " studios, "), "P9: /caster list is answered with %q", said)
	s.say("/caster list shows the studios")
	parts, ok, err := s.p.Ready(ctx)
	s.holds(err == nil && !ok && parts["store"]["writable"] == false, "/readyz says %v, ready %t (%v)",
		parts["store"], ok, err)
	s.say("/readyz is not ready: store %v", parts["store"])
	now, known := s.w.Newest()[waiting.Ref]
	s.holds(known && now.Face == waiting.Face, "the card that waits has changed to %s", now.Text)
}

// mended waits until changes work again.
func (s *diskStory) mended(ctx context.Context, round int) {
	since := time.Now()
	text := []string{"/record stop main", "/record start main"}[round%2]
	s.change(ctx, text, recoverWithin)
	s.say("changes work again %s after the disk", time.Since(since).Round(10*time.Millisecond))
	_, ok, err := s.p.Ready(ctx)
	s.holds(ok, "/readyz is not ready again (%v)", err)
}

// change asks for something and confirms it, until it is done; what is refused is tried again for a while.
func (s *diskStory) change(ctx context.Context, text string, within time.Duration) {
	card, err := s.ask(ctx, text, within)
	if err != nil {
		s.breaks("P16: %v", err)
		return
	}
	s.press(ctx, card)
	s.holds(s.ends(card, "✅"), "P16: %s does not come to a good end: %s", text, s.w.Newest()[card.Ref].Text)
}

// ask types a command until there is a card.
func (s *diskStory) ask(ctx context.Context, text string, within time.Duration) (testbed.Card, error) {
	before := s.observer.card(show)
	end := time.Now().Add(within)
	for {
		if _, err := acked(s.w.Slack.Type(operator, show, text, "")); err != nil {
			return testbed.Card{}, err
		}
		if until(ctx, 2*time.Second, func() bool { return s.observer.card(show).Ref != before.Ref }) {
			return s.observer.card(show), nil
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return testbed.Card{}, fmt.Errorf("%s gets no card within %s", text, within)
		}
	}
}

func (s *diskStory) confirmation(c testbed.Card) fakeslack.Press {
	b, _ := c.Button("confirm")
	return press(b)
}

func (s *diskStory) press(ctx context.Context, c testbed.Card) {
	if _, err := acked(s.w.Slack.Click(operator, show, c.TS, s.confirmation(c))); err != nil && ctx.Err() == nil {
		s.breaks("a click on %s: %v", c.Ref, err)
	}
}

// ends waits until a card is no longer pending or under way, and reports whether it shows the face then.
func (s *diskStory) ends(c testbed.Card, face string) bool {
	now := func() string { return s.w.Newest()[c.Ref].Face }
	return until(context.Background(), 20*time.Second, func() bool { return now() != "🟡" && now() != "⏳" }) &&
		now() == face
}

// told does something and gives what the operator alone is told for it.
func (s *diskStory) told(ctx context.Context, do func() (fakeslack.Sent, error)) string {
	before := len(s.observer.told(operator, show))
	if _, err := acked(do()); err != nil {
		return err.Error()
	}
	if !until(ctx, 10*time.Second, func() bool { return len(s.observer.told(operator, show)) > before }) {
		return "nothing"
	}
	var said strings.Builder
	for _, c := range s.observer.told(operator, show)[before:] {
		fmt.Fprintf(&said, "%s %s ", c.Text, c.Attach)
	}
	return strings.Join(strings.Fields(said.String()), " ")
}

// intact stops the bot and asks the oracle about the file that it leaves.
func (s *diskStory) intact(ctx context.Context) error {
	s.stop(s.p)
	kept := s.w.File("after.db")
	if err := s.disk.save(kept); err != nil {
		return fmt.Errorf("take the database off the disk: %w", err)
	}
	return s.judge(ctx, s.w, "sqlite:"+kept, "log")
}

func startReadOnly(ctx context.Context, r *run) error {
	w, _, err := r.open(0, testbed.Config{})
	if err != nil {
		return err
	}
	d, err := ownDisk(ctx, r, w, "ro")
	if err != nil {
		return err
	}
	p, err := w.Begin(testbed.Life{Program: d.program, Database: d.address})
	if err != nil {
		return err
	}
	r.later(p.Kill)
	select {
	case <-p.Gone():
	case <-time.After(20 * time.Second):
		r.breaks("it starts on a disk that it cannot write")
		return nil
	}
	log := strings.TrimSpace(p.Log())
	r.say("it says: %s", log)
	one := strings.Count(log, "\n") == 0
	r.holds(one && strings.Contains(log, "casterbot.db") && strings.Contains(log, "read-only"),
		"the start is refused with: %s", log)
	r.holds(p.Stop() == 1, "the exit code is not 1")
	return nil
}

// copyFrom copies a file out of a folder that only an open handle leads to.
func copyFrom(folder *os.Root, name, to string) error {
	from, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(filepath.Clean(to), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Close())
}
