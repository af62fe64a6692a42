package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The log as a folder (https://c2sp.org/tlog-tiles), with two things beside: the public key, and the texts that the
// entries commit to.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	bundles    = -1 // the level at which package tlog has the entries themselves

	checkpointFile = "checkpoint"
	keyFile        = "public.key"
)

// Erased stands in place of what named a person.
const Erased = "erased"

// tilePath is the path of a tile: package tlog has the height in it, the folder has not.
func tilePath(t tlog.Tile) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(t.Path(), "tile/"), "/")
	return "tile/" + strings.Replace(rest, "data/", "entries/", 1)
}

// openedPath is the path of the texts of a tile's entries.
func openedPath(t tlog.Tile) string {
	return "opened/" + strings.TrimPrefix(tilePath(t), "tile/entries/")
}

// Tiles is how a log is written as a folder.
type Tiles struct {
	Dir    string
	Key    Verifier
	Public string // its text, to be written beside it; may be empty
	Closed bool   // without the texts: only what they are commitments to
}

// errOtherTile says that a folder has other entries than the database.
var errOtherTile = errors.New("the folder has something else there: the log, or the folder, was changed")

// Write writes the log up to its newest checkpoint, and gives that. What is in the folder already stays, and has to be
// the same; a tile that was not full is left beside the full one.
func (f Tiles) Write(ctx context.Context, db querier) (Checkpoint, error) {
	last, err := lastCheckpoint(ctx, db)
	if err != nil {
		return Checkpoint{}, err
	}
	if last.size == 0 {
		return Checkpoint{}, errors.New("the log has no checkpoint yet")
	}
	c, err := ParseCheckpoint(last.note, f.Key)
	if err != nil {
		return c, err
	}
	moved, err := archived(ctx, db)
	if err != nil {
		return c, err
	}
	for number := range moved / tileWidth {
		t := tlog.Tile{H: tileHeight, L: bundles, N: number, W: tileWidth}
		if _, err := os.Stat(filepath.Join(f.Dir, filepath.FromSlash(tilePath(t)))); err != nil {
			return c, fmt.Errorf("the entries before %d are in the archive: copy what is in its folder to %s first (%w)", moved,
				f.Dir, err)
		}
	}
	return c, f.write(ctx, db, moved, c)
}

// write writes the log from an entry on up to a checkpoint.
func (f Tiles) write(ctx context.Context, db querier, from int64, c Checkpoint) error {
	for _, t := range tlog.NewTiles(tileHeight, from, c.Size) {
		data, err := tlog.ReadTileData(t, treeOf(ctx, db))
		if err == nil {
			err = f.keep(tilePath(t), data)
		}
		if err == nil && t.L == 0 {
			err = f.entries(ctx, db, t)
		}
		if err != nil {
			return err
		}
	}
	if f.Public != "" {
		if err := f.replace(keyFile, []byte(f.Public+"\n")); err != nil {
			return err
		}
	}
	return f.replace(checkpointFile, []byte(c.Note))
}

// entries writes what stands in the tree for the leaves of a tile, and the texts that it commits to.
func (f Tiles) entries(ctx context.Context, db querier, t tlog.Tile) error {
	from, width := t.N*tileWidth, t.W
	var bundle, opened bytes.Buffer
	err := each(ctx, db, func(rows *sql.Rows) error {
		l, err := scanLeaf(rows)
		if err != nil {
			return err
		}
		data, err := l.data()
		if err != nil {
			return err
		}
		if tlog.RecordHash(data) != l.hashes[0] {
			return fmt.Errorf("entry %d is not what the log has: casterbot audit verify tells more", l.n)
		}
		bundle.Write(binary.BigEndian.AppendUint16(nil, uint16(len(data))))
		bundle.Write(data)
		return l.open(&opened)
	}, selectLeaves+` WHERE l.n >= $1 AND l.n < $2 ORDER BY l.n`, from, from+int64(width))
	t.L = bundles
	if err == nil {
		err = f.keep(tilePath(t), bundle.Bytes())
	}
	if err == nil && !f.Closed {
		err = f.replace(openedPath(t), opened.Bytes())
	}
	return err
}

// open writes two lines: SALT ENTRY, which the leaf commits to, and SALT PERSON, which the entry commits to.
func (l leaf) open(to *bytes.Buffer) error {
	entry, person, err := l.texts()
	if err != nil {
		return err
	}
	fmt.Fprintf(to, "%s %s\n", l.salt, entry)
	if l.who != "" {
		fmt.Fprintln(to, Erased)
		return nil
	}
	fmt.Fprintf(to, "%s %s\n", l.whoSalt, person)
	return nil
}

// keep writes a file that is not there, and demands that one which is there has the same in it.
func (f Tiles) keep(name string, data []byte) error {
	have, err := os.ReadFile(filepath.Join(f.Dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.replace(name, data)
	case err != nil:
		return err
	case !bytes.Equal(have, data):
		return fmt.Errorf("%s: %w", name, errOtherTile)
	}
	return nil
}

// replace puts a file into its place in one step.
func (f Tiles) replace(name string, data []byte) error {
	path := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
