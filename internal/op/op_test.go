package op

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestChart(t *testing.T) {
	want := map[State][]State{
		Pending: {Queued, Cancelled, Expired}, Queued: {Running, Expired, Failed},
		Running: {Succeeded, Failed, Unknown}, Unknown: {Succeeded, Failed},
	}
	for _, from := range States() {
		for _, to := range States() {
			if CanMove(from, to) != slices.Contains(want[from], to) {
				t.Errorf("%s → %s is %v", from, to, CanMove(from, to))
			}
		}
		if from.Final() != (len(want[from]) == 0) {
			t.Errorf("%s is final: %v", from, from.Final())
		}
	}
}

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := NewID()
		if len(id) != 26 || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
	if Ref("8f2k9zabc") != "8F2K9Z" || Ref("8f") != "8F" {
		t.Error(Ref("8f2k9zabc"), Ref("8f"))
	}
}

func TestLine(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 59, 0, 0, time.UTC)
	line := L("a ", B("b"), L(" ", Who("U1")), " ", Group("S1"), " ", In("C1"), " ", At(at), " ", Day(at), " ",
		Link("https://x", "x"))
	if got := line.Plain(); got != "a b @U1 @S1 #C1 2026-11-22 18:59:00 UTC 2026-11-22 x" {
		t.Error(got)
	}
	text, _ := json.Marshal(line)
	back := Line{}
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(line, back) {
		t.Errorf("%s: %v", text, err)
	}
}

func TestRequestKeepsNoCapability(t *testing.T) {
	from := Origin{Trigger: "canary", Address: Address{ReplyTo: "canary", View: "canary"}}
	for _, v := range []any{Request{Origin: from}, Click{Origin: from}, from} {
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("%s", text)
		}
	}
}

// What is stored is flat, and rows of any version can be read.
func TestOriginIsStoredFlat(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	from := Origin{Team: "T", PersonTeam: "P", Address: Address{Person: "U", Channel: "C", Thread: "1.2", At: at}}
	away := from
	away.FromHome = true
	for text, v := range map[string]any{
		`{"key":"k","team":"T","channel":"C","thread":"1.2","person":"U","personTeam":"P","text":"x","pick":"p","button":{"id":"b"},` +
			`"at":"2026-03-01T12:00:00Z","away":true}`: &Request{Key: "k", Origin: away, Text: "x", Pick: "p",
			Button: Button{ID: "b"}},
		`{"key":"k","operation":"o","act":"next","way":"w","team":"T","channel":"C","thread":"1.2","message":"3.4","person":"U",` +
			`"personTeam":"P","at":"2026-03-01T12:00:00Z"}`: &Click{Key: "k", Operation: "o", Action: ActionNext, Next: "w",
			Origin: from, Message: "3.4"},
		`{"person":"U","channel":"C","thread":"1.2","at":"2026-03-01T12:00:00Z"}`: &from.Address,
	} {
		read := reflect.New(reflect.TypeOf(v).Elem())
		if err := json.Unmarshal([]byte(text), read.Interface()); err != nil || !reflect.DeepEqual(read.Interface(), v) {
			t.Errorf("%s is read as %+v: %v", text, read.Elem(), err)
		}
		var want, got map[string]any
		written, err := json.Marshal(v)
		err = errors.Join(err, json.Unmarshal(written, &got), json.Unmarshal([]byte(text), &want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is written as %s: %v", text, written, err)
		}
	}
}

func TestFor(t *testing.T) {
	for d, want := range map[time.Duration]string{
		850 * time.Millisecond: "850 ms", 5 * time.Second: "5 s", 3 * time.Minute: "3 min", 90 * time.Second: "1 min 30 s",
		62 * time.Minute: "1 h 02 min", 0: "0 s",
	} {
		if got := For(d); got.Text != want || !got.Value || got.For != d.Milliseconds() {
			t.Errorf("%v: %+v, want %q", d, got, want)
		}
	}
}

// What nobody confirmed expired when its time was over, however late that was noticed; what ended for another reason
// did so when that was.
func TestSince(t *testing.T) {
	created := time.Date(2027, 3, 9, 12, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return created.Add(d) }
	o := Operation{State: Expired, Created: created, Expires: after(time.Minute), Ended: after(time.Hour)}
	ended := o
	ended.Outcome = &Outcome{Text: L("An emergency went first.")}
	confirmed := Operation{State: Queued, Created: created, Confirmed: after(time.Second), Expires: after(time.Minute)}
	done := Operation{State: Succeeded, Created: created, Expires: after(time.Minute), Ended: after(time.Hour)}
	for name, c := range map[string]struct {
		o    Operation
		want time.Time
	}{
		"expired":               {o, o.Expires},
		"for another reason":    {ended, o.Ended},
		"confirmed":             {confirmed, confirmed.Confirmed},
		"done":                  {done, done.Ended},
		"waits":                 {Operation{State: Pending, Created: created, Expires: o.Expires}, created},
		"expired, nobody knows": {Operation{State: Expired, Created: created, Ended: o.Ended}, o.Ended},
	} {
		if got := c.o.Since(); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
