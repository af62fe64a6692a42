package socket

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

const Upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// frame is an unmasked frame as a server sends it.
func frame(first byte, payload string) string {
	switch n := len(payload); {
	case n < 126:
		return string([]byte{first, byte(n)}) + payload
	case n < 1<<16:
		return string(binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(n))) + payload
	default:
		return string(binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(n))) + payload
	}
}

// unwaited counts everything as handed over.
func unwaited() *delivered {
	h := &delivered{}
	h.over.Store(math.MaxInt64)
	return h
}

// TestTheEndWaits: the client learns of the end of a connection when it has handed over what came before.
func TestTheEndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notice, hello := `{"type":"disconnect","reason":"warning"}`, `{"type":"hello"}`
		for _, end := range []string{"", frame(0x88, "")} {
			h := &delivered{}
			f := newFrameFilter(strings.NewReader(Upgrade+frame(0x81, hello)+frame(0x81, notice)+frame(0x89, "ping")+frame(0x81,
				hello)+end), func(string) {}, h)
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, _ = io.Copy(io.Discard, f)
			}()
			h.over.Add(1)
			time.Sleep(handOver / 2)
			select {
			case <-over:
				t.Fatal("the end came before the second message was handed over")
			default:
			}
			h.over.Add(1)
			before := time.Now()
			<-over
			if waited := time.Since(before); waited > handOver/4 {
				t.Errorf("it came %v after that", waited)
			}
		}
	})
}

func TestFrames(t *testing.T) {
	warning, refresh := `{"type":"disconnect","reason":"warning","debug_info":{"host":"x"}}`,
		`{"reason":"refresh_requested","type":"disconnect"}`
	hello, long, huge := `{"type":"hello"}`, strings.Repeat("x", 2000), strings.Repeat("y", 70000)
	for _, c := range []struct{ name, in, want, told string }{
		{"nothing special", Upgrade + frame(0x81, hello) + frame(0x89, "ping"), "", ""},
		{"a warning", Upgrade + frame(0x81, hello) + frame(0x81, warning) + frame(0x81, long),
			Upgrade + frame(0x81, hello) + frame(0x81, long), "warning"},
		{"a refresh last", Upgrade + frame(0x81, huge) + frame(0x81, refresh), Upgrade + frame(0x81, huge),
			"refresh_requested"},
		{"switched off", Upgrade + frame(0x81, `{"type":"disconnect","reason":"link_disabled"}`), "", ""},
		{"too many", Upgrade + frame(0x81, `{"type":"disconnect","reason":"too_many_websockets"}`), "", ""},
		{"a person who types it",
			Upgrade + frame(0x81, `{"type":"slash_commands","payload":{"type":"disconnect","reason":"warning"}}`), "", ""},
		{"in a binary frame", Upgrade + frame(0x82, warning), "", ""},
		{"in a part of a frame", Upgrade + frame(0x01, warning) + frame(0x80, ""), "", ""},
		{"not an upgrade", "HTTP/1.1 403 Forbidden\r\n\r\n" + frame(0x81, warning), "", ""},
		{"cut off", Upgrade + "\x81\x05abc", "", ""},
		{"nothing", "", "", ""},
	} {
		for _, reader := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader} {
			var told []string
			f := newFrameFilter(reader(strings.NewReader(c.in)), func(reason string) { told = append(told, reason) }, unwaited())
			got, err := io.ReadAll(f)
			want := c.want
			if want == "" {
				want = c.in
			}
			if err != nil || string(got) != want || strings.Join(told, " ") != c.told {
				t.Errorf("%s: %d bytes, want %d; told %q, want %q; %v", c.name, len(got), len(want), told, c.told, err)
			}
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte(Upgrade + frame(0x81, `{"type":"disconnect","reason":"warning"}`) + frame(0x81, "x")))
	f.Add([]byte("HTTP/1.1 403\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		told := 0
		got, err := io.ReadAll(newFrameFilter(bytes.NewReader(in), func(string) { told++ }, unwaited()))
		if err != nil && err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		if told == 0 && !bytes.Equal(got, in) {
			t.Errorf("%d of %d bytes came through", len(got), len(in))
		}
	})
}

// TestWhy: the reason for the end of a connection is kept, whether or not the client gets to see it.
func TestWhy(t *testing.T) {
	for in, want := range map[string]string{
		frame(0x81, `{"type":"disconnect","reason":"link_disabled"}`): "link_disabled",
		frame(0x81, `{"type":"disconnect","reason":"warning"}`):       "warning",
		frame(0x81, `{"type":"hello"}`):                               "",
	} {
		l := &conns{handed: unwaited()}
		if _, err := io.ReadAll(newFrameFilter(strings.NewReader(Upgrade+in), func(string) {}, l.handed)); err != nil ||
			l.why() != want {
			t.Errorf("why is %q, want %q; %v", l.why(), want, err)
		}
	}
	if (newConns(nil)).why() != "" {
		t.Error("a link that was never open has a reason")
	}
}
