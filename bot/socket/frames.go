package socket

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"sync/atomic"
	"time"
)

// frameFilter reads a WebSocket connection and keeps back one kind of message: Slack's announcement that it will close
// the connection soon. The Socket Mode client would drop the connection at once, and with it every envelope that is
// already on its way; so it does not get to see the announcement, and a new connection is opened while the old one
// still serves.
type frameFilter struct {
	src    *bufio.Reader
	warned func(reason string)
	handed *delivered

	text     []byte // of the HTTP answer, still to be passed on
	upgraded bool   // the HTTP answer is over, frames follow
	raw      bool   // not a WebSocket after all: everything is passed on
	pass     uint64 // bytes of the frame under way that are still to be passed on
}

// maxNotice is the longest frame that is looked into. Slack's announcements have about a hundred bytes.
const maxNotice = 1024

// closing is the kind of a frame that ends the connection.
const closing = 8

func newFrameFilter(r io.Reader, warned func(string), h *delivered) *frameFilter {
	return &frameFilter{src: bufio.NewReaderSize(r, 32<<10), warned: warned, handed: h}
}

// delivered counts the messages of one connection: passed on to the client, and handed over by it. The client forgets
// what lies between when its connection ends, so the end is kept from it until both are the same.
type delivered struct {
	passed, over atomic.Int64
	why          atomic.Pointer[string] // the reason that Slack gives for the end; nil when it gives none
}

// handOver is the longest wait for that: the client may swallow a message that it does not understand.
const handOver = time.Second

func (h *delivered) wait() {
	for end := time.Now().Add(handOver); h.over.Load() < h.passed.Load() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// Read gives the bytes of the connection without the frames that are kept back.
func (f *frameFilter) Read(b []byte) (int, error) {
	for len(f.text) == 0 && !f.raw && f.pass == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	if len(f.text) > 0 {
		n := copy(b, f.text)
		f.text = f.text[n:]
		return n, nil
	}
	if !f.raw && uint64(len(b)) > f.pass {
		b = b[:f.pass]
	}
	n, err := f.src.Read(b)
	if !f.raw {
		f.pass -= uint64(n)
	}
	return n, err
}

// next decides what becomes of what comes next: a line of the HTTP answer, or a frame (RFC 6455 §5.2).
func (f *frameFilter) next() error {
	if !f.upgraded {
		return f.line()
	}
	head, size, err := f.head()
	if err != nil || head[0]&0x0f == closing {
		f.handed.wait()
	}
	if err != nil {
		return f.rest(err)
	}
	text, whole := head[0]&0x0f == 1, head[0]&0x80 != 0
	if text {
		f.handed.passed.Add(1)
	}
	if !text || !whole || size > maxNotice {
		f.pass = uint64(len(head)) + size
		return nil
	}
	n := len(head) + int(size)
	frame, err := f.src.Peek(n)
	if err != nil {
		return f.rest(err)
	}
	reason, serves := announced(frame[len(head):])
	if reason != "" {
		f.handed.passed.Add(-1) // the client hands no announcement over
		f.handed.why.Store(&reason)
	}
	if serves {
		_, err = f.src.Discard(n)
		f.warned(reason)
		return err
	}
	f.pass = uint64(n)
	return nil
}

// rest passes on what is left of a connection that ended within a frame.
func (f *frameFilter) rest(err error) error {
	if f.src.Buffered() == 0 {
		return err
	}
	f.raw = true
	return nil
}

// line passes a line of the HTTP answer on; a blank one ends it. An answer that is no upgrade is passed on whole.
func (f *frameFilter) line() error {
	line, err := f.src.ReadSlice('\n')
	f.text = bytes.Clone(line)
	if len(line) == 0 {
		return err
	}
	first := bytes.HasPrefix(line, []byte("HTTP/"))
	f.raw = err != nil || first && !bytes.Contains(line, []byte(" 101 "))
	f.upgraded = len(bytes.TrimSpace(line)) == 0
	return nil
}

// head reads the head of a frame and the size of what follows it.
func (f *frameFilter) head() ([]byte, uint64, error) {
	head, err := f.src.Peek(2)
	if err != nil {
		return nil, 0, err
	}
	size := uint64(head[1] & 0x7f)
	switch size {
	case 126:
		if head, err = f.src.Peek(4); err == nil {
			size = uint64(binary.BigEndian.Uint16(head[2:]))
		}
	case 127:
		if head, err = f.src.Peek(10); err == nil {
			size = binary.BigEndian.Uint64(head[2:])
		}
	}
	return head, size, err
}

// announced gives the reason when a message says that the connection will be closed, and whether it still serves.
func announced(message []byte) (string, bool) {
	if !bytes.Contains(message, []byte(`"disconnect"`)) {
		return "", false
	}
	var said struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}
	if json.Unmarshal(message, &said) != nil || said.Type != "disconnect" {
		return "", false
	}
	return said.Reason, said.Reason == "warning" || said.Reason == "refresh_requested"
}
