package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/tlog"
)

// format is the way in which leaves are made of events now. Another way gets another number, and this one stays as it
// is: old leaves are checked by it.
const format = 1

// Entry is what a leaf commits to, in its JSON: the fields in this order, maps by their keys.
type Entry struct {
	N         int64             `json:"n"` // number of the leaf, from 0
	At        string            `json:"at"`
	Event     string            `json:"event"`
	Operation string            `json:"operation,omitempty"`
	Channel   string            `json:"channel,omitempty"`
	Detail    map[string]string `json:"detail,omitempty"`
	Who       string            `json:"who"` // commitment to Person, in hexadecimal
}

// Person is who an entry is about, and what else in it names somebody. The seal is of it as well: with the key to check
// seals one could otherwise try out who it was.
type Person struct {
	Person string            `json:"person,omitempty"`
	Team   string            `json:"team,omitempty"`
	Detail map[string]string `json:"detail,omitempty"`
	Seal   string            `json:"seal,omitempty"`
}

// personal are details that name a person, by what they are or how they look.
var (
	personal   = []string{"role", "holder", "pastLockOf", "why", "session"}
	personalID = regexp.MustCompile(`^[UW][A-Z0-9]{4,}$`)
)

// part parts an event: what names nobody, and what does.
func part(n int64, e op.Event) (Entry, Person) {
	entry := Entry{N: n, At: e.At.UTC().Format("2006-01-02T15:04:05.000Z"), Event: e.Name, Operation: e.Operation,
		Channel: e.Channel, Detail: map[string]string{}}
	person := Person{Person: e.Actor, Team: e.Team, Detail: map[string]string{}, Seal: e.Seal}
	for key, value := range e.Detail {
		if slices.Contains(personal, key) || personalID.MatchString(value) {
			person.Detail[key] = value
		} else {
			entry.Detail[key] = value
		}
	}
	return entry, person
}

// commit is the commitment to a text under a salt: the SHA-256 of both with a space between them.
func commit(salt string, text []byte) [sha256.Size]byte {
	return sha256.Sum256(append([]byte(salt+" "), text...))
}

// leaf is a row of the log with its event.
type leaf struct {
	n             int64
	format        int
	salt, whoSalt string
	who           string // the commitment to the person, once the person is erased
	hashes        []tlog.Hash
	number        int64 // of the event
	event         op.Event
	missing       bool // there is no such event
	archived      bool // it was read out of an archive
	checked       *checked
}

// newLeaf makes the leaf of an event.
func newLeaf(n int64, e op.Event) leaf {
	return leaf{n: n, format: format, salt: op.NewID(), whoSalt: op.NewID(), number: e.Seq, event: e}
}

// texts gives the two texts that a leaf commits to: its entry, and the person, empty when that is erased.
func (l leaf) texts() (entry, person []byte, err error) {
	if l.format != format {
		return nil, nil, fmt.Errorf("entry %d has the format %d, which a newer casterbot made", l.n, l.format)
	}
	e, p := part(l.n, l.event)
	if e.Who = l.who; e.Who == "" {
		if person, err = json.Marshal(p); err != nil {
			return nil, nil, err
		}
		who := commit(l.whoSalt, person)
		e.Who = hex.EncodeToString(who[:])
	}
	entry, err = json.Marshal(e)
	return entry, person, err
}

// data is what stands in the tree.
func (l leaf) data() ([]byte, error) {
	entry, _, err := l.texts()
	if err != nil {
		return nil, err
	}
	sum := commit(l.salt, entry)
	return sum[:], nil
}

// hash is the hash of the leaf, as its event has it now.
func (l leaf) hash() (tlog.Hash, error) {
	data, err := l.data()
	return tlog.RecordHash(data), err
}

// instant reads a time of the store.
func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
