package fakeslack

import (
	"bytes"
	"encoding/json"
	"strconv"

	"casterbot/internal/sandbox/blockkit"
)

// maxFamiliar is how many lists of blocks are remembered.
const maxFamiliar = 256

// familiar remembers blocks that were sent before: a bot says the same things again and again, and under load reading
// them anew would cost more than all the rest. The owner's lock guards it.
type familiar struct{ lists map[string]*blockList }

// blockList is what is known of one list of blocks.
type blockList struct {
	problems []blockkit.Problem
	parts    [][]byte // the JSON between the ids that have to be filled in; nil when it cannot be cut
	holes    []int    // for each gap between two parts, the number of its id
	prefixes []string // of the ids, in the order in which they are given out
}

func newFamiliar() *familiar { return &familiar{lists: map[string]*blockList{}} }

func (f *familiar) of(raw json.RawMessage) *blockList {
	if l := f.lists[string(raw)]; l != nil {
		return l
	}
	if len(f.lists) >= maxFamiliar {
		clear(f.lists)
	}
	l := &blockList{problems: blockkit.Lint("message", raw)}
	l.cut(raw)
	f.lists[string(raw)] = l
	return l
}

// valid reports whether raw is JSON.
func (f *familiar) valid(raw json.RawMessage) bool {
	l := f.lists[string(raw)]
	return l != nil && l.parts != nil || json.Valid(raw)
}

// lint tells what is wrong with blocks, as Slack's errors do; at is where they stand.
func (f *familiar) lint(at string, blocks json.RawMessage) []string {
	var out []string
	for _, p := range f.of(blocks).problems {
		out = append(out, p.Message+" [json-pointer:"+at+p.Pointer+"]")
	}
	return out
}

// The marks of a gap: characters without a meaning, which no sane text holds.
const (
	gapOpens  = "\ue000"
	gapCloses = "\ue001"
)

// cut takes the blocks apart where ids are missing.
func (l *blockList) cut(raw json.RawMessage) {
	rest := []byte(fillIDs(raw, func(prefix string) string {
		l.prefixes = append(l.prefixes, prefix)
		return gapOpens + strconv.Itoa(len(l.prefixes)-1) + gapCloses
	}))
	if rest == nil || bytes.Count(rest, []byte(gapOpens)) != len(l.prefixes) {
		return
	}
	var parts [][]byte
	for range l.prefixes {
		before, after, _ := bytes.Cut(rest, []byte(gapOpens))
		number, after, _ := bytes.Cut(after, []byte(gapCloses))
		hole, err := strconv.Atoi(string(number))
		if err != nil {
			return
		}
		parts, l.holes, rest = append(parts, before), append(l.holes, hole), after
	}
	l.parts = append(parts, rest)
}

// fill gives the blocks with every id filled in; next makes an id.
func (f *familiar) fill(raw json.RawMessage, next func(prefix string) string) json.RawMessage {
	l := f.of(raw)
	if l.parts == nil {
		return fillIDs(raw, next)
	}
	ids := make([]string, len(l.prefixes))
	for i, prefix := range l.prefixes {
		ids[i] = next(prefix)
	}
	out := append(make([]byte, 0, len(raw)+32*len(ids)), l.parts[0]...)
	for i, hole := range l.holes {
		out = append(append(out, ids[hole]...), l.parts[i+1]...)
	}
	return out
}
