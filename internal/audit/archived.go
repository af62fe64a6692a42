package audit

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/tlog"
)

// brokenTile says what is wrong with a tile of an archive, and from which entry on.
type brokenTile struct {
	kind     Kind
	n, until int64
	text     string
}

func (b brokenTile) Error() string { return Finding{b.kind, b.n, b.until, b.text}.String() }

// readTile reads the entries of a whole tile in an archive. Whether the texts are what the tree has is for whoever
// reads them to see: the hash of each is that of what the folder has for the tree.
func readTile(dir string, number int64) ([]leaf, error) {
	from, all := number*tileWidth, [3][]byte{}
	t := tlog.Tile{H: tileHeight, N: number, W: tileWidth}
	b := tlog.Tile{H: tileHeight, L: bundles, N: number, W: tileWidth}
	for i, path := range []string{tilePath(t), tilePath(b), openedPath(b)} {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, brokenTile{Removed, from, from + tileWidth - 1, "the archive has no file " + path}
		}
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	const entry = 2 + tlog.HashSize
	hashes, data := all[0], all[1]
	lines := bytes.SplitAfter(all[2], []byte("\n"))
	whole := min(len(hashes)/tlog.HashSize, len(data)/entry, (len(lines)-1)/2)
	if whole < tileWidth {
		return nil, brokenTile{Removed, from + int64(whole), from + tileWidth - 1, "the archive's files end before them"}
	}
	if len(hashes) > tileWidth*tlog.HashSize || len(data) > tileWidth*entry || len(lines) > 2*tileWidth+1 {
		return nil, brokenTile{Inserted, from, from + tileWidth - 1, "the archive's files have more than these"}
	}
	list := make([]leaf, tileWidth)
	for i := range list {
		l, err := readOpened(from+int64(i), lines[2*i], lines[2*i+1])
		if err != nil {
			return nil, err
		}
		one, hash := data[i*entry:(i+1)*entry], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]
		l.hashes = []tlog.Hash{tlog.RecordHash(one[2:])}
		if binary.BigEndian.Uint16(one) != tlog.HashSize || !bytes.Equal(l.hashes[0][:], hash) {
			return nil, brokenTile{Edited, l.n, l.n, "the archive has another hash of it than what it is the hash of"}
		}
		list[i] = l
	}
	return list, nil
}

// Moved is the part of a log that was moved to an archive.
type Moved struct {
	Dir     string // of the archive; empty: it is not known
	Entries int64

	db querier
}

// movedTo says how much of a log was moved to an archive.
func movedTo(ctx context.Context, db querier, dir string) (Moved, error) {
	n, err := archived(ctx, db)
	return Moved{Dir: dir, Entries: n, db: db}, err
}

// unreachable reports that something was moved, and that it is not known where to.
func (m Moved) unreachable() bool { return m.Dir == "" && m.Entries > 0 }

// elsewhere says that what was asked for may be where nobody has said that it is.
func (m Moved) elsewhere() error {
	return fmt.Errorf("the first %d entries are in an archive: say which by --archive", m.Entries)
}

// tile reads a tile of the archive, and demands that its entries are those that the log has: with the hashes that each
// of them completes in the tile.
func (m Moved) tile(ctx context.Context, number int64) ([]leaf, error) {
	list, err := readTile(m.Dir, number)
	if err != nil {
		return nil, fmt.Errorf("the archive %s: %w", m.Dir, err)
	}
	kept, err := treeOf(ctx, m.db).ReadHashes([]int64{tlog.StoredHashIndex(tileHeight, number)})
	if err != nil {
		return nil, err
	}
	all := frontier{}
	for i := range list {
		hash, err := list[i].hash()
		if err != nil {
			return nil, err
		}
		list[i].hashes = all.add(hash)
	}
	if all.root() != kept[0] {
		return nil, fmt.Errorf("the archive %s has other entries than the log in %d to %d: casterbot audit verify says more",
			m.Dir, list[0].n, list[tileWidth-1].n)
	}
	return list, nil
}

// search gives the tiles in whose texts one of some words stands, in an order of their numbers, until that is done. It
// reads no others closely.
func (m Moved) search(ctx context.Context, order iter.Seq[int64], words []string, do func([]leaf) (done bool)) error {
	if m.Dir == "" {
		return nil
	}
	for number := range order {
		t := tlog.Tile{H: tileHeight, L: bundles, N: number, W: tileWidth}
		text, err := os.ReadFile(filepath.Join(m.Dir, filepath.FromSlash(openedPath(t))))
		if err == nil && !slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(text, []byte(w)) }) {
			continue
		}
		list, err := m.tile(ctx, number)
		if err != nil || do(list) {
			return err
		}
	}
	return ctx.Err()
}

// forward and backward are the numbers of its tiles.
func (m Moved) forward(yield func(int64) bool) {
	for number := range m.Entries / tileWidth {
		if !yield(number) {
			return
		}
	}
}

func (m Moved) backward(yield func(int64) bool) {
	for number := m.Entries/tileWidth - 1; number >= 0 && yield(number); number-- {
	}
}

// readOpened makes an entry of its two lines.
func readOpened(n int64, first, second []byte) (leaf, error) {
	broken := brokenTile{Edited, n, n, "its text in the archive is none that casterbot writes"}
	l := leaf{n: n, format: format, archived: true}
	salt, text, _ := strings.Cut(strings.TrimSuffix(string(first), "\n"), " ")
	whoSalt, who, _ := strings.Cut(strings.TrimSuffix(string(second), "\n"), " ")
	var e Entry
	var p Person
	if json.Unmarshal([]byte(text), &e) != nil {
		return l, broken
	}
	at, err := time.Parse(time.RFC3339, e.At)
	if err != nil {
		return l, broken
	}
	if l.salt = salt; whoSalt == Erased && who == "" {
		l.who = e.Who
	} else if l.whoSalt = whoSalt; json.Unmarshal([]byte(who), &p) != nil {
		return l, broken
	}
	l.event = op.Event{Operation: e.Operation, At: at, Name: e.Event, Actor: p.Person, Team: p.Team, Channel: e.Channel,
		Detail: maps.Clone(e.Detail), Seal: p.Seal}
	if l.event.Detail == nil {
		l.event.Detail = map[string]string{}
	}
	maps.Copy(l.event.Detail, p.Detail)
	there := l
	there.n = e.N
	entry, person, err := there.texts()
	if err != nil || string(entry) != text || l.who == "" && string(person) != who {
		return l, broken
	}
	return l, nil
}

// names reports that the entry names a person.
func (l leaf) names(person string) bool {
	if l.event.Actor == person {
		return true
	}
	for _, value := range l.event.Detail {
		if value == person || strings.HasPrefix(value, person+".") { // a role session
			return true
		}
	}
	return false
}

// eraseTile empties the entries of a tile in an archive that name a person.
func eraseTile(dir string, number int64, person string) error {
	list, err := readTile(dir, number)
	if err != nil {
		return err
	}
	var opened bytes.Buffer
	for _, l := range list {
		if l.who == "" && l.names(person) {
			_, text, err := l.texts()
			if err != nil {
				return err
			}
			who := commit(l.whoSalt, text)
			l.who = fmt.Sprintf("%x", who)
		}
		if err := l.open(&opened); err != nil {
			return err
		}
	}
	t := tlog.Tile{H: tileHeight, L: bundles, N: number, W: tileWidth}
	return Tiles{Dir: dir}.replace(openedPath(t), opened.Bytes())
}
