package commands

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"casterbot/commands/baseline"
	"casterbot/commands/naming"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// Memory is a cloud that keeps how studios were seen last, for an emergency while they cannot be looked at.
type Memory struct {
	Cloud
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]sighting
}

// sighting is a studio as it was known last.
type sighting struct {
	caster   live.Caster
	at       time.Time
	scenes   []live.Scene // without their addresses
	scenesAt time.Time
}

func (k sighting) with(c live.Caster, at time.Time) sighting {
	k.caster, k.at = c, at
	return k
}

// Remember gives a cloud a memory; one that has one stays as it is.
func Remember(cloud Cloud, now func() time.Time) *Memory {
	if m, ok := cloud.(*Memory); ok {
		return m
	}
	return &Memory{Cloud: cloud, now: now, seen: map[string]sighting{}}
}

// Casters looks at all studios; one that is not among them is forgotten.
func (m *Memory) Casters(ctx context.Context) ([]live.Caster, error) {
	at := m.now()
	all, err := m.Cloud.Casters(ctx)
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		old := m.seen
		m.seen = map[string]sighting{}
		for _, c := range all {
			m.seen[c.ID] = old[c.ID].with(c, at)
		}
	}
	return all, err
}

// Caster looks at one studio.
func (m *Memory) Caster(ctx context.Context, id string) (live.Caster, error) {
	at := m.now()
	c, err := m.Cloud.Caster(ctx, id)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.seen[id] = m.seen[id].with(c, at)
	case live.ClassOf(err) == live.NotFound:
		delete(m.seen, id)
	}
	return c, err
}

// Scenes looks at the scenes of a studio. They are kept where the studio is known; a list that does not tell which one
// is PROGRAM takes the place of no other.
func (m *Memory) Scenes(ctx context.Context, id string) ([]live.Scene, error) {
	at := m.now()
	all, err := m.Cloud.Scenes(ctx, id)
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.seen[id]; ok && err == nil && (known.scenesAt.IsZero() || tally.Program(all).ID != "") {
		known.scenesAt = at
		known.scenes = op.Each(all, func(scene live.Scene) live.Scene {
			scene.PlayURL, scene.WatchURL = "", ""
			return scene
		})
		m.seen[id] = known
	}
	return all, err
}

// Acquaint looks once at the scenes of those studios on air that somebody may have to put a slate on and of which no
// scenes are kept. What cannot be looked at is left for the next time.
func (m *Memory) Acquaint(ctx context.Context, concerns func(live.Caster) bool) {
	if _, err := m.Casters(ctx); err != nil {
		return
	}
	for _, k := range m.sightings() {
		if k.caster.OnAir && k.scenesAt.IsZero() && concerns(k.caster) {
			_, _ = m.Scenes(ctx, k.caster.ID)
		}
	}
}

// called gives a studio by the name that it had when it was seen last.
func (m *Memory) called(t op.Target) op.Target {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, known := m.seen[t.ID]; known && t.Kind == "caster" {
		t.Name = k.caster.Name
	}
	return t
}

func (m *Memory) sightings() []sighting {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.seen), func(a, b sighting) int { return cmp.Compare(a.caster.ID, b.caster.ID) })
}

// unseenStandby plans by what is known from before, when a look has failed or did not tell what is PROGRAM; why says
// so, and is what is left where nothing is known.
func (s table) unseenStandby(ctx context.Context, call op.Call, why error) (op.Plan, error) {
	refusal := &op.Refusal{}
	if !errors.As(why, &refusal) || len(refusal.Unseen) == 0 {
		return op.Plan{}, s.offerSlates(why)
	}
	c, err := s.recall(ctx, call, why)
	if err != nil {
		return op.Plan{}, err
	}
	seen, at := s.recallPictures(ctx, call, c)
	if seen[programSeen] == "" {
		return op.Plan{}, why
	}
	maps.Copy(seen, baseline.Baseline{baseline.LookedAt: at}.Seen())
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Standby slate on ", op.B(c.Name)),
		Viewers: op.L("Viewers will then see the standby slate, if it has one."),
		Facts: []op.Line{
			op.L("⚠️ It could not be looked at: ", refusal.Unseen, ". This goes by how it was known at ", op.At(at), "."),
			op.L("To come back, take a PREVIEW."),
		},
		OnAir: true, Button: "Switch to standby", Fingerprint: op.Fingerprint(c.ID), Seen: seen,
	}, nil
}

// remembered are the studios that are the channel's by the names that they had when they were seen, or when something
// was asked for them here.
func (s table) remembered(ctx context.Context, scope op.Scope) ([]live.Caster, error) {
	known := op.Each(s.seen.sightings(), func(k sighting) live.Caster { return k.caster })
	list, _, err := s.records.History(ctx, op.Past{Channel: scope.Channel, Most: lately})
	for _, o := range list {
		c := live.Caster{ID: o.Plan.Target.ID, Name: o.Plan.Target.Name}
		if o.Plan.Target == onStudio(c) && !slices.ContainsFunc(known, func(k live.Caster) bool { return k.ID == c.ID }) {
			known = append(known, c)
		}
	}
	known = slices.DeleteFunc(known, func(c live.Caster) bool { return !scope.Studio(c.ID, c.Name) })
	slices.SortStableFunc(known, func(a, b live.Caster) int {
		return cmp.Compare(naming.Fold(a.Name), naming.Fold(b.Name))
	})
	return known, err
}

