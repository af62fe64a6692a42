package live

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const casterJSON = `{"CasterId":"c1","CasterName":"Evening News","Status":1,"NormType":"1","CreateTime":"2026-03-01T09:00:00Z",
"StartTime":"2026-03-01T10:00:00Z","LastModified":"","ResourceGroupId":"rg-aekzexample","ClientTokenId":"tok","Tags":{"tag":[{"TagKey":"k"}]}}`

func TestReadsDecode(t *testing.T) {
	stream := Stream{"d", "a", "s"}
	tests := []struct {
		name, body string
		call       func(context.Context, *Client) (any, error)
		want       any
	}{
		// ResourceGroupId is a string in real accounts; the SDK's own type for it fails.
		{"casters", `{"RequestId":"R","Total":1,"CasterList":{"Caster":[` + casterJSON + `]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Casters(ctx) },
			[]Caster{{ID: "c1", Name: "Evening News", OnAir: true, Mode: ModeGeneral, Created: day, Started: day.Add(time.Hour),
				Token: "tok"}}},
		{"no casters", `{"RequestId":"R","Total":0}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Casters(ctx) }, []Caster(nil)},
		{"caster", `{"RequestId":"R","Total":1,"CasterList":{"Caster":[{"CasterId":"c2","NormType":0,"Status":0}]}}`,
			func(ctx context.Context, c *Client) (any, error) {
				return c.Caster(ctx, "c2")
			}, Caster{ID: "c2", Name: "c2", Mode: ModePlaylist}},
		{"scenes", `{"RequestId":"R","SceneList":{"Scene":[{"SceneId":"s1","SceneName":"Wide","OutputType":"0","Status":1,"LayoutId":"l","ComponentIds":{"componentId":["k1","k2"]},"StreamUrl":"rtmp://x","StreamInfos":{"StreamInfo":[{"OutputStreamUrl":"rtmp://y"},{"OutputStreamUrl":"http://z"}]}},{"SceneId":"s2","OutputType":1,"Status":"0"}]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Scenes(ctx, "c1") },
			[]Scene{{ID: "s1", Name: "Wide", Open: true, Layout: "l", Components: []string{"k1", "k2"}, PlayURL: "rtmp://x",
				WatchURL: "http://z"}, {ID: "s2", Name: "s2", Program: true}}},
		{"scenes in a bare list", `{"RequestId":"R","SceneList":[{"SceneId":"s1"}]}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Scenes(ctx, "c1") },
			[]Scene{{ID: "s1", Name: "s1", Untold: true}}},
		{"config", `{"RequestId":"R","DomainName":"d","Delay":1.5,"UrgentMaterialId":"m","RecordConfig":{"OssBucket":"b","OnDemand":7}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.CasterConfig(ctx, "c1") },
			CasterConfig{Domain: "d", Delay: 1500 * time.Millisecond, RecordOnDemand: 7, Recorded: true, Standby: true}},
		{"bare config", `{"RequestId":"R"}`,
			func(ctx context.Context, c *Client) (any, error) { return c.CasterConfig(ctx, "c1") },
			CasterConfig{RecordOnDemand: OnDemandUntold, StandbyUntold: true}},
		{"config without a slate", `{"RequestId":"R","UrgentMaterialId":""}`,
			func(ctx context.Context, c *Client) (any, error) { return c.CasterConfig(ctx, "c1") },
			CasterConfig{RecordOnDemand: OnDemandUntold}},
		{"online, others left out",
			`{"RequestId":"R","TotalNum":2,"OnlineInfo":{"LiveStreamOnlineInfo":[{"AppName":"a","StreamName":"s","PublishTime":"2026-03-01T09:00:00Z"},{"AppName":"a","StreamName":"s_lld"}]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.OnlineStreams(ctx, "d", "a", "s") },
			[]Online{{stream, day}}},
		{"record configs that apply",
			`{"RequestId":"R","LiveAppRecordList":{"LiveAppRecord":[{"AppName":"a","StreamName":"*","OnDemond":7,"DelayTime":180,"RecordFormatList":{"RecordFormat":[{"Format":"mp4"}]}},{"AppName":"a","StreamName":"other"},{"AppName":"b"},{"AppName":"*"}]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.RecordConfigs(ctx, stream) },
			[]RecordConfig{{App: "a", Name: "*", OnDemand: 7, Delay: 3 * time.Minute}, {App: "*", OnDemand: OnDemandUntold}}},
		{"content", `{"RequestId":"R","RecordContentInfoList":{"RecordContentInfo":[{"StartTime":"2026-03-01T09:00:00Z","EndTime":"2026-03-01T10:00:00Z","Duration":3600.5,"OssObjectPrefix":"p"}]}}`,
			func(ctx context.Context, c *Client) (any, error) {
				return c.RecordContent(ctx, stream, day, day.Add(time.Hour))
			},
			[]Content{{day, day.Add(time.Hour)}}},
		{"files", `{"RequestId":"R","TotalNum":1,"RecordIndexInfoList":{"RecordIndexInfo":[{"RecordId":"f","RecordUrl":"http://x/f.m3u8","Format":"m3u8","StartTime":"2026-03-01T09:00:00Z","CreateTime":"2026-03-01T09:00:00Z","Duration":2}]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.RecordFiles(ctx, stream, day, day) },
			[]File{{ID: "f", URL: "http://x/f.m3u8", Format: "m3u8", From: day, Created: day, Duration: 2 * time.Second}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newCloud(t, answer(200, test.body))
			got, err := test.call(t.Context(), f.client(t))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
			wantSends(t, f, 1)
		})
	}
}

