package live

import (
	"context"
	"slices"
	"time"
)

func (s Stream) params() params {
	return params{{"DomainName", s.Domain}, {"AppName", s.App}, {"StreamName", s.Name}}
}

// covers reports whether a configured name, which may be empty or "*" for all, applies to name.
func covers(configured, name string) bool {
	return configured == "" || configured == "*" || configured == name
}

// OnlineStreams lists what is being pushed to a domain now. An empty app or name means any; given ones are matched
// exactly.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamsonlinelist
func (c *Client) OnlineStreams(ctx context.Context, domain, app, name string) ([]Online, error) {
	want := append(params{{"QueryType", "strict"}}, Stream{domain, app, name}.params()...)
	want = slices.DeleteFunc(want, func(p param) bool { return p.value == "" })
	var all []Online
	err := pages(ctx, c, "DescribeLiveStreamsOnlineList", want, 1000, func(said struct {
		TotalNum   number
		OnlineInfo list[struct {
			DomainName, AppName, StreamName string
			PublishTime                     moment
		}]
	}) (int, number) {
		for _, row := range said.OnlineInfo {
			if covers(app, row.AppName) && covers(name, row.StreamName) {
				all = append(all, Online{Stream{domain, row.AppName, row.StreamName}, row.PublishTime.Time})
			}
		}
		return len(said.OnlineInfo), said.TotalNum
	})
	return all, err
}

type recordRow struct {
	AppName, StreamName string
	OnDemond            choice // sic
	DelayTime           number
}

func (r recordRow) config() RecordConfig {
	return RecordConfig{App: r.AppName, Name: r.StreamName, OnDemand: r.OnDemond.orUntold(), Delay: r.DelayTime.seconds()}
}

// RecordConfigs lists the recording configurations that apply to any of some streams of one domain, those for all apps
// or all streams of an app included. The domain's list is filtered here: whether the API's own filter knows the wide
// ones is undocumented. Pages are read until every stream has one of its own, which no other can go before. API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describeliverecordconfig
func (c *Client) RecordConfigs(ctx context.Context, streams ...Stream) ([]RecordConfig, error) {
	if len(streams) == 0 {
		return nil, nil
	}
	var all []RecordConfig
	own := map[Stream]bool{}
	err := pages(ctx, c, "DescribeLiveRecordConfig", params{{"DomainName", streams[0].Domain}}, 30, func(said struct {
		TotalNum          number
		LiveAppRecordList list[recordRow]
	}) (int, number) {
		for _, row := range said.LiveAppRecordList {
			if row.applies(streams, own) {
				all = append(all, row.config())
			}
		}
		if len(own) == len(streams) {
			return 0, 0
		}
		return len(said.LiveAppRecordList), said.TotalNum
	})
	return all, err
}

// DomainRecordConfigs lists all recording configurations of a domain.
func (c *Client) DomainRecordConfigs(ctx context.Context, domain string) ([]RecordConfig, error) {
	var all []RecordConfig
	err := pages(ctx, c, "DescribeLiveRecordConfig", params{{"DomainName", domain}}, 30, func(said struct {
		TotalNum          number
		LiveAppRecordList list[recordRow]
	}) (int, number) {
		for _, row := range said.LiveAppRecordList {
			all = append(all, row.config())
		}
		return len(said.LiveAppRecordList), said.TotalNum
	})
	return all, err
}

// InForce gives the recording configuration that applies to a stream: the one that names it most closely.
func InForce(all []RecordConfig, stream Stream) *RecordConfig {
	var best *RecordConfig
	closest := -1
	for i, c := range all {
		if n := closeness(c, stream); n > closest {
			best, closest = &all[i], n
		}
	}
	return best
}

// closeness is higher the more of the stream's names a configuration spells out, -1 when it is for another stream.
func closeness(c RecordConfig, stream Stream) int {
	n := 0
	for _, pair := range [][2]string{{c.App, stream.App}, {c.Name, stream.Name}} {
		switch pair[0] {
		case "", "*":
		case pair[1]:
			n++
		default:
			return -1
		}
	}
	return n
}

// applies reports whether the row is for any of the streams, and notes the one that it names in full.
func (r recordRow) applies(streams []Stream, own map[Stream]bool) (applies bool) {
	for _, s := range streams {
		applies = applies || covers(r.AppName, s.App) && covers(r.StreamName, s.Name)
		if r.AppName == s.App && r.StreamName == s.Name {
			own[s] = true
		}
	}
	return applies
}

func between(from, to time.Time) params {
	return params{{"StartTime", apiTime(from)}, {"EndTime", apiTime(to)}}
}

// RecordContent lists what was recorded of a stream between two times, at most 4 days apart. API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamrecordcontent
func (c *Client) RecordContent(ctx context.Context, s Stream, from, to time.Time) ([]Content, error) {
	said, err := read[struct {
		RecordContentInfoList list[struct {
			StartTime, EndTime moment
		}]
	}](ctx, c, "DescribeLiveStreamRecordContent", append(s.params(), between(from, to)...))
	if err != nil {
		return nil, err
	}
	var all []Content
	for _, row := range said.RecordContentInfoList {
		all = append(all, Content{row.StartTime.Time, row.EndTime.Time})
	}
	return all, nil
}

// Latest is the stretch that began last; zero when there is none.
func Latest(all []Content) (last Content) {
	for i, c := range all {
		if i == 0 || c.From.After(last.From) || c.From.Equal(last.From) && c.To.After(last.To) {
			last = c
		}
	}
	return last
}

// RecordFiles lists the files made of a stream's recordings between two times, at most 4 days apart. API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamrecordindexfiles
func (c *Client) RecordFiles(ctx context.Context, s Stream, from, to time.Time) ([]File, error) {
	var all []File
	err := pages(ctx, c, "DescribeLiveStreamRecordIndexFiles", append(s.params(), between(from, to)...), 30,
		func(said struct {
			TotalNum            number
			RecordIndexInfoList list[struct {
				RecordId, RecordUrl, Format    string
				StartTime, EndTime, CreateTime moment
				Duration                       number
			}]
		}) (int, number) {
			for _, row := range said.RecordIndexInfoList {
				all = append(all, File{
					ID: row.RecordId, URL: row.RecordUrl, Format: row.Format, From: row.StartTime.Time, To: row.EndTime.Time,
					Created: row.CreateTime.Time, Duration: row.Duration.seconds(),
				})
			}
			return len(said.RecordIndexInfoList), said.TotalNum
		})
	return all, err
}
