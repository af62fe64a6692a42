package monitor

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/tally"
)

// window is how far back recordings are looked for.
const window = 24 * time.Hour

// maxScenes is how many studios on air, and how many live streams, a board looks into: more would take longer than a
// board is old.
const maxScenes = 20

// round is what one look is for.
type round struct {
	at           time.Time
	expectations []expectation
	history      history
	standing     map[string]alert // by key
	boards       []op.Board
	may          map[string]permission // by channel
	care         map[string]op.Care    // by the reference of an alert
	ended        []live.Stream         // whose recording ended through the bot, while its studio may still be on air
	scope        func(channel string) (op.Scope, bool)
}

// snapshot is what one look showed. What is missing could not be seen, or was not looked at.
type snapshot struct {
	at       time.Time
	studios  map[string]live.Caster // nil: none could be seen
	scenes   map[string][]live.Scene
	online   map[string][]live.Online     // by domain
	material map[live.Stream]live.Content // the latest; zero when there is none
	skipped  map[string]bool              // ids of studios and paths of streams into which there was no room to look
}

// takeSnapshot makes every call that the round needs, each once.
func (w *Monitor) takeSnapshot(ctx context.Context, j *round) snapshot {
	ctx = quota.With(ctx, quota.Caller{Class: quota.Background})
	s := snapshot{at: j.at, scenes: map[string][]live.Scene{}, online: map[string][]live.Online{},
		material: map[live.Stream]live.Content{}, skipped: map[string]bool{}}
	scopes := w.scopes(ctx, j)
	if j.needStudios() || len(scopes) > 0 {
		all, err := paced(ctx, w.limiter, "DescribeCasters", func() ([]live.Caster, error) { return w.Cloud.Casters(ctx) })
		if w.saw(err) {
			s.studios = map[string]live.Caster{}
			for _, c := range all {
				s.studios[c.ID] = c
			}
		}
	}
	for _, id := range s.inside(j.expectations, scopes) {
		all, err := paced(ctx, w.limiter, "DescribeCasterScenes", func() ([]live.Scene, error) {
			return w.Cloud.Scenes(ctx, id)
		})
		if w.saw(err) {
			s.scenes[id] = all
		}
	}
	for _, domain := range domains(j.expectations, scopes) {
		all, err := paced(ctx, w.limiter, "DescribeLiveStreamsOnlineList", func() ([]live.Online, error) {
			return w.Cloud.OnlineStreams(ctx, domain, "", "")
		})
		if w.saw(err) {
			s.online[domain] = append([]live.Online{}, all...)
		}
	}
	for _, stream := range s.recorded(j, scopes) {
		all, err := paced(ctx, w.limiter, "DescribeLiveStreamRecordContent", func() ([]live.Content, error) {
			return w.Cloud.RecordContent(ctx, stream, j.at.Add(-window), j.at.Add(time.Minute))
		})
		if w.saw(err) {
			s.material[stream] = live.Latest(all)
		}
	}
	return s
}

// keepSeen keeps what a look has shown against what the bot did to studios, for whoever does not look.
func (w *Monitor) keepSeen(ctx context.Context, s snapshot) {
	own, err := w.Changes.Read(ctx)
	for _, c := range s.sorted() {
		t := op.Target{Kind: "caster", ID: c.ID}
		for _, x := range tally.Shown {
			if seen, against := tally.Against(c, s.scenes[c.ID], own.Standing(t, x), x, s.at); against {
				err = errors.Join(err, w.Changes.Saw(ctx, t, x, seen))
			}
		}
	}
	for stream := range s.material {
		r := s.recording(stream, own)
		if seen, against := r.Against(); against {
			t := op.Target{Kind: "stream", ID: stream.String()}
			err = errors.Join(err, w.Changes.Saw(ctx, t, op.IsRecorded, seen))
		}
	}
	if err != nil {
		w.Log.Warn("keep what was seen", "error", err)
	}
}

// saw logs a look that failed; it says nothing about the world.
func (w *Monitor) saw(err error) bool {
	if err != nil {
		w.looks.failed.Add(1)
		w.Log.Info("the watch could not look", "error", err)
		return false
	}
	w.looks.seen.Add(1)
	w.looks.last.Store(time.Now().UnixNano())
	return true
}

// scopes are what the channels of the boards may touch. A board that is not drawn, or to be taken down, needs no look.
func (w *Monitor) scopes(ctx context.Context, j *round) []op.Scope {
	var all []op.Scope
	for _, b := range j.boards {
		if scope, ok := w.Policy.Scope(b.Channel); ok && !b.Off && w.mayTell(ctx, j, b.Channel) == allowed {
			all = append(all, scope)
		}
	}
	return all
}