func TestTimesAreSentInUTC(t *testing.T) {
	f := newCloud(t, ok())
	zone := time.FixedZone("", 8*3600)
	if _, err := f.client(t).RecordContent(t.Context(), Stream{"d", "a", "s"}, day.In(zone),
		day.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	sent := f.requests()[0]
	if sent.Get("StartTime") != "2026-03-01T09:00:00Z" || sent.Get("EndTime") != "2026-03-01T09:01:00Z" {
		t.Errorf("sent %v", sent)
	}
}

// 250 casters, of which one moves to the next page while the list is read.
func TestAllPagesOnce(t *testing.T) {
	page := func(from, to int) http.HandlerFunc {
		var rows []string
		for i := from; i < to; i++ {
			rows = append(rows, fmt.Sprintf(`{"CasterId":"c%d"}`, i))
		}
		return answer(200, `{"RequestId":"R","Total":250,"CasterList":{"Caster":[`+strings.Join(rows, ",")+`]}}`)
	}
	f := newCloud(t, page(0, 100), page(99, 199), page(199, 250))
	all, err := f.client(t).Casters(t.Context())
	if err != nil || len(all) != 250 {
		t.Fatalf("%d casters, %v", len(all), err)
	}
	for i, r := range f.requests() {
		if r.Get("PageNum") != fmt.Sprint(i+1) || r.Get("PageSize") != "100" {
			t.Errorf("asked for %v", r)
		}
	}
	wantSends(t, f, 3)
}

func TestEndlessListEnds(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R","Total":1000000,"CasterList":{"Caster":[{"CasterId":"c"}]}}`))
	_, err := f.client(t).Casters(t.Context())
	wantClass(t, err, Unknown)
	wantSends(t, f, maxPages)
}

func TestUnfound(t *testing.T) {
	for name, a := range map[string]http.HandlerFunc{
		"empty list":  answer(200, `{"RequestId":"R","Total":0,"CasterList":{"Caster":[]}}`),
		"another one": answer(200, `{"RequestId":"R","Total":1,"CasterList":{"Caster":[{"CasterId":"c2"}]}}`),
		"code":        refuse(404, "RegionNoResource"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newCloud(t, a)
			_, err := f.client(t).Caster(t.Context(), "c1")
			wantClass(t, err, NotFound)
			wantSends(t, f, 1)
		})
	}
	f := newCloud(t, ok())
	_, err := f.client(t).Caster(t.Context(), "")
	wantClass(t, err, NotFound)
	wantSends(t, f, 0)
}

