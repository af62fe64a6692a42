package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// tree reads hashes of the tree out of the rows of the leaves that completed them, of which those stay that completed
// the tiles in the archive. It remembers what it has read and
// what was added to it.
type tree struct {
	ctx   context.Context
	db    querier
	known map[int64][]tlog.Hash // by the number of the leaf
	moved Moved                 // where the others are
}

func treeOf(ctx context.Context, db querier) *tree {
	return &tree{ctx: ctx, db: db, known: map[int64][]tlog.Hash{}}
}

// withArchive has the hashes that only the archive has, too.
func (t *tree) withArchive(m Moved) *tree {
	t.moved = m
	return t
}

// at says where a stored hash is: the leaf that completed it, and its place among the hashes of that leaf.
func at(index int64) (leaf int64, place int) {
	level, n := tlog.SplitStoredHashIndex(index)
	return (n+1)<<level - 1, level
}

// ReadHashes implements tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var unknown []int64
	for _, index := range indexes {
		if n, _ := at(index); t.known[n] == nil {
			unknown = append(unknown, n)
		}
	}
	if err := errors.Join(t.fetch(unknown), t.unarchive(unknown)); err != nil {
		return nil, err
	}
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		n, place := at(index)
		if place >= len(t.known[n]) {
			return nil, fmt.Errorf("entry %d has lost its hashes", n)
		}
		hashes[i] = t.known[n][place]
	}
	return hashes, nil
}

// fetchAtOnce is how many rows one statement asks for.
const fetchAtOnce = 256

func (t *tree) fetch(numbers []int64) error {
	for len(numbers) > 0 {
		some := numbers[:min(fetchAtOnce, len(numbers))]
		numbers = numbers[len(some):]
		args, places := make([]any, len(some)), make([]string, len(some))
		for i, n := range some {
			args[i], places[i] = n, "$"+strconv.Itoa(i+1)
		}
		err := each(t.ctx, t.db, func(rows *sql.Rows) error {
			var n int64
			var packed []byte
			if err := rows.Scan(&n, &packed); err != nil {
				return err
			}
			hashes, err := unpack(packed)
			t.known[n] = hashes
			return err
		}, strings.ReplaceAll(`SELECT n, hashes FROM audit_leaves WHERE n IN (?)
			UNION ALL SELECT n, hashes FROM audit_archived WHERE n IN (?)`, "?", strings.Join(places, ", ")), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// unarchive reads those out of the archive that the database does not have.
func (t *tree) unarchive(numbers []int64) error {
	for _, n := range numbers {
		if t.moved.Dir == "" || n >= t.moved.Entries || t.known[n] != nil {
			continue
		}
		list, err := t.moved.tile(t.ctx, n/tileWidth)
		if err != nil {
			return err
		}
		for _, l := range list[:tileWidth-1] { // of the last one there may be more, which the database has
			t.known[l.n] = l.hashes
		}
	}
	return nil
}

// add gives the hashes that a leaf completes, and remembers them.
func (t *tree) add(n int64, hash tlog.Hash) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashesForRecordHash(n, hash, t)
	if err == nil {
		t.known[n] = hashes
	}
	return hashes, err
}

// root is the hash of the tree at a size.
func (t *tree) root(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }
