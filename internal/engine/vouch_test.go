package engine

import (
	"context"
	"database/sql"
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
