package fakeslack

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzCall: whatever an app sends, the workspace answers, and can be read and
// saved afterwards.
func FuzzCall(f *testing.F) {
	names := slices.Sorted(maps.Keys(methods))
	for i := range names {
		f.Add(uint(i), "C0SHOW", "hello", twoButtons, `[{"color":"#fff","blocks":[]}]`, modal("A", nameInput))
	}
	f.Add(uint(0), "U0ANA", "", `[{"type":"actions","elements":[{}]}] x`, `[1]`,
		`{"type":"home","blocks":[{"type":"input"}]}`)
	f.Fuzz(func(t *testing.T, n uint, where, text, blocks, attachments, view string) {
		w := New(Config{AppToken: xapp, BotToken: xoxb})
		defer w.Close()
		w.mu.Lock()
		trigger := w.newTrigger(trigger{user: "U0ANA", modal: true})
		w.mu.Unlock()
		form := url.Values{
			"token": {xoxb}, "channel": {where}, "user": {where}, "users": {where}, "user_id": {"U0ANA"}, "text": {text},
			"blocks":      {blocks},
			"attachments": {attachments}, "metadata": {view}, "view": {view}, "trigger_id": {trigger}, "cursor": {text},
			"limit": {text},
		}
		path := "http://127.0.0.1/api/" + names[int(n%uint(len(names)))]
		r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rw := httptest.NewRecorder()
		w.ServeHTTP(rw, r)
		if !json.Valid(rw.Body.Bytes()) {
			t.Errorf("answer %q", rw.Body)
		}
		s, err := w.Snapshot("U0ANA")
		must(t, err)
		marshal(s)
		marshal(w.Log(0))
		must(t, w.Load(w.Save()))
	})
}