// unseenStudios are those out of some that could not be looked at of which the bot itself knows something that stands.
func (s table) unseenStudios(ctx context.Context, some []live.Caster) []op.Item {
	return s.knownItems(ctx, op.Each(some, func(c live.Caster) live.Caster {
		return live.Caster{ID: c.ID, Name: c.Name, Untold: true}
	}), func(live.Caster) op.Line { return op.L("could not be looked at") })
}

// knownItems say of studios what the bot itself knows, beside how they were seen.
func (s table) knownItems(ctx context.Context, some []live.Caster, seen func(live.Caster) op.Line) (items []op.Item) {
	standby, unsettled := s.standbys(ctx), s.unsettled(ctx)
	for _, c := range some {
		facts := append(standby(c, nil), seen(c))
		facts = append(append(facts, s.lockFact(ctx, c)...), unsettled(onStudio(c))...)
		if len(facts) > 1 {
			title := op.Named(onStudio(c), op.Each(some, onStudio))
			items = append(items, op.Item{Mark: airMark(c), Title: title, Facts: facts})
		}
	}
	return items
}

// recall finds the studio that is meant among those that are remembered.
func (s table) recall(ctx context.Context, call op.Call, why error) (live.Caster, error) {
	known, err := s.remembered(ctx, call.Scope)
	if err != nil && len(known) == 0 {
		return live.Caster{}, why
	}
	typed := call.Args["caster"]
	i, err := naming.Studios.Find(typed, studioThings(known))
	switch {
	case err == nil:
		return known[i], nil
	case slices.ContainsFunc(known, func(c live.Caster) bool { return naming.Skeleton(c.Name) == naming.Skeleton(typed) }):
		return live.Caster{}, s.offerSlates(err) // of several it is for people to choose
	}
	return live.Caster{}, s.offerKnown(ctx, call, known, why)
}

// offerSlates adds to the names that may be meant a button for the slate, where the studio may be on air.
func (s table) offerSlates(why error) error {
	refusal, ok := errors.AsType[*op.Refusal](why)
	if !ok || refusal.Field != naming.Studios.Field {
		return why
	}
	offer := *refusal
	offer.Answer.Items = slices.Clone(refusal.Answer.Items)
	for _, k := range s.seen.sightings() {
		i := slices.IndexFunc(offer.Answer.Items, func(item op.Item) bool { return item.ID == k.caster.ID })
		if i >= 0 && (k.caster.OnAir || k.caster.Untold) {
			offer.Answer.Items[i].Next = []op.Next{nextcmd.OnCaster("standby", k.caster.ID)}
		}
	}
	return &offer
}

// offerKnown adds to a look that has failed the studios with the nearest names of which enough is known to go by.
func (s table) offerKnown(ctx context.Context, call op.Call, known []live.Caster, why error) error {
	var all []naming.Thing
	for _, c := range known {
		if seen, _ := s.recallPictures(ctx, call, c); seen[programSeen] != "" {
			all = append(all, naming.Thing{ID: c.ID, Name: c.Name})
		}
	}
	refusal, ok := errors.AsType[*op.Refusal](why)
	if !ok || len(all) == 0 {
		return why
	}
	near, offer := naming.Nearest(call.Args["caster"], all), *refusal
	offer.Answer.Lines = append(slices.Clone(refusal.Answer.Lines), op.L("The nearest names that are known from before:"))
	offer.Answer.Items = naming.Items(near, all)
	for i, t := range near {
		offer.Answer.Items[i].Next = []op.Next{nextcmd.OnCaster("standby", t.ID)}
	}
	return &offer
}

// recallPictures gives what was seen in a studio last, and how old the oldest of that is: by this process, else before
// the last operation that looked at its scenes. When the studio was changed is not among it: that may have passed.
func (s table) recallPictures(ctx context.Context, call op.Call, c live.Caster) (seen map[string]string, at time.Time) {
	for _, k := range s.seen.sightings() {
		if k.caster.ID == c.ID && tally.Program(k.scenes).ID != "" {
			seen = s.pictures(ctx, c, live.Scene{}, k.scenes)
			delete(seen, baseline.ModifiedAt)
			if k.at.Before(k.scenesAt) {
				return seen, k.at
			}
			return seen, k.scenesAt
		}
	}
	list, _, _ := s.records.History(ctx, op.Past{Target: onStudio(c), Most: lately})
	for _, o := range list {
		then := o.Created
		if known, ok := baseline.Of(o.Plan.Seen, baseline.LookedAt); ok { // it could not look itself
			then = known[baseline.LookedAt]
		}
		if o.Plan.Seen[programSeen] != "" && then.After(at) {
			seen, at = map[string]string{programSeen: o.Plan.Seen[programSeen]}, then
		}
	}
	return seen, at
}
