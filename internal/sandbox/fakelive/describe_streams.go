package fakelive

import (
	"strings"
	"time"
)

const (
	bucket       = "fake-recordings"
	bucketHost   = "oss-cn-shanghai.aliyuncs.com"
	objectPrefix = "record/{AppName}/{StreamName}/{StartTime}_{Sequence}"
)

// paged words a list with its place among the pages.
func paged[T any](in *request, all []T, usual int, wrap func([]fields) fields, each func(T) fields) (fields, *refusal) {
	shown, num, size, bad := page(in, "PageNum", all, usual)
	if bad != nil {
		return nil, bad
	}
	list := []fields{}
	for _, entry := range shown {
		list = append(list, each(entry))
	}
	out := wrap(list)
	out["PageNum"], out["PageSize"] = num, size
	out["TotalNum"], out["TotalPage"] = len(all), (len(all)+size-1)/size
	return out, nil
}

// streams selects the streams of a domain by the other names, where they are given.
func (w *World) streams(in *request, fuzzy bool, keep func(*Stream) bool) []*Stream {
	var out []*Stream
	for _, s := range w.state.Streams {
		same := s.Domain == in.params["DomainName"] && fits(s.App, in.params["AppName"], false) &&
			fits(s.Name, in.params["StreamName"], fuzzy)
		if same && keep(s) {
			out = append(out, s)
		}
	}
	return out
}

func fits(name, want string, fuzzy bool) bool {
	return want == "" || name == want || fuzzy && strings.Contains(name, want)
}

// describeOnline lists the streams that are live. Emulator's own choice: QueryType
// is strict unless fuzzy is asked for; there are no transcoded streams.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamsonlinelist
func (w *World) describeOnline(in *request) (fields, *refusal) {
	if !w.hasDomain(in) {
		return nil, refuse("InvalidDomain.NotFound")
	}
	raw := in.params["StreamType"] != "trans"
	found := w.streams(in, in.params["QueryType"] == "fuzzy", func(s *Stream) bool { return s.Live && raw })
	wrap := func(list []fields) fields { return fields{"OnlineInfo": fields{"LiveStreamOnlineInfo": list}} }
	return paged(in, found, 2000, wrap, func(s *Stream) fields {
		return fields{"DomainName": s.Domain, "AppName": s.App, "StreamName": s.Name,
			"PublishTime": stamp(s.Since), "PublishDomain": "push.example.com", "PublishType": "edge",
			"PublishUrl": "rtmp://push.example.com/" + s.App + "/" + s.Name, "ClientIp": "203.0.113.7",
			"Transcoded": "no", "VideoDataRate": 4000, "AudioDataRate": 128, "FrameRate": 25,
			"Width": 1920, "Height": 1080}
	})
}

// describeStreamState tells whether one stream is live; a stream that was never
// seen is offline.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamstate
func (w *World) describeStreamState(in *request) (fields, *refusal) {
	if !w.hasDomain(in) {
		return nil, refuse("InvalidDomain.NotFound")
	}
	live := len(w.streams(in, false, func(s *Stream) bool { return s.Live })) > 0
	return fields{"StreamState": map[bool]string{true: "online", false: "offline"}[live], "Type": "raw"}, nil
}

// describeDomains lists the domains of the account.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describeliveuserdomains
func (w *World) describeDomains(in *request) (fields, *refusal) {
	var found []string
	for _, domain := range w.state.Domains {
		if fits(domain, in.params["DomainName"], true) && fits("online", in.params["DomainStatus"], false) &&
			fits("liveVideo", in.params["LiveDomainType"], false) {
			found = append(found, domain)
		}
	}
	shown, num, size, bad := page(in, "PageNumber", found, 20)
	if bad != nil {
		return nil, bad
	}
	list := []fields{}
	for _, domain := range shown {
		list = append(list, fields{"DomainName": domain, "LiveDomainStatus": "online", "LiveDomainType": "liveVideo",
			"Cname": domain + ".w.kunlunsl.example", "RegionName": "cn-shanghai"})
	}
	return fields{"PageNumber": num, "PageSize": size, "TotalCount": len(found), "Domains": fields{"PageData": list}}, nil
}

