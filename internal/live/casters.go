package live

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// maxPages: a longer list is cut by an error rather than read for ever.
const maxPages = 100

type casterRow struct {
	CasterId, CasterName, ClientTokenId string
	Status                              choice
	NormType                            number
	CreateTime, StartTime, LastModified moment
}

func (r casterRow) caster() Caster {
	c := Caster{
		ID: r.CasterId, Name: cmp.Or(r.CasterName, r.CasterId),
		OnAir: r.Status.set(), Untold: !r.Status.flag(), Mode: Mode(r.NormType),
		Created: r.CreateTime.Time, Started: r.StartTime.Time, Modified: r.LastModified.Time,
		Token: r.ClientTokenId,
	}
	if c.Mode == 0 {
		c.Mode = ModePlaylist
	}
	return c
}

type casterPage struct {
	Total      number
	CasterList list[casterRow]
}

// Casters lists all casters of the account, in the API's order, each once.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasters
func (c *Client) Casters(ctx context.Context) ([]Caster, error) {
	var all []Caster
	seen := map[string]bool{}
	err := pages(ctx, c, "DescribeCasters", nil, 100, func(said casterPage) (rows int, total number) {
		for _, row := range said.CasterList {
			if row.CasterId != "" && !seen[row.CasterId] {
				seen[row.CasterId] = true
				all = append(all, row.caster())
			}
		}
		return len(said.CasterList), said.Total
	})
	if e := (&Error{}); errors.As(err, &e) && e.Class == Refused {
		c.state.bar(e)
	}
	return all, err
}

// pages reads a list page by page, until take has had as many rows as there are in all, or a page has none. Where it
// is not told how many there are, a page that is not full is the last. A page without the rows that there are is no
// answer: what should be on it would count as gone.
func pages[P any](ctx context.Context, c *Client, action string, p params, size int,
	take func(P) (rows int, total number)) error {
	for page := 1; page <= maxPages; page++ {
		said, err := read[P](ctx, c, action,
			append(slices.Clip(p), params{{"PageNum", strconv.Itoa(page)}, {"PageSize", strconv.Itoa(size)}}...))
		if err != nil {
			return err
		}
		rows, total := take(said)
		if rows == 0 && (page-1)*size < int(total) {
			return missing(action)
		}
		if last := total > 0 && page*size >= int(total) || total <= 0 && rows < size; rows == 0 || last {
			return nil
		}
	}
	return &Error{Class: Unknown, Action: action, Message: "the list does not end"}
}

// Caster looks one caster up. The API answers an unknown id with an empty list or with RegionNoResource; both are
// NotFound here.
func (c *Client) Caster(ctx context.Context, id string) (Caster, error) {
	const action = "DescribeCasters"
	p := params{{"CasterId", id}}
	if p.missing() != "" {
		return Caster{}, &Error{Class: NotFound, Action: action, Message: "no caster id"}
	}
	said, err := read[casterPage](ctx, c, action, p)
	if e, _ := errors.AsType[*Error](err); err != nil && (e == nil || e.Code != "RegionNoResource") {
		return Caster{}, err
	}
	for _, row := range said.CasterList {
		if row.CasterId == id {
			return row.caster(), nil
		}
	}
	return Caster{}, &Error{Class: NotFound, Action: action, Message: "no caster has this id"}
}

// Scenes lists a caster's scenes.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasterscenes
func (c *Client) Scenes(ctx context.Context, casterID string) ([]Scene, error) {
	said, err := read[struct {
		Total     number
		SceneList list[struct {
			SceneId, SceneName, LayoutId, StreamUrl string
			OutputType, Status                      choice
			ComponentIds                            list[string]
			StreamInfos                             list[struct{ OutputStreamUrl string }]
		}]
	}](ctx, c, "DescribeCasterScenes", params{{"CasterId", casterID}})
	if err != nil {
		return nil, err
	}
	if len(said.SceneList) == 0 && said.Total > 0 {
		return nil, missing("DescribeCasterScenes")
	}
	var scenes []Scene
	for _, row := range said.SceneList {
		if row.SceneId == "" {
			continue
		}
		scene := Scene{
			ID: row.SceneId, Name: cmp.Or(row.SceneName, row.SceneId), Program: row.OutputType.set(), Open: row.Status.set(),
			Untold: !row.OutputType.flag() || !row.Status.flag(),
			Layout: row.LayoutId, Components: row.ComponentIds, PlayURL: row.StreamUrl,
		}
		for _, info := range row.StreamInfos {
			if scene.WatchURL == "" && strings.HasPrefix(info.OutputStreamUrl, "http") {
				scene.WatchURL = info.OutputStreamUrl
			}
		}
		scenes = append(scenes, scene)
	}
	return scenes, nil
}

// CasterConfig reads how a caster is set up.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describecasterconfig
func (c *Client) CasterConfig(ctx context.Context, id string) (CasterConfig, error) {
	said, err := read[struct {
		DomainName                                                           string
		UrgentImageId, UrgentImageUrl, UrgentMaterialId, UrgentLiveStreamUrl *string
		Delay                                                                number
		AutoSwitchUrgentOn                                                   flag
		RecordConfig                                                         struct {
			OssBucket string
			OnDemand  choice
		}
	}](ctx, c, "DescribeCasterConfig", params{{"CasterId", id}})
	if err != nil {
		return CasterConfig{}, err
	}
	told := slices.DeleteFunc([]*string{said.UrgentImageId, said.UrgentImageUrl, said.UrgentMaterialId,
		said.UrgentLiveStreamUrl}, func(s *string) bool { return s == nil })
	return CasterConfig{
		Domain: said.DomainName, Delay: said.Delay.seconds(),
		RecordOnDemand: said.RecordConfig.OnDemand.orUntold(), Recorded: said.RecordConfig.OssBucket != "",
		AutoStandby: bool(said.AutoSwitchUrgentOn),
		Standby:     slices.ContainsFunc(told, func(s *string) bool { return *s != "" }), StandbyUntold: len(told) == 0,
	}, nil
}

// missing says that a list lacks rows that it counts.
func missing(action string) *Error {
	return &Error{Class: Unknown, Action: action, Message: "the list lacks rows that it counts"}
}
