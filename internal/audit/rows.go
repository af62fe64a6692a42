package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"

	"casterbot/internal/op"
	"casterbot/internal/parallel"

	"golang.org/x/mod/sumdb/tlog"
)

// The columns of an event and of a leaf; an event that is gone is all NULL.
const (
	eventColumns = `e.seq, COALESCE(e.operation, ''), e.at, e.name, e.actor, e.team, e.channel, e.detail, e.seal`
	leafColumns  = `l.n, l.event, l.format, l.salt, l.who, l.who_salt, l.hashes`
	selectLeaves = `SELECT ` + leafColumns + `, COALESCE(e.seq, 0), COALESCE(e.operation, ''), COALESCE(e.at, 0),
			COALESCE(e.name, ''), COALESCE(e.actor, ''), COALESCE(e.team, ''), COALESCE(e.channel, ''),
			COALESCE(e.detail, '{}'), COALESCE(e.seal, '')
		FROM audit_leaves l LEFT JOIN events e ON e.seq = l.event`
)

// page is how many rows are read at once: a server ends what takes too long.
const page = 2000

// leaves gives the leaves from one number on, in their order, many at once.
func leaves(ctx context.Context, db querier, from int64, do func([]leaf) error) error {
	for {
		list := make([]leaf, 0, page)
		err := each(ctx, db, func(rows *sql.Rows) error {
			l, err := scanLeaf(rows)
			list = append(list, l)
			return err
		}, selectLeaves+` WHERE l.n >= $1 ORDER BY l.n LIMIT $2`, from, page)
		if err == nil && len(list) > 0 {
			from = list[len(list)-1].n + 1
			err = do(list)
		}
		if err != nil || len(list) < page {
			return err
		}
	}
}

// checked is what is known of an entry by itself.
type checked struct {
	hash   tlog.Hash
	err    error
	sealed bool
}

// entries looks at the next rows: on all processors at what each is by itself, then in their order.
func (w *verifier) entries(list []leaf) error {
	size := max(1, (len(list)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	parallel.Each(slices.Collect(slices.Chunk(list, size)), func(_ int, some []leaf) error {
		for i, l := range some {
			c := &checked{sealed: w.Key != nil && l.who == "" && IsSealed(w.Key, l.event)}
			c.hash, c.err = l.hash()
			some[i].checked = c
		}
		return nil
	})
	for _, l := range list {
		if err := w.entry(l); err != nil {
			return err
		}
	}
	return nil
}

func scanLeaf(rows *sql.Rows) (leaf, error) {
	var l leaf
	var at int64
	var hashes []byte
	var detail string
	err := rows.Scan(&l.n, &l.number, &l.format, &l.salt, &l.who, &l.whoSalt, &hashes, &l.event.Seq, &l.event.Operation,
		&at, &l.event.Name, &l.event.Actor, &l.event.Team, &l.event.Channel, &detail, &l.event.Seal)
	if err != nil {
		return l, err
	}
	l.event.At, l.missing = instant(at), l.event.Seq == 0
	if err := json.Unmarshal([]byte(detail), &l.event.Detail); err != nil {
		l.event.Detail = map[string]string{"unreadable": detail}
	}
	l.hashes, err = unpack(hashes)
	if err != nil {
		return l, fmt.Errorf("entry %d: %w", l.n, err)
	}
	return l, nil
}

func scanEvent(rows *sql.Rows) (e op.Event, err error) {
	var at int64
	var detail string
	err = rows.Scan(&e.Seq, &e.Operation, &at, &e.Name, &e.Actor, &e.Team, &e.Channel, &detail, &e.Seal)
	if err != nil {
		return e, err
	}
	e.At = instant(at)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}

// pack writes the hashes that a leaf completes one behind the other.
func pack(hashes []tlog.Hash) []byte {
	packed := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		packed = append(packed, h[:]...)
	}
	return packed
}

func unpack(packed []byte) ([]tlog.Hash, error) {
	if len(packed) == 0 || len(packed)%tlog.HashSize != 0 {
		return nil, fmt.Errorf("its hashes have %d bytes", len(packed))
	}
	hashes := make([]tlog.Hash, len(packed)/tlog.HashSize)
	for i := range hashes {
		copy(hashes[i][:], packed[i*tlog.HashSize:])
	}
	return hashes, nil
}