// describeRecordConfig lists recording configurations. OnDemond is spelled so in
// the API. The outputs of studios have one for all of them.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describeliverecordconfig
func (w *World) describeRecordConfig(in *request) (fields, *refusal) {
	if !w.hasDomain(in) {
		return nil, refuse("InvalidDomain.NotFound")
	}
	found := w.streams(in, false, func(s *Stream) bool { return s.Setup != nil })
	all := &Stream{Domain: in.params["DomainName"], App: outputApp, Name: "*", Setup: outputSetup(in.now)}
	if w.putsOut(all.Domain) && fits(all.App, in.params["AppName"], false) && in.params["StreamName"] == "" {
		found = append(found, all)
	}
	wrap := func(list []fields) fields { return fields{"LiveAppRecordList": fields{"LiveAppRecord": list}} }
	return paged(in, found, 10, wrap, func(s *Stream) fields {
		return fields{"DomainName": s.Domain, "AppName": s.App, "StreamName": s.Name,
			"OnDemond": s.Setup.OnDemand, "DelayTime": s.Setup.Delay, "CreateTime": stamp(s.Setup.Created),
			"OssBucket": bucket, "OssEndpoint": bucketHost,
			"RecordFormatList": fields{"RecordFormat": []fields{{"Format": s.Setup.Format, "CycleDuration": 3600,
				"OssObjectPrefix": objectPrefix}}}}
	})
}

// describeContent lists what was and is recorded of a stream. Emulator's own
// choice: a recording is listed from its first moment, one that runs ends now.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamrecordcontent
func (w *World) describeContent(in *request) (fields, *refusal) {
	files, bad := w.filesOf(in)
	if bad != nil {
		return nil, bad
	}
	list := []fields{}
	for _, f := range files {
		list = append(list, content(f.Start, f.End))
	}
	from, to, _ := in.span(true)
	for _, s := range w.streams(in, false, func(s *Stream) bool { return s.Recording != nil }) {
		end := s.Recording.Stopped
		if end.IsZero() {
			end = in.now
		}
		if overlaps(s.Recording.Started, end, from, to) {
			list = append(list, content(s.Recording.Started, end))
		}
	}
	return fields{"RecordContentInfoList": fields{"RecordContentInfo": list}}, nil
}

func content(start, end time.Time) fields {
	return fields{"StartTime": stamp(start), "EndTime": stamp(end), "Duration": end.Sub(start).Seconds(),
		"OssBucket": bucket, "OssEndpoint": bucketHost, "OssObjectPrefix": objectPrefix}
}

// describeFiles lists the files of finished recordings, oldest first unless
// Order=desc.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamrecordindexfiles
func (w *World) describeFiles(in *request) (fields, *refusal) {
	files, bad := w.filesOf(in)
	if bad != nil {
		return nil, bad
	}
	order := "asc"
	if in.params["Order"] == "desc" {
		order = "desc"
		for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
			files[i], files[j] = files[j], files[i]
		}
	}
	wrap := func(list []fields) fields {
		return fields{"Order": order, "RecordIndexInfoList": fields{"RecordIndexInfo": list}}
	}
	return paged(in, files, 10, wrap, func(f File) fields {
		return fields{"RecordId": f.ID, "RecordUrl": f.URL, "Format": f.Format, "Duration": f.Seconds,
			"StartTime": stamp(f.Start), "EndTime": stamp(f.End), "CreateTime": stamp(f.Created),
			"DomainName": f.Domain, "AppName": f.App, "StreamName": f.Stream, "OssObject": f.Object,
			"OssBucket": bucket, "OssEndpoint": bucketHost, "Width": 1920, "Height": 1080}
	})
}

// filesOf selects a stream's files by name and time.
func (w *World) filesOf(in *request) ([]File, *refusal) {
	if !w.hasDomain(in) {
		return nil, refuse("InvalidDomain.NotFound")
	}
	from, to, bad := in.span(true)
	if bad != nil {
		return nil, bad
	}
	var out []File
	for _, f := range w.state.Files {
		same := f.Domain == in.params["DomainName"] && f.App == in.params["AppName"] && f.Stream == in.params["StreamName"]
		if same && overlaps(f.Start, f.End, from, to) {
			out = append(out, f)
		}
	}
	return out, nil
}

// overlaps compares whole seconds, as the API writes them.
func overlaps(start, end, from, to time.Time) bool {
	return !end.Before(from) && !start.Truncate(time.Second).After(to)
}