func TestReadsAreTriedAgain(t *testing.T) {
	good := answer(200, `{"RequestId":"R"}`)
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		want    Class
		sends   int
	}{
		{"500 once", []http.HandlerFunc{refuse(500, "InternalError"), good}, "", 2},
		{"HTML once", []http.HandlerFunc{answer(200, "<html>"), good}, "", 2},
		{"reset once", []http.HandlerFunc{reset, good}, "", 2},
		{"throttled twice", []http.HandlerFunc{refuse(400, "Throttling.Api"), refuse(400, "Throttling"), good}, "", 3},
		{"500 for ever", []http.HandlerFunc{refuse(500, "InternalError")}, Unknown, readTries},
		{"200 with a code for ever", []http.HandlerFunc{answer(200, `{"RequestId":"R","Code":"X"}`)}, Unknown, readTries},
		{"200 without success once", []http.HandlerFunc{answer(200, `{"RequestId":"R","Success":false}`), good}, "", 2},
		{"refused", []http.HandlerFunc{refuse(403, "Forbidden.RAM"), good}, Refused, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newCloud(t, test.answers...)
			_, err := f.client(t).Scenes(t.Context(), "c1")
			wantClass(t, err, test.want)
			wantSends(t, f, test.sends)
		})
	}
}

func TestAnswerOfAnotherForm(t *testing.T) {
	for _, body := range []string{
		`{"RequestId":"R","SceneList":"none"}`,
		`{"RequestId":"R","SceneList":{"Scene":[],"Other":[]}}`,
		`{"RequestId":"R","SceneList":{"Scene":{"SceneId":"s1"}}}`,
	} {
		f := newCloud(t, answer(200, body))
		_, err := f.client(t).Scenes(t.Context(), "c1")
		if e := wantClass(t, err, Unknown); e.RequestID != "R" {
			t.Errorf("request id %q", e.RequestID)
		}
	}
}

// One odd row, or field, spoils neither the list nor itself: what is not told stands there as not told.
func TestOddRows(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R","CasterList":{"Caster":[{"CasterName":"no id"},7,null,`+
		`{"CasterId":"c1","CasterName":["a"],"Status":"1","NormType":"?"},{"CasterId":"c2","Status":2},{"CasterId":"c3"}]}}`))
	casters, err := f.client(t).Casters(t.Context())
	if want := []Caster{{ID: "c1", Name: "c1", OnAir: true, Mode: ModePlaylist},
		{ID: "c2", Name: "c2", Untold: true, Mode: ModePlaylist}, {ID: "c3", Name: "c3", Untold: true, Mode: ModePlaylist},
	}; err != nil || !reflect.DeepEqual(casters, want) {
		t.Errorf("casters %+v, %v", casters, err)
	}
	f = newCloud(t, answer(200, `{"RequestId":"R","SceneList":{"Scene":[{"SceneId":"s1","OutputType":"","Status":1},`+
		`{"SceneId":"s2","OutputType":null,"Status":1},{"SceneId":"s3","OutputType":"PGM","Status":1,"StreamInfos":5},`+
		`{"SceneId":"s4","OutputType":1,"Status":[]},{"SceneId":"s5","OutputType":1,"Status":1}]}}`))
	scenes, err := f.client(t).Scenes(t.Context(), "c1")
	if err != nil || len(scenes) != 5 {
		t.Fatalf("scenes %+v, %v", scenes, err)
	}
	for i, s := range scenes {
		if s.Untold != (i < 4) || s.Program != (i > 2) {
			t.Errorf("%+v", s)
		}
	}
}

// A list that does not say how long it is is read until a page is not full.
func TestLengthNotTold(t *testing.T) {
	row := func(n int) string { return fmt.Sprintf(`{"CasterId":"c%d","Status":0}`, n) }
	var rows []string
	for n := range 100 {
		rows = append(rows, row(n))
	}
	f := newCloud(t, answer(200, `{"RequestId":"R","Total":"?","CasterList":{"Caster":[`+strings.Join(rows, ",")+`]}}`),
		answer(200, `{"RequestId":"R","CasterList":{"Caster":[`+row(100)+`]}}`))
	if all, err := f.client(t).Casters(t.Context()); err != nil || len(all) != 101 {
		t.Errorf("%d casters, %v", len(all), err)
	}
	wantSends(t, f, 2)
}