func (j *round) needStudios() bool {
	return slices.ContainsFunc(j.expectations, func(x expectation) bool { return x.kind != recording })
}

// inside are the studios whose scenes are looked at: those with a preview that is watched, and those on air that a
// board shows.
func (s snapshot) inside(wishes []expectation, scopes []op.Scope) []string {
	var ids []string
	for _, x := range wishes {
		if x.kind == preview && s.studios[x.target.ID].OnAir {
			ids = append(ids, x.target.ID)
		}
	}
	for _, scope := range scopes {
		n := 0
		for _, c := range s.sorted() {
			switch {
			case !c.OnAir || !scope.Studio(c.ID, c.Name):
			case n < maxScenes:
				ids, n = append(ids, c.ID), n+1
			default:
				s.skipped[c.ID] = true
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// sorted are the studios by name.
func (s snapshot) sorted() []live.Caster {
	return slices.SortedFunc(maps.Values(s.studios), func(a, b live.Caster) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
}

// domains are those whose live streams are listed.
func domains(wishes []expectation, scopes []op.Scope) []string {
	var all []string
	for _, x := range wishes {
		if x.kind == recording {
			all = append(all, streamOf(x.target.ID).Domain)
		}
	}
	for _, scope := range scopes {
		for _, a := range scope.Streams {
			if domain, _, _ := strings.Cut(a.Pattern, "/"); !strings.ContainsAny(domain, "*?") {
				all = append(all, domain)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// recorded are the streams whose material is listed: those that are watched, or were until their recording ended, and
// those live ones that a board shows.
func (s snapshot) recorded(j *round, scopes []op.Scope) []live.Stream {
	all := slices.Clone(j.ended)
	add := func(stream live.Stream) {
		if !slices.Contains(all, stream) {
			all = append(all, stream)
		}
	}
	for _, x := range j.expectations {
		if x.kind == recording {
			add(streamOf(x.target.ID))
		}
	}
	for _, scope := range scopes {
		for _, stream := range s.shown(scope) {
			on, _ := s.live(stream.of)
			switch {
			case on == nil:
			case len(all) < maxScenes:
				add(stream.of)
			case !slices.Contains(all, stream.of):
				s.skipped[stream.of.String()] = true
			}
		}
	}
	return all
}

// preview gives the scene of a preview, closed when it is not listed; false when that could not be seen.
func (s snapshot) preview(x expectation) (live.Scene, bool) {
	c := s.studios[x.target.ID]
	all, inside := s.scenes[x.target.ID]
	scene := live.Scene{ID: x.scene, Name: x.scene}
	for _, known := range all {
		if known.ID == x.scene {
			scene = known
		}
	}
	return scene, s.studios != nil && !c.Untold && !scene.Untold && (inside || !c.OnAir)
}

// live gives a stream as it is listed, nil when it is not live; false when that could not be seen.
func (s snapshot) live(stream live.Stream) (*live.Online, bool) {
	all, seen := s.online[stream.Domain]
	for i := range all {
		if all[i].Stream == stream {
			return &all[i], true
		}
	}
	return nil, seen
}

// named is a stream with its name in a channel.
type named struct {
	of    live.Stream
	alias string
}

// shown are the streams that a channel has a name for, and those live ones that one of its patterns covers.
func (s snapshot) shown(scope op.Scope) []named {
	var all []named
	known := func(of live.Stream) bool { return slices.ContainsFunc(all, func(n named) bool { return n.of == of }) }
	for _, a := range scope.Streams {
		if stream := streamOf(a.Pattern); stream.Name != "" && !strings.ContainsAny(a.Pattern, "*?") &&
			scope.Stream(a.Pattern) {
			all = append(all, named{stream, a.Alias})
		}
	}
	for _, domain := range slices.Sorted(maps.Keys(s.online)) {
		for _, on := range slices.SortedFunc(slices.Values(s.online[domain]), func(a, b live.Online) int {
			return strings.Compare(a.String(), b.String())
		}) {
			if scope.Stream(on.String()) && !known(on.Stream) {
				all = append(all, named{on.Stream, on.Name})
			}
		}
	}
	return all
}

// streamOf reads domain/app/stream.
func streamOf(path string) live.Stream {
	if parts := strings.Split(path, "/"); len(parts) == 3 {
		return live.Stream{Domain: parts[0], App: parts[1], Name: parts[2]}
	}
	return live.Stream{}
}
