package fakelive

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// stamp writes a time as the API does; a zero time is an empty string.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampLayout)
}

// describeCasters lists studios. An unknown id gives an empty list, not an error.
// Emulator's own choice: CasterName must be equal, StartTime and EndTime bound the
// time of the last start, the order is that of creation unless OrderByModifyAsc
// asks for that of change.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasters
func (w *World) describeCasters(in *request) (fields, *refusal) {
	from, to, bad := in.span(false)
	if bad != nil {
		return nil, bad
	}
	var found []*Studio
	for _, s := range w.state.Studios {
		if s.matches(in) && s.startedIn(from, to) {
			found = append(found, s)
		}
	}
	if asc := in.params["OrderByModifyAsc"]; asc == "1" || asc == "true" {
		slices.SortStableFunc(found, func(a, b *Studio) int { return a.Modified.Compare(b.Modified) })
	}
	shown, _, _, bad := page(in, "PageNum", found, 100)
	if bad != nil {
		return nil, bad
	}
	list := []fields{}
	for _, s := range shown {
		list = append(list, s.summary())
	}
	return fields{"Total": len(found), "CasterList": fields{"Caster": list}}, nil
}

// matches holds a studio against the filters that compare for equality. Studios
// here have no tags, so a filter by tag matches none.
func (s *Studio) matches(in *request) bool {
	for name, value := range map[string]string{
		"CasterId": s.ID, "CasterName": s.Name, "Status": strconv.Itoa(s.status()), "ChargeType": "1",
		"NormType": strconv.Itoa(s.NormType), "ResourceGroupId": s.ResourceGroup, "Tag.1.Key": "",
	} {
		if want := in.params[name]; want != "" && want != value {
			return false
		}
	}
	return true
}

func (s *Studio) startedIn(from, to time.Time) bool {
	if from.IsZero() && to.IsZero() {
		return true
	}
	return !s.Started.IsZero() && !s.Started.Before(from) && (to.IsZero() || !s.Started.After(to))
}

func (s *Studio) status() int { return number(s.OnAir) }

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (s *Studio) summary() fields {
	return fields{
		"CasterId": s.ID, "CasterName": s.Name, "Status": s.status(), "NormType": s.NormType,
		"ChannelEnable": 1, "ChargeType": "PostPaid", "CasterTemplate": s.Template,
		"CreateTime": stamp(s.Created), "StartTime": stamp(s.Started), "LastModified": stamp(s.Modified),
		"ResourceGroupId": s.ResourceGroup, "ClientTokenId": s.Token, "Tags": fields{"tag": []fields{}},
	}
}

// describeScenes lists the scenes of a studio; only open ones have addresses.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasterscenes
func (w *World) describeScenes(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	if s.Domain == "" {
		return nil, refuse("InvalidConfiguration.NotFound")
	}
	list := []fields{}
	for i := range s.Scenes {
		if want := in.params["SceneId"]; want == "" || want == s.Scenes[i].ID {
			list = append(list, s.sceneFields(&s.Scenes[i]))
		}
	}
	return fields{"Total": len(list), "SceneList": fields{"Scene": list}}, nil
}

func (s *Studio) sceneFields(scene *Scene) fields {
	out := fields{"SceneId": scene.ID, "SceneName": scene.Name, "OutputType": strconv.Itoa(number(scene.Program)),
		"Status": number(scene.Open), "LayoutId": scene.Layout,
		"ComponentIds": fields{"componentId": append([]string{}, scene.Components...)}}
	if scene.Open {
		out["StreamUrl"] = s.playURL(scene, "rtmp")
		out["StreamInfos"] = fields{"StreamInfo": s.streamInfos(scene)}
	}
	return out
}

// describeConfig tells a studio's settings.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasterconfig
func (w *World) describeConfig(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	return fields{
		"CasterId": s.ID, "CasterName": s.Name, "DomainName": s.Domain, "ChannelEnable": 1, "Delay": 0.0,
		"CallbackUrl": "", "ProgramName": s.Name, "ProgramEffect": 0, "UrgentMaterialId": s.Standby,
		"AutoSwitchUrgentOn": s.AutoStandby,
		"RecordConfig": fields{"OnDemand": 7, "OssBucket": bucket, "OssEndpoint": bucketHost,
			"RecordFormat": fields{"RecordFormat": []fields{{"Format": "mp4", "CycleDuration": 3600,
				"OssObjectPrefix": objectPrefix}}}},
		"TranscodeConfig": fields{"CasterTemplate": s.Template, "LiveTemplateIds": fields{"LocationId": []string{"lld"}}},
	}, nil
}

// describeStreamURL lists the addresses of the open scenes.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasterstreamurl
func (w *World) describeStreamURL(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	list := []fields{}
	for i := range s.Scenes {
		if scene := &s.Scenes[i]; scene.Open {
			list = append(list, fields{"SceneId": scene.ID, "OutputType": number(scene.Program),
				"StreamUrl": s.playURL(scene, "http"), "RtmpUrl": s.playURL(scene, "rtmp"),
				"StreamInfos": fields{"StreamInfo": s.streamInfos(scene)}})
		}
	}
	return fields{"CasterId": s.ID, "Total": len(list), "CasterStreams": fields{"CasterStream": list}}, nil
}

// page cuts out the part of a list that a request asks for, and tells its number
// and size.
func page[T any](in *request, numberParam string, all []T, usual int) (shown []T, num, size int, bad *refusal) {
	num, size = 1, usual
	for name, to := range map[string]*int{numberParam: &num, "PageSize": &size} {
		text := in.params[name]
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1_000_000 {
			return nil, 0, 0, refuseWith("InvalidParameter.Malformed", name+" must be a positive number.")
		}
		*to = n
	}
	begin := min((num-1)*size, len(all))
	return all[begin:min(begin+size, len(all))], num, size, nil
}

// span reads StartTime and EndTime. Where they are required, they must not lie
// more than four days apart.
func (in *request) span(required bool) (from, to time.Time, bad *refusal) {
	from, badFrom := in.time("StartTime")
	to, badTo := in.time("EndTime")
	switch {
	case cmp.Or(badFrom, badTo) != nil:
		return from, to, cmp.Or(badFrom, badTo)
	case !required:
		return from, to, nil
	case !to.After(from):
		return from, to, refuse("InvalidEndTime.Mismatch")
	case to.Sub(from) > 4*24*time.Hour:
		return from, to, refuse("InvalidTimeSpan")
	}
	return from, to, nil
}

func (in *request) time(param string) (time.Time, *refusal) {
	if in.params[param] == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(stampLayout, in.params[param])
	if err != nil {
		return t, refuse("Invalid" + param + ".Malformed")
	}
	return t, nil
}
