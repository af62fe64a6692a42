package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"casterbot/test/testbed"
)

// playRestore saves the database beside the running bot, lets the world go on, damages the file and puts the backup
// back. A card that waited in the backup and was confirmed after it must not act a second time.
func playRestore(ctx context.Context, r *run) error {
	w, _, err := r.open(0, testbed.Config{})
	if err != nil {
		return err
	}
	s := &diskStory{run: r, w: w, observer: newObserver(w)}
	if err := s.live(); err != nil {
		return err
	}
	s.change(ctx, "/record start main", time.Minute)
	waiting, err := s.ask(ctx, `/caster scene stop "Evening News" "Preview 1"`, time.Minute)
	if err != nil {
		return err
	}
	said, err := s.command(ctx, "backup", w.File("backup.db"))
	r.holds(err == nil && strings.Contains(said, "2 operations"), "backup says %s (%v)", said, err)
	s.press(ctx, waiting)
	r.holds(s.ends(waiting, "✅"), "the card does not come to a good end: %s", w.Newest()[waiting.Ref].Text)
	said, err = s.command(ctx, "restore", w.File("backup.db"))
	r.holds(err != nil && strings.Contains(said, "in use by process"),
		"restore under a running bot says %s (%v)", said, err)
	r.stop(s.p)
	if err := s.damaged(ctx); err != nil {
		return err
	}
	said, err = s.command(ctx, "restore", w.File("backup.db"))
	r.holds(err == nil && strings.Contains(said, "1 pending: now expired"), "restore says %s (%v)", said, err)
	return s.restored(ctx, waiting)
}

// live starts a life of the bot.
func (s *diskStory) live() (err error) {
	if s.p, err = s.begin(s.w, testbed.Life{}); err != nil {
		return err
	}
	return s.w.Up(2, 20*time.Second, s.p)
}

// command runs a command of the bot's program on its database.
func (s *diskStory) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Env = []string{"CASTERBOT_DATABASE_URL=" + s.w.SQLite()}
	out, err := cmd.CombinedOutput()
	said := strings.Join(strings.Fields(string(out)), " ")
	s.say("casterbot %s: %s", args[0], said)
	return said, err
}

// damaged spoils a page of the database, and holds how the bot refuses to start.
func (s *diskStory) damaged(ctx context.Context) error {
	file, err := os.OpenFile(s.w.File("casterbot.db"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(strings.Repeat("spoiled ", 512)), 8192)
	if closed := file.Close(); err != nil || closed != nil {
		return fmt.Errorf("spoil the file: %w, %w", err, closed)
	}
	p, err := s.begin(s.w, testbed.Life{Log: "refused"})
	if err != nil {
		return err
	}
	if !until(ctx, 20*time.Second, p.Dead) {
		s.breaks("F29: it starts on a damaged file")
		return nil
	}
	said := strings.TrimSpace(p.Log())
	s.say("it says: %s", said)
	s.holds(strings.Contains(said, "casterbot restore BACKUP") && !strings.Contains(said, "\n") && p.Stop() == 1,
		"F29: the start on a damaged file ends with %d and %s", p.Stop(), said)
	return nil
}

// restored starts the bot on the backup: the old card says what is so, and its old button does nothing.
func (s *diskStory) restored(ctx context.Context, waiting testbed.Card) error {
	before := len(received(s.w))
	if err := s.live(); err != nil {
		return err
	}
	honest := func() bool { return strings.Contains(s.w.Newest()[waiting.Ref].Text, "is not known") }
	s.holds(until(ctx, 20*time.Second, honest), "the card of the backup says: %s", s.w.Newest()[waiting.Ref].Text)
	s.press(ctx, waiting)
	s.change(ctx, "/record stop main", time.Minute)
	calls := len(received(s.w)) - before
	s.holds(calls == 1, "after the restore %d calls were made, not the one that was asked for", calls)
	s.say("the old card: %s", strings.Join(strings.Fields(s.w.Newest()[waiting.Ref].Text), " "))
	s.stop(s.p)
	return nil
}
