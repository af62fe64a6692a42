package bot

import (
	"encoding/binary"
	"encoding/json"
	"sync"

	"casterbot/internal/op"
)

// maxDrawn is how many drawn replies are kept.
const maxDrawn = 128

// drawn keeps replies as they travel in an acknowledgement. Help is asked for far more often than it changes, and drawing it
// takes longer than everything else on the way to the acknowledgement.
type drawn struct {
	mu      sync.Mutex
	replies map[string]json.RawMessage
}

func newDrawn() *drawn { return &drawn{replies: map[string]json.RawMessage{}} }

// payload is the answer as part of an acknowledgement, or nil when it is too long to travel there.
func (d *drawn) payload(say tongue, a op.Answer) json.RawMessage {
	key := spell(spellText(make([]byte, 0, 4096), say.language), a)
	d.mu.Lock()
	known, ok := d.replies[string(key)]
	d.mu.Unlock()
	if ok {
		return known
	}
	data, err := json.Marshal(say.answer(a).reply())
	if err != nil || len(data) > maxAck {
		data = nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.replies) >= maxDrawn {
		clear(d.replies)
	}
	d.replies[string(key)] = data
	return data
}

// spell writes an answer so that two different ones never read the same.
func spell(b []byte, a op.Answer) []byte {
	b = spellText(b, string(a.Mark))
	b = spellLine(b, a.Title)
	b = spellLines(b, a.Lines)
	b = spellCount(b, len(a.Items))
	for _, item := range a.Items {
		b = spellText(b, string(item.Mark))
		b = spellLine(b, item.Title)
		b = spellLines(b, item.Facts)
		b = spellNext(b, item.Next)
	}
	b = spellLine(b, a.Note)
	if b = append(b, bit(a.Pick != nil)); a.Pick != nil {
		b = spellText(spellText(spellText(b, a.Pick.Label), a.Pick.Text), a.Pick.Typed)
	}
	return spellNext(b, a.Next)
}

func spellLines(b []byte, lines []op.Line) []byte {
	b = spellCount(b, len(lines))
	for _, l := range lines {
		b = spellLine(b, l)
	}
	return b
}

func spellLine(b []byte, l op.Line) []byte {
	b = spellCount(b, len(l))
	for _, s := range l {
		for _, text := range [...]string{s.Text, s.Person, s.Group, s.Channel, s.Message, s.URL} {
			b = spellText(b, text)
		}
		b = binary.AppendVarint(binary.AppendVarint(b, s.At), s.For)
		b = append(b, bit(s.Bold)|bit(s.Code)<<1|bit(s.Day)<<2|bit(s.Fixed)<<3|bit(s.Value)<<4)
	}
	return b
}

func spellNext(b []byte, next []op.Next) []byte {
	b = spellCount(b, len(next))
	for _, n := range next {
		b = spellText(spellText(spellText(b, n.Label), n.Text), n.Channel)
	}
	return b
}

func spellText(b []byte, s string) []byte { return append(spellCount(b, len(s)), s...) }

func spellCount(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func bit(set bool) byte {
	if set {
		return 1
	}
	return 0
}