func TestModes(t *testing.T) {
	for mode, want := range map[Mode]string{1: "general", 3: "lightweight", 4: "virtual", 6: "playlist", 9: "mode 9"} {
		if mode.String() != want {
			t.Errorf("%d is %q", mode, mode)
		}
	}
}

// TestConfigsAreReadUntilTheyDecide: pages are read until every stream has a configuration of its own, however many
// there are.
func TestConfigsAreReadUntilTheyDecide(t *testing.T) {
	page := func(rows string) http.HandlerFunc {
		return answer(200, `{"RequestId":"R","TotalNum":90,"LiveAppRecordList":{"LiveAppRecord":[`+rows+`]}}`)
	}
	first := `{"AppName":"a","StreamName":"one"},{"AppName":"a","StreamName":"*"}`
	second := `{"AppName":"a","StreamName":"two"},{"AppName":"b","StreamName":"two"}`
	one, two, three := Stream{"d", "a", "one"}, Stream{"d", "a", "two"}, Stream{"d", "a", "three"}
	for _, c := range []struct {
		streams     []Stream
		sends, want int
	}{{nil, 0, 0}, {[]Stream{one}, 1, 2}, {[]Stream{one, two}, 2, 3}, {[]Stream{one, three}, 3, 2}} {
		f := newCloud(t, page(first), page(second), page(`{"AppName":"c"}`))
		got, err := f.client(t).RecordConfigs(t.Context(), c.streams...)
		if err != nil || len(got) != c.want {
			t.Errorf("%v: %+v, %v", c.streams, got, err)
		}
		wantSends(t, f, c.sends)
	}
}

// TestAPageThatLacksItsRows is no answer: what should be on it is not gone.
func TestAPageThatLacksItsRows(t *testing.T) {
	row := `{"AppName":"a","StreamName":"s","SceneId":"s","CasterId":"c"}`
	empty := func(total int, list string) http.HandlerFunc {
		return answer(200, fmt.Sprintf(`{"RequestId":"R","Total":%d,"TotalNum":%[1]d,%s}`, total, list))
	}
	full := strings.TrimSuffix(strings.Repeat(row+",", 100), ",")
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		look    func(*Client) error
	}{
		"studios": {[]http.HandlerFunc{empty(3, `"CasterList":{"Caster":[]}`)},
			func(c *Client) error { _, err := c.Casters(t.Context()); return err }},
		"no list": {[]http.HandlerFunc{empty(3, `"Other":[]`)},
			func(c *Client) error { _, err := c.Casters(t.Context()); return err }},
		"a later page": {[]http.HandlerFunc{empty(101, `"CasterList":{"Caster":[`+full+`]}`), empty(101, `"CasterList":[]`)},
			func(c *Client) error { _, err := c.Casters(t.Context()); return err }},
		"scenes": {[]http.HandlerFunc{empty(2, `"SceneList":{"Scene":[]}`)},
			func(c *Client) error { _, err := c.Scenes(t.Context(), "c1"); return err }},
		"streams": {[]http.HandlerFunc{empty(1, `"OnlineInfo":{"LiveStreamOnlineInfo":[]}`)},
			func(c *Client) error { _, err := c.OnlineStreams(t.Context(), "d", "", ""); return err }},
	} {
		t.Run(name, func(t *testing.T) { wantClass(t, c.look(newCloud(t, c.answers...).client(t)), Unknown) })
	}
	f := newCloud(t, empty(101, `"CasterList":{"Caster":[`+full+`]}`), empty(100, `"CasterList":[]`)) // one was deleted
	if _, err := f.client(t).Casters(t.Context()); err != nil {
		t.Error(err)
	}
}
