package store

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"casterbot/internal/op"
)

// fullDenials is how many denials of one person in a minute stand in the trail in full. What is beyond is one row with
// its number, so nobody who may do nothing can fill the database.
const fullDenials = 20

// Count is the detail of an event that stands for several.
const Count = "count"

// appendDenial writes a denial, in full or into the row that counts them. The mark is in the trail exactly when it has.
// A row that counts is changed within its minute only, and is no leaf of the log before that is over.
func (t *transaction) appendDenial(e op.Event, mark string) error {
	// the denials of a person since a moment; like those of a mark they are among the newest events
	const (
		since = ` WHERE seq > (SELECT COALESCE(MAX(seq), 0) - 10000 FROM events) AND name = $1 AND actor = $2 AND at >= $3`
		again = `UPDATE events SET detail = $2, mark = $3, seal = $4 WHERE seq = $1`
	)
	if turn := t.store.dialect.turn; turn != "" { // of two replicas one counts at a time
		if _, err := t.exec(turn, "", "denials/"+e.Actor); err != nil {
			return err
		}
	}
	minute := t.now - t.now%time.Minute.Milliseconds()
	var full int
	if err := t.row(`SELECT COUNT(*) FROM events`+since, op.EventDenied, e.Actor, minute).Scan(&full); err != nil {
		return fmt.Errorf("count the denials: %w", err)
	}
	if full < fullDenials {
		return t.appendEvent(e, mark)
	}
	counts, err := scanEvent(t.row(selectEvent+since+` ORDER BY seq DESC LIMIT 1`, op.EventDeniedMore, e.Actor, minute))
	switch {
	case errors.Is(err, ErrNotFound):
		e.Name, e.Operation, e.Channel, e.Detail = op.EventDeniedMore, "", "", map[string]string{Count: "1"}
		return t.appendEvent(e, mark)
	case err != nil:
		return fmt.Errorf("read the count of denials: %w", err)
	}
	n, _ := strconv.Atoi(counts.Detail[Count])
	counts.Detail[Count] = strconv.Itoa(n + 1)
	_, err = t.exec(again, counts.Seq, jsonOf{counts.Detail}, mark, t.store.seal(counts))
	return err
}
