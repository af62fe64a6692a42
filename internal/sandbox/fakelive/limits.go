package fakelive

import (
	"slices"
	"sort"
	"time"
)

// limit is how many calls of one operation an account may send: most of them in any window of that length.
type limit struct {
	most int
	per  time.Duration
}

func perSecond(n int) limit { return limit{n, time.Second} }

// limits are those of each operation's own page. They are counted per operation, as the pages say (dimension: region,
// API, account); no two operations share one.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live
var limits = map[string]limit{
	"CopyCaster":            perSecond(10),
	"RestartCaster":         perSecond(10),
	"StartCaster":           perSecond(10),
	"StopCaster":            perSecond(10),
	"StartCasterScene":      perSecond(10),
	"StopCasterScene":       perSecond(10),
	"CopyCasterSceneConfig": perSecond(10),
	"EffectCasterUrgent":    perSecond(10),
	"RealTimeRecordCommand": perSecond(50),

	"DescribeCasters":      perSecond(15),
	"DescribeCasterScenes": perSecond(15),
	"DescribeCasterConfig": perSecond(15),

	"DescribeLiveStreamRecordContent":    perSecond(50),
	"DescribeLiveStreamRecordIndexFiles": perSecond(15),
	"DescribeLiveRecordConfig":           perSecond(100),
	"DescribeLiveStreamsOnlineList":      {10_000, time.Minute},

	"DescribeCasterStreamUrl": perSecond(5),
	"DescribeLiveStreamState": perSecond(100),
	"DescribeLiveUserDomains": perSecond(100),

	"AssumeRole":         perSecond(100),
	"AssumeRoleWithOIDC": perSecond(100),
	"LookupEvents":       perSecond(2),
}

// Usage is what an operation's calls came to since the world was new, at the gateway and by its clock. Calls that the
// gateway refused as bad ones are not in it.
type Usage struct {
	Calls     int           `json:"calls"`     // received, those over the limit too
	Throttled int           `json:"throttled"` // refused, because they were over it
	Most      int           `json:"most"`      // received in the fullest second, wherever it begins
	From      time.Time     `json:"from"`      // when that second began
	Limit     int           `json:"limit"`
	Per       time.Duration `json:"per"`
}

// meter counts one operation's calls. Times are sorted; the older ones go.
type meter struct {
	admitted []time.Time
	received []time.Time
	usage    Usage
}

// Usage tells of every operation that was called. It does not depend on how many calls the log keeps.
func (w *World) Usage() map[string]Usage {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]Usage{}
	for action, m := range w.meters {
		out[action] = m.usage
	}
	return out
}

// ClearUsage begins the counting anew; the limits go on as they stood.
func (w *World) ClearUsage() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for action, m := range w.meters {
		m.usage, m.received = Usage{}, nil
		if len(m.admitted) == 0 {
			delete(w.meters, action)
		}
	}
}

// Busiest is the most calls of an operation, or of all for "", that came within one second, wherever that begins, and
// when it began: by the moments at which the gateway received them.
func Busiest(calls []Call, action string) (most int, from time.Time) {
	var times []time.Time
	for _, c := range calls {
		if action == "" || c.Action == action {
			times = append(times, c.Arrived)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return fullest(times, time.Second)
}

// count notes a call; false means that it is over the limit of its operation.
func (w *World) count(action string, at time.Time) bool {
	m := w.meters[action]
	if m == nil {
		m = &meter{}
		w.meters[action] = m
	}
	l := limits[action]
	m.usage.Calls, m.usage.Limit, m.usage.Per = m.usage.Calls+1, l.most, l.per
	m.received = insert(recent(m.received, at, time.Second), at)
	if n, from := fullest(m.received, time.Second); n > m.usage.Most {
		m.usage.Most, m.usage.From = n, from
	}
	m.admitted = recent(m.admitted, at, l.per)
	if w.cfg.Limits && m.over(at, l) {
		m.usage.Throttled++
		return false
	}
	m.admitted = insert(m.admitted, at)
	return true
}

// over reports that one more call would be too many in some window.
func (m *meter) over(at time.Time, l limit) bool {
	if len(m.admitted) < l.most {
		return false
	}
	n, _ := fullest(insert(slices.Clone(m.admitted), at), l.per)
	return n > l.most
}

// recent drops the times that no window with the moment, or with one a little before it, can hold: calls side by side
// are not counted in the exact order in which they came.
func recent(times []time.Time, at time.Time, per time.Duration) []time.Time {
	old := at.Add(-2 * per)
	return times[sort.Search(len(times), func(i int) bool { return times[i].After(old) }):]
}

// insert keeps the order.
func insert(times []time.Time, at time.Time) []time.Time {
	i := sort.Search(len(times), func(i int) bool { return times[i].After(at) })
	return slices.Insert(times, i, at)
}

// fullest finds the window into which most of the sorted times fall. Two moments that lie a whole window apart are not
// in one.
func fullest(times []time.Time, per time.Duration) (most int, from time.Time) {
	first := 0
	for i, t := range times {
		for t.Sub(times[first]) >= per {
			first++
		}
		if n := i - first + 1; n > most {
			most, from = n, times[first]
		}
	}
	return most, from
}
