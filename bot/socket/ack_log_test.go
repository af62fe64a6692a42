package socket

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// TestClosedWhileCommandsArrive: Slack closes a socket while commands and acknowledgements are on their way through it,
// at once or milliseconds after its warning. It fails when acknowledgements are not repeated, when the end of a
// connection reaches the client before it has handed over what came before, and when a link that is over connects once
// more.
func TestClosedWhileCommandsArrive(t *testing.T) {
	for _, reason := range []string{"refresh_requested", "warning"} {
		w := slackworld.New(t, func(c *fakeslack.Config) { c.Grace = 3 * time.Millisecond })
		s := serve(t, w, normal, acknowledge)
		for round := range 2 {
			var sent []fakeslack.Sent
			for i := range 60 {
				if i == 30 {
					w.Disconnect(w.Sockets()[0], reason)
				}
				command, err := w.Type("U0ANA", "C0SHOW", fmt.Sprintf("/caster help %d", i), "")
				if err != nil {
					t.Fatal(err)
				}
				sent = append(sent, command)
				time.Sleep(200 * time.Microsecond)
			}
			for i, command := range sent {
				if ack := <-command.Done; ack.Err != "" {
					t.Errorf("%s, round %d: command %d: %s", reason, round, i, ack.Err)
				}
			}
			w.Until("two sockets are up", func() bool { return s.Health().Sockets == 2 && len(w.Sockets()) == 2 })
		}
	}
}

func TestAckedKeepsTheDoubtful(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &ackLog{}
		a.add("old", nil)
		time.Sleep(doubtful + time.Millisecond)
		a.add("young", nil)
		a.add("younger", nil)
		if len(a.last) != 2 {
			t.Errorf("%d acknowledgements are kept, want 2", len(a.last))
		}
		if got := a.take(false); len(got) != 2 || got[0].id != "young" || got[1].id != "younger" {
			t.Errorf("doubtful: %+v", got)
		}
		if !a.add("next connection", nil) {
			t.Error("a link that connects again takes no more")
		}
		time.Sleep(doubtful + time.Millisecond)
		if got := a.take(true); len(got) != 0 {
			t.Errorf("doubtful after a long time: %+v", got)
		}
		if a.add("late", nil) {
			t.Error("a link that is over takes more")
		}
	})
}
