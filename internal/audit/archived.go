package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
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
