package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"casterbot/internal/op"

	_ "modernc.org/sqlite"
)

// tamper changes the database behind everybody's back.
func (s *stage) tamper(statement string, args ...any) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(s.t.Context(), statement, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n != 1 {
		s.t.Fatalf("%s changes %d rows", statement, n)
	}
}

// Whoever can write the database cannot make a call leave: not by a state, nor by an event that says so, nor by another
// target or person in what was confirmed.
func TestWhatSomebodyWroteIntoTheDatabaseIsNotSent(t *testing.T) {
	const queued = `UPDATE operations SET state = 'queued', person = $2, confirmed = $3, expires = $4, claim = '', turn = 99 WHERE id = $1`
	const event = `INSERT INTO events (operation, at, name, actor, team, channel, detail, mark, seal) VALUES ($1, $2, 'approved',
		$3, 'T0', 'C0SHOW', $4, 'm', $5)`
	for name, attack := range map[string]func(s *stage, o op.Operation){
		"a state": func(s *stage, o op.Operation) {
			s.tamper(queued, o.ID, ken, s.clock().UnixMilli(), s.clock().Add(startWithin).UnixMilli())
		},
		"an approval": func(s *stage, o op.Operation) {
			s.tamper(queued, o.ID, ken, s.clock().UnixMilli(), s.clock().Add(startWithin).UnixMilli())
			detail := `{"state":"queued","replica":"one","params":"` + o.Params() + `"}`
			s.tamper(event, o.ID, s.clock().UnixMilli(), ken, detail, "")
		},
		"somebody else's approval": func(s *stage, o op.Operation) {
			other := s.asked("caster restart c2")
			s.force(other, op.Queued)
			trail, err := s.store.Events(t.Context(), other.ID)
			if err != nil {
				t.Fatal(err)
			}
			s.tamper(queued, o.ID, ana, s.clock().UnixMilli(), s.clock().Add(startWithin).UnixMilli())
			s.tamper(event, o.ID, s.clock().UnixMilli(), ana, `{"state":"queued","replica":"one","params":"`+o.Params()+`"}`,
				trail[len(trail)-1].Seal)
		},
		"another target": func(s *stage, o op.Operation) {
			s.force(o, op.Queued)
			s.tamper(`UPDATE operations SET plan = replace(plan, '"c1"', '"c2"') WHERE id = $1`, o.ID)
		},
		"another person": func(s *stage, o op.Operation) {
			s.force(o, op.Queued)
			s.tamper(`UPDATE operations SET person = $2 WHERE id = $1`, o.ID, ken)
		},
		"a second time": func(s *stage, o op.Operation) {
			s.force(o, op.Queued, op.Running, op.Succeeded)
			s.tamper(`UPDATE operations SET state = 'queued', ended = 0, sends = 0, claim = '', expires = $2 WHERE id = $1`, o.ID,
				s.clock().Add(startWithin).UnixMilli())
		},
		"a second time, with its approval once more": func(s *stage, o op.Operation) {
			s.force(o, op.Queued, op.Running, op.Succeeded)
			s.tamper(`UPDATE operations SET state = 'queued', ended = 0, sends = 0, claim = '', expires = $2 WHERE id = $1`, o.ID,
				s.clock().Add(startWithin).UnixMilli())
			s.tamper(`INSERT INTO events (operation, at, name, actor, team, channel, detail, mark, seal) SELECT operation, at, name,
				actor, team, channel, detail, 'm', seal FROM events WHERE operation = $1 AND detail LIKE '%"queued"%'`, o.ID)
		},
		"a second time, with its approval behind the rest": func(s *stage, o op.Operation) {
			s.force(o, op.Queued, op.Running, op.Succeeded)
			s.tamper(`UPDATE operations SET state = 'queued', ended = 0, sends = 0, claim = '', expires = $2 WHERE id = $1`, o.ID,
				s.clock().Add(startWithin).UnixMilli())
			s.tamper(`UPDATE events SET seq = 9001 WHERE operation = $1 AND detail LIKE '%"queued"%'`, o.ID)
		},
		"another target while it waits": func(s *stage, o op.Operation) {
			s.tamper(`UPDATE operations SET plan = replace(plan, '"c1"', '"c2"') WHERE id = $1`, o.ID)
			s.force(s.get(o), op.Queued)
		},
		"another command while it waits": func(s *stage, o op.Operation) {
			s.tamper(`UPDATE operations SET command = 'caster start {caster}' WHERE id = $1`, o.ID)
			s.force(s.get(o), op.Queued)
		},
		"another command": func(s *stage, o op.Operation) {
			s.force(o, op.Queued)
			s.tamper(`UPDATE operations SET command = 'caster start {caster}' WHERE id = $1`, o.ID)
		},
		"another asker while it waits": func(s *stage, o op.Operation) {
			s.tamper(`UPDATE operations SET asker = $2 WHERE id = $1`, o.ID, ken)
			s.force(s.get(o), op.Queued)
		},
		"another channel while it waits": func(s *stage, o op.Operation) {
			s.tamper(`UPDATE operations SET channel = 'C0OTHER' WHERE id = $1`, o.ID)
			s.force(s.get(o), op.Queued)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			o := s.asked("caster restart c1")
			attack(s, o)
			s.e.execute(context.Background(), o.ID)
			s.settle()
			s.want(o, op.Failed, 0)
			if said := s.get(o).Outcome.Text.Plain(); !strings.Contains(said, "the record does not say") {
				t.Errorf("said %q", said)
			}
			trail, err := s.store.Events(t.Context(), o.ID)
			if err != nil || trail[len(trail)-2].Name != op.EventForged || trail[len(trail)-2].Detail["reason"] == "" {
				t.Errorf("%+v, %v", trail, err)
			}
		})
	}
}

// What somebody writes into the inbox, or changes there, is not worked off as if that person had pressed.
func TestWhatSomebodyWroteIntoTheInboxIsNotDone(t *testing.T) {
	for name, attack := range map[string]func(s *stage, o op.Operation, click string){
		"a click": func(s *stage, o op.Operation, click string) {
			s.tamper(`INSERT INTO inbox (key, kind, body, at, mark, replica) VALUES ('k', 'click', $1, $2, 'm', 'dead')`,
				click, s.clock().UnixMilli())
		},
		"a click with the seal of another": func(s *stage, o op.Operation, click string) {
			if _, err := s.store.Receive(t.Context(), "other", kindClick, []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
			s.tamper(`INSERT INTO inbox (key, kind, body, at, mark, replica, seal) SELECT 'k', 'click', $1, at, 'm', 'dead', seal
				FROM inbox WHERE key = 'other'`, click)
			if err := s.store.Done(t.Context(), "other"); err != nil {
				t.Fatal(err)
			}
		},
		"other words in one that came": func(s *stage, o op.Operation, click string) {
			if _, err := s.store.Receive(t.Context(), "k", kindClick, []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
			s.tamper(`UPDATE inbox SET body = $1, replica = 'dead' WHERE key = 'k'`, click)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			o := s.asked("caster restart c1")
			click, err := json.Marshal(s.press(ana, o, op.ActionConfirm))
			if err != nil {
				t.Fatal(err)
			}
			attack(s, o, string(click))
			s.restart()
			s.settle()
			s.want(o, op.Pending, 0)
			trail, err := s.store.Recent(t.Context(), 1)
			if err != nil || trail[0].Name != op.EventForged {
				t.Errorf("%+v, %v", trail, err)
			}
			if left, err := s.store.Unsettled(t.Context(), 10); err != nil || len(left) > 0 {
				t.Errorf("%v, %v", left, err)
			}
		})
	}
}
