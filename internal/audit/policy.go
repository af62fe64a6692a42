package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Policy gives the text of the policy file in force and its hash, for the record of who could do what on a day.
type Policy func() (hash, text string)

// keepPolicy keeps the text of a policy that has come into force, and writes the event that says so.
func (l *Log) keepPolicy(ctx context.Context) error {
	if l.Policy == nil {
		return nil
	}
	hash, text := l.Policy()
	if hash == l.inForce {
		return nil
	}
	const keep = `INSERT INTO audit_policies (hash, at, body) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`
	err := l.Store.ChangeWith(ctx, func(x store.Tx) (op.Event, error) {
		_, err := x.Exec(keep, hash, x.Now().UnixMilli(), text)
		return op.Event{Name: op.EventPolicy, Detail: map[string]string{op.DetailPolicy: hash}}, err
	})
	if err != nil {
		return fmt.Errorf("keep the policy: %w", err)
	}
	l.inForce = hash
	return nil
}

// PolicyAt gives the policy that was in force at a time: its text, its hash, and when it came into force.
func PolicyAt(ctx context.Context, db querier, archive string, at time.Time) (text, hash string, since time.Time,
	err error) {
	const last = `SELECT ` + eventColumns + ` FROM events e WHERE e.name = $1 AND e.at <= $2 ORDER BY e.seq DESC LIMIT 1`
	var e op.Event
	err = each(ctx, db, func(rows *sql.Rows) (err error) {
		e, err = scanEvent(rows)
		return err
	}, last, op.EventPolicy, at.UnixMilli())
	if err != nil {
		return "", "", since, err
	}
	if e.Name == "" {
		m, err := movedTo(ctx, db, archive)
		if err == nil {
			e, err = m.policy(ctx, at)
		}
		if err != nil {
			return "", "", since, err
		}
	}
	if hash = e.Detail[op.DetailPolicy]; hash == "" {
		return "", "", since, errors.New("the record does not say which policy was in force then")
	}
	if ok, err := one(ctx, db, `SELECT body FROM audit_policies WHERE hash = $1`, []any{hash}, &text); err != nil || !ok {
		return "", hash, e.At, errors.Join(err, fmt.Errorf("the policy %s is not kept", hash))
	}
	if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != hash {
		return "", hash, e.At, fmt.Errorf("the policy that is kept as %s is not that one: somebody has changed it", hash)
	}
	return text, hash, e.At, nil
}

// policy is the event of the policy that was in force when something happened before all that the database has. Without
// the archive it is known only of the last moment that is there, and holds from then on.
func (m Moved) policy(ctx context.Context, at time.Time) (found op.Event, err error) {
	if m.Entries == 0 {
		return found, nil
	}
	if !m.unreachable() {
		err = m.search(ctx, m.backward, []string{`"event":"` + op.EventPolicy + `"`}, func(list []leaf) bool {
			for _, l := range slices.Backward(list) {
				if l.event.Name == op.EventPolicy && !l.event.At.After(at) {
					found = l.event
					return true
				}
			}
			return false
		})
		return found, err
	}
	e, _, err := lastArchived(ctx, m.db)
	if err != nil {
		return e, err
	}
	if e.At, err = time.Parse(time.RFC3339, e.Detail[detailUntil]); err != nil || at.Before(e.At) {
		return e, errors.Join(err, m.elsewhere())
	}
	return e, nil
}
