package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows what the record says of one operation to somebody who has nothing but the public key of the log.
type Proof struct {
	Checkpoint string        `json:"checkpoint"`
	Entries    []ProvenEntry `json:"entries"`
}

// ProvenEntry is one entry with its texts, and the hashes that lead from it to the root of the checkpoint.
type ProvenEntry struct {
	N       int64       `json:"n"`
	Salt    string      `json:"salt"`
	Entry   string      `json:"entry"`
	WhoSalt string      `json:"whoSalt,omitempty"`
	Person  string      `json:"person,omitempty"` // empty: erased
	Hashes  []tlog.Hash `json:"hashes"`
}

// Prove gives the entries of an operation, by its id or the reference that people read. Some may be in an archive.
func Prove(ctx context.Context, db querier, operation, archive string, key Verifier) (Proof, error) {
	last, err := lastCheckpoint(ctx, db)
	if err != nil {
		return Proof{}, err
	}
	c, err := ParseCheckpoint(last.note, key)
	if err != nil {
		return Proof{}, fmt.Errorf("the newest checkpoint: %w", err)
	}
	m, err := movedTo(ctx, db, archive)
	if err != nil {
		return Proof{}, err
	}
	found, err := m.entriesOf(ctx, operation)
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{Checkpoint: c.Note}
	for _, l := range found {
		if l.n >= c.Size {
			return proof, errors.New("no checkpoint covers the newest of its entries yet: try again in a minute")
		}
		e, err := l.prove(treeOf(ctx, db).withArchive(m), c.Size)
		if err != nil {
			return proof, err
		}
		proof.Entries = append(proof.Entries, e)
	}
	if len(found) == 0 {
		return proof, errors.New("the log has no entry of such an operation")
	}
	if _, err := proof.Check(key); err != nil {
		return proof, fmt.Errorf("%w: casterbot audit verify says more", err)
	}
	return proof, nil
}

// entriesOf gives the entries of an operation, those in the archive first.
func (m Moved) entriesOf(ctx context.Context, operation string) (found []leaf, err error) {
	const known = `SELECT id, created FROM operations WHERE substr(id, 1, 6) = substr($1, 1, 6) AND id LIKE $1 || '%'
		ORDER BY id LIMIT 1`
	var id string
	var created int64
	ok, err := one(ctx, m.db, known, []any{strings.ToLower(operation)}, &id, &created)
	if err != nil || !ok {
		return nil, err
	}
	e, _, err := lastArchived(ctx, m.db)
	if err != nil {
		return nil, err
	}
	if until, err := time.Parse(time.RFC3339, e.Detail[detailUntil]); m.unreachable() &&
		(err != nil || instant(created).Before(until.Add(time.Minute))) {
		return nil, m.elsewhere()
	}
	err = m.search(ctx, m.forward, []string{`"operation":"` + id + `"`}, func(list []leaf) bool {
		found = append(found, slices.DeleteFunc(list, func(l leaf) bool { return l.event.Operation != id })...)
		return false
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, m.db, func(rows *sql.Rows) error {
		l, err := scanLeaf(rows)
		found = append(found, l)
		return err
	}, selectLeaves+` WHERE l.event IN (SELECT seq FROM events WHERE operation = $1) ORDER BY l.n`, id)
	return found, err
}

func (l leaf) prove(t *tree, size int64) (ProvenEntry, error) {
	entry, person, err := l.texts()
	if err != nil {
		return ProvenEntry{}, err
	}
	e := ProvenEntry{N: l.n, Salt: l.salt, Entry: string(entry), Person: string(person)}
	if l.who == "" {
		e.WhoSalt = l.whoSalt
	}
	e.Hashes, err = tlog.ProveRecord(size, l.n, t)
	return e, err
}

// Check holds a proof against its checkpoint, with the key of the log. No error means that the log has these entries.
func (p Proof) Check(key Verifier) (Checkpoint, error) {
	c, err := ParseCheckpoint(p.Checkpoint, key)
	if err != nil {
		return c, err
	}
	if len(p.Entries) == 0 {
		return c, errors.New("it proves nothing: it has no entries")
	}
	for _, e := range p.Entries {
		if err := e.check(c); err != nil {
			return c, fmt.Errorf("entry %d: %w", e.N, err)
		}
	}
	return c, nil
}

func (e ProvenEntry) check(c Checkpoint) error {
	data := commit(e.Salt, []byte(e.Entry))
	if tlog.CheckRecord(e.Hashes, c.Size, c.Root, e.N, tlog.RecordHash(data[:])) != nil {
		return errors.New("the log of this checkpoint does not have it")
	}
	var said Entry
	if err := json.Unmarshal([]byte(e.Entry), &said); err != nil {
		return errors.New("it is no entry")
	}
	who := commit(e.WhoSalt, []byte(e.Person))
	if e.Person != "" && said.Who != hex.EncodeToString(who[:]) {
		return errors.New("it is about another person")
	}
	return nil
}
