package socket

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestOpeningsArePaced: a few sockets are asked for at once, then one every three seconds or so, never more than twenty
// in a minute; other methods wait for nothing, and a link that is over asks for none.
func TestOpeningsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		over := false
		p := &paced{opens: newConnectLimiter(), over: func() bool {
			return over
		}, next: trip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
				at = append(at, time.Now())
			}
			return &http.Response{}, nil
		})}
		post := func(path string) error {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://slack.com/api/"+path, nil)
			if err == nil {
				_, err = p.RoundTrip(r)
			}
			return err
		}
		start := time.Now()
		for range 60 {
			if err := errors.Join(post("apps.connections.open"), post("chat.update")); err != nil {
				t.Fatal(err)
			}
		}
		if d := at[openAtOnce-1].Sub(start); d != 0 {
			t.Errorf("the first few come after %s", d)
		}
		if d := at[openAtOnce].Sub(start); d < openEvery || d > 2*openEvery {
			t.Errorf("the next one comes after %s", d)
		}
		for i := maxOpens; i < len(at); i++ {
			if d := at[i].Sub(at[i-maxOpens]); d <= time.Minute || d > 90*time.Second {
				t.Errorf("openings %d to %d come within %s", i-maxOpens, i, d)
			}
		}
		over = true
		if err := post("apps.connections.open"); !errors.Is(err, errParted) || len(at) != 60 {
			t.Errorf("a link that is over asks: %v", err)
		}
	})
}

type trip func(*http.Request) (*http.Response, error)

func (t trip) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
