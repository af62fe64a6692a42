package audit

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// moved looks at what was moved to the archive: at all of it where the folder is given, else only at the hashes of its
// tiles, which the database has kept.
func (w *verifier) moved(ctx context.Context) error {
	base, err := archived(ctx, w.db)
	if err != nil {
		return err
	}
	if err := w.vouched(ctx, base); err != nil || base == 0 {
		return err
	}
	if w.Archive == "" {
		return w.startAt(ctx, base)
	}
	if err := w.archiveCheckpoint(base); err != nil {
		return err
	}
	for number := range base / tileWidth {
		if err := w.tile(ctx, number); err != nil {
			return w.broken(err)
		}
	}
	return w.broken(w.upper(ctx, base))
}

// broken makes a finding of what is wrong with a tile.
func (w *verifier) broken(err error) error {
	if b := (brokenTile{}); errors.As(err, &b) {
		return w.found(b.kind, b.n, b.until, "%s", b.text)
	}
	return err
}

// vouched demands that casterbot has moved as much, by its own event.
func (w *verifier) vouched(ctx context.Context, base int64) error {
	e, entries, err := lastArchived(ctx, w.db)
	if err != nil {
		return err
	}
	if w.Key != nil && e.Name != "" && !IsSealed(w.Key, e) {
		return w.found(Unsealed, -1, -1, "the event that says how many entries were moved to the archive")
	}
	switch {
	case entries < base:
		return w.found(Removed, entries, base-1, "they are not in the database, and by the record %d were moved", entries)
	case entries > base:
		return w.found(Removed, base, entries-1, "the database has lost the hashes of what was moved")
	}
	return nil
}

// startAt begins behind what is in the archive. Checkpoints of less than that cannot be compared.
func (w *verifier) startAt(ctx context.Context, base int64) (err error) {
	if w.tree, err = stays(treeOf(ctx, w.db), base); err != nil {
		return w.found(Removed, 0, base-1, "the hashes of their tiles: %v", err)
	}
	w.report.Moved = base
	for len(w.points) > 0 && w.points[0].Size < base {
		w.points = w.points[1:]
		w.report.Older++
	}
	if err := w.met(); err != nil {
		return err
	}
	w.good = base
	return nil
}

// tile looks at the entries of a whole tile.
func (w *verifier) tile(ctx context.Context, number int64) error {
	list, err := readTile(w.Archive, number)
	if err != nil {
		return err
	}
	last := &list[tileWidth-1]
	t := treeOf(ctx, w.db)
	if err := t.fetch([]int64{last.n}); err != nil {
		return err
	}
	kept := t.known[last.n]
	if len(kept) == 0 {
		return brokenTile{Removed, list[0].n, last.n, "the database has lost the hashes of their tile"}
	}
	if hash, err := last.hash(); err == nil && hash == last.hashes[0] {
		last.hashes = kept
	}
	return w.entries(list)
}

// archiveCheckpoint adds that of the archive to those to compare with.
func (w *verifier) archiveCheckpoint(base int64) error {
	text, err := os.ReadFile(filepath.Join(w.Archive, checkpointFile))
	if err != nil || w.Key == nil {
		return err
	}
	c, err := ParseCheckpoint(string(text), w.Key)
	if err != nil {
		return w.found(Unsigned, -1, -1, "that of the archive: %v", err)
	}
	if c.Size < base {
		return w.found(CutOff, c.Size, base-1, "the archive has a checkpoint of only %d entries", c.Size)
	}
	w.points = append(w.points, point{c, false})
	slices.SortStableFunc(w.points, bySize)
	return nil
}

// upper looks at the tiles above those of the entries.
func (w *verifier) upper(ctx context.Context, base int64) error {
	t := treeOf(ctx, w.db)
	for _, tile := range tlog.NewTiles(tileHeight, 0, base) {
		if tile.L == 0 {
			continue
		}
		span := int64(1) << (tileHeight * tile.L)
		from := tile.N * tileWidth * span
		broken := brokenTile{Edited, from, from + int64(tile.W)*span - 1,
			"the archive has other hashes of them in " + tilePath(tile)}
		want, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return err
		}
		have, err := os.ReadFile(filepath.Join(w.Archive, filepath.FromSlash(tilePath(tile))))
		if errors.Is(err, fs.ErrNotExist) {
			broken.kind, broken.text = Removed, "the archive has no file "+tilePath(tile)
			return broken
		}
		if err != nil || !bytes.Equal(have, want) {
			return errors.Join(err, broken)
		}
	}
	return nil
}
