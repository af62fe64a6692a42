package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// DetailEntries is how many entries an event of the name op.EventErased has emptied of a person, and how many the
// archive has by one of the name op.EventArchived.
const DetailEntries = "entries"

// detailWhere is set where the entries that were emptied are in the archive.
const detailWhere = "where"

// Erase takes out of the record what names a person: in each entry that does, everything that names anybody, with its
// salt, so that nobody can try out who it was. What happened stays, and so does the tree. An event says how many
// entries that were, without the name.
func (l *Log) Erase(ctx context.Context, person string) (done Erasure, err error) {
	if !personalID.MatchString(person) {
		return done, fmt.Errorf("%q is no id of a person: it should look like U0ANA", person)
	}
	if err := l.unheld(ctx, person); err != nil {
		return done, err
	}
	if err := l.Step(ctx); err != nil {
		return done, err
	}
	for n := 1; n > 0 && err == nil; done.Entries += n {
		n, err = l.eraseSome(ctx, person)
	}
	if err == nil {
		err = l.Store.Change(ctx, func(x store.Tx) error { return eraseBeside(x, person) })
	}
	if err == nil {
		err = l.Store.Scrub(ctx)
	}
	if err != nil {
		return done, err
	}
	defer func() {
		if err == nil { // the events of it become entries
			err = l.Step(ctx)
		}
	}()
	moved, err := archived(ctx, l.Store.Reader()) // after those of the database: what is moved meanwhile is there
	if err != nil || moved == 0 {
		return done, err
	}
	if l.Archive.Dir == "" {
		done.Unreached = moved
		return done, nil
	}
	n, err := l.eraseArchived(ctx, moved/tileWidth, person)
	done.Entries += n
	return done, err
}

// Erasure is what came of an erasure.
type Erasure struct {
	Entries   int   // that name nobody any more
	Unreached int64 // entries in an archive that is not known here
}

// eraseArchived empties entries in the archive. The event comes first: without it they would look like somebody else's
// doing.
func (l *Log) eraseArchived(ctx context.Context, tiles int64, person string) (entries int, err error) {
	var naming []int64
	for number := range tiles {
		list, err := readTile(l.Archive.Dir, number)
		if err != nil {
			return 0, err
		}
		before := entries
		for _, one := range list {
			if one.who == "" && one.names(person) {
				entries++
			}
		}
		if entries > before {
			naming = append(naming, number)
		}
	}
	if entries == 0 {
		return 0, nil
	}
	err = l.Store.Record(ctx, op.Event{Name: op.EventErased,
		Detail: map[string]string{DetailEntries: strconv.Itoa(entries), detailWhere: "archive"}})
	for _, number := range naming {
		if err == nil {
			err = eraseTile(l.Archive.Dir, number, person)
		}
	}
	return entries, err
}

// eraseSome empties some entries, and the rows beside the record, in one transaction with the event that says so.
func (l *Log) eraseSome(ctx context.Context, person string) (n int, err error) {
	const naming = ` WHERE l.who = '' AND (e.actor = $1 OR e.detail LIKE '%"' || $1 || '"%' OR e.detail LIKE '%"' || $1 || '.%')
		ORDER BY l.n LIMIT $2` // with a dot: the name of a role session
	err = l.Store.ChangeWith(ctx, func(x store.Tx) (op.Event, error) {
		var found []leaf
		err := each(ctx, x, func(rows *sql.Rows) error {
			one, err := scanLeaf(rows)
			found = append(found, one)
			return err
		}, selectLeaves+naming, person, batch)
		for _, one := range found {
			if err == nil {
				err = one.erase(x)
			}
		}
		if n = len(found); err != nil || n == 0 {
			return op.Event{}, err
		}
		return op.Event{Name: op.EventErased, Detail: map[string]string{DetailEntries: strconv.Itoa(n)}}, nil
	})
	return n, err
}

// erase empties one entry. It commits to the person as before, and nobody can tell any more whom.
func (l leaf) erase(x store.Tx) error {
	_, person, err := l.texts()
	if err != nil {
		return err
	}
	who := commit(l.whoSalt, person)
	entry, _ := part(l.n, l.event)
	detail := maps.Clone(l.event.Detail)
	maps.DeleteFunc(detail, func(key, _ string) bool {
		_, stays := entry.Detail[key]
		return !stays
	})
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	if _, err := x.Exec(`UPDATE audit_leaves SET who = $2, who_salt = '' WHERE n = $1`, l.n,
		hex.EncodeToString(who[:])); err != nil {
		return err
	}
	_, err = x.Exec(`UPDATE events SET actor = '', team = '', seal = '', detail = $2 WHERE seq = $1`, l.number, string(text))
	return err
}

// unheld demands that nothing that stands names the person, as a lock does: it counts for as long as it stands.
func (l *Log) unheld(ctx context.Context, person string) error {
	const naming = `SELECT key FROM memos WHERE (ends = 0 OR ends > $2) AND body LIKE '%"' || $1 || '"%' ORDER BY key LIMIT 1`
	key := ""
	there, err := one(ctx, l.Store.Reader(), naming, []any{person, l.Store.Now().UnixMilli()}, &key)
	if err == nil && there {
		err = fmt.Errorf("%s is named by what still counts: %s. End that first", person, key)
	}
	return err
}

// eraseBeside takes the person out of the rows beside the record: a word stands in their place in operations that have
// ended; what is over, and keys of what was worked off, goes.
func eraseBeside(x store.Tx, person string) error {
	const documents = `DELETE FROM memos WHERE ends > 0 AND ends <= $2 AND body LIKE '%"' || $1 || '"%'`
	const received = `DELETE FROM inbox WHERE settled > 0 AND key LIKE '%-' || $1 || '-%'`
	if _, err := x.Exec(documents, person, x.Now().UnixMilli()); err != nil {
		return err
	}
	if _, err := x.Exec(received, person); err != nil {
		return err
	}
	const update = `UPDATE operations SET asker = replace(asker, $1, $2), person = replace(person, $1, $2),
			closer = replace(closer, $1, $2), typed = replace(typed, $1, $2), plan = replace(plan, $1, $2),
			decision = replace(decision, $1, $2), outcome = replace(outcome, $1, $2), key = replace(key, $1, $2)
		WHERE ended > 0 AND (asker = $1 OR person = $1 OR closer = $1 OR key LIKE '%-' || $1 || '-%' OR plan LIKE '%' || $1 || '%'
			OR decision LIKE '%' || $1 || '%' OR outcome LIKE '%' || $1 || '%')`
	_, err := x.Exec(update, person, Erased)
	return err
}
