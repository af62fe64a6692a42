package audit

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A checkpoint is made when so many leaves have come since the last one, or when something has happened and the last
// one is so old.
const (
	checkpointLeaves = 100
	checkpointEvery  = time.Minute
)

// Checkpoint is the signed head of the log at a size: who has it can show that a log is another one, or less than this.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	Note   string // as it was signed
	At     time.Time
}

// text is what is signed (https://c2sp.org/tlog-checkpoint).
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads a signed note and checks it with the key of its log; other signatures do not matter.
func ParseCheckpoint(text string, v note.Verifier) (Checkpoint, error) {
	signed, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("this checkpoint is not signed by %s: %w", v.Name(), err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 {
		return Checkpoint{}, errors.New("this is no checkpoint: it has too few lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, wrong := tlog.ParseHash(lines[2])
	if err != nil || wrong != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, errors.New("this is no checkpoint: the second line is a number, the third a hash")
	}
	if lines[0] != v.Name() {
		return Checkpoint{}, fmt.Errorf("this checkpoint is of the log %s, not of %s", lines[0], v.Name())
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root, Note: text}, nil
}

// SplitNotes gives the signed notes of a text, also when it was copied out of a chat, with more around them and without
// their empty lines. What was signed are three lines: checkpoints have no others.
func SplitNotes(text string) (notes []string) {
	var body, signatures []string
	end := func() {
		from := max(0, len(body)-3)
		if len(signatures) == 0 {
			from = len(body)
		}
		if before := body[:from]; slices.ContainsFunc(before, isHash) { // another one, that nobody has signed
			notes = append(notes, strings.Join(before, "\n")+"\n")
		}
		if len(signatures) > 0 {
			notes = append(notes, strings.Join(slices.Concat(body[from:], []string{""}, signatures), "\n")+"\n")
		}
		body, signatures = nil, nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		is := strings.HasPrefix(line, "— ")
		if len(signatures) > 0 && !is {
			end()
		}
		switch {
		case is:
			signatures = append(signatures, line)
		case line != "":
			body = append(body, line)
		}
	}
	end()
	return notes
}

func isHash(line string) bool {
	_, err := tlog.ParseHash(line)
	return err == nil
}

// Sign makes the checkpoint of a tree.
func (k *Key) Sign(size int64, root tlog.Hash) (Checkpoint, error) {
	c := Checkpoint{Origin: k.Name(), Size: size, Root: root}
	signed, err := note.Sign(&note.Note{Text: c.text()}, k.signer)
	c.Note = string(signed)
	return c, err
}

// stored is a checkpoint as the database has it, which proves nothing by itself.
type stored struct {
	size int64
	at   time.Time
	note string
}

func lastCheckpoint(ctx context.Context, db querier) (last stored, err error) {
	var at int64
	_, err = one(ctx, db, `SELECT size, at, note FROM audit_checkpoints ORDER BY size DESC LIMIT $1`, []any{1}, &last.size,
		&at, &last.note)
	last.at = instant(at)
	return last, err
}

// checkpoints gives all of the database, the smallest first.
func checkpoints(ctx context.Context, db querier) (all []stored, err error) {
	err = each(ctx, db, func(rows *sql.Rows) error {
		var s stored
		var at int64
		err := rows.Scan(&s.size, &at, &s.note)
		s.at = instant(at)
		all = append(all, s)
		return err
	}, `SELECT size, at, note FROM audit_checkpoints WHERE size >= $1 ORDER BY size`, 0)
	return all, err
}

func checkpointDue(last stored, size int64, now time.Time) bool {
	return size > last.size && (size-last.size >= checkpointLeaves || now.Sub(last.at) >= checkpointEvery)
}

// checkpoint makes one of the log as the transaction leaves it, when one is due, or wanted and not there.
func (l *Log) checkpoint(ctx context.Context, x store.Tx, t *tree, size int64, wanted bool) error {
	if l.Key == nil {
		return nil
	}
	last, err := lastCheckpoint(ctx, x)
	if err != nil || size <= last.size || !wanted && !checkpointDue(last, size, x.Now()) {
		return err
	}
	root, err := t.root(size)
	if err != nil {
		return err
	}
	c, err := l.Key.Sign(size, root)
	if err != nil {
		return err
	}
	_, err = x.Exec(`INSERT INTO audit_checkpoints (size, at, note) VALUES ($1, $2, $3)`, size, x.Now().UnixMilli(), c.Note)
	return err
}
