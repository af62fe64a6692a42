package commands

import (
	"context"
	"slices"
	"strings"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/tally"
)

// maxItems is how many things one answer lists.
const maxItems = 30

func (s table) casterList() op.Command {
	return op.Command{
		Usage:    "caster list {text?}",
		Short:    "The studios of this channel: on air or idle.",
		Examples: []string{"caster list", "caster list evening"},
		Verb:     "caster.list", Effect: op.Read,
		Read: s.readCasters,
	}
}

func (s table) readCasters(ctx context.Context, call op.Call) (op.Answer, error) {
	text := naming.Fold(call.Args["text"])
	fits := func(c live.Caster) bool {
		return strings.Contains(naming.Fold(c.Name), text) || strings.Contains(naming.Fold(c.ID), text)
	}
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return op.Answer{}, failure.Beside(err, func() []op.Item {
			known, _ := s.remembered(ctx, call.Scope)
			known = slices.DeleteFunc(known, func(c live.Caster) bool { return !fits(c) })
			return s.unseenStudios(ctx, known[:min(maxItems, len(known))])
		})
	}
	answer := op.Answer{Mark: op.MarkNeutral}
	onAir := 0
	var found []live.Caster
	for _, c := range all {
		if !fits(c) {
			continue
		}
		if found = append(found, c); c.OnAir {
			onAir++
		}
	}
	shown, rest := op.Cut(found, maxItems)
	answer.Items = s.studioItems(ctx, call.Scope, shown, op.Each(all, onStudio))
	answer.Title = op.L(op.HowMany(len(found), " studio", " studios"), ", ", op.N(onAir), " on air")
	switch {
	case len(all) == 0:
		answer.Title = op.L("There are no studios in this channel.")
	case len(found) == 0:
		answer.Title = op.L("No studio of this channel has ", op.B(op.Visible(call.Args["text"])), " in its name.")
	}
	if len(rest) > 0 {
		idle := op.Counted(op.Each(found[len(shown):], airWord))
		answer.Note = op.L(rest, ": ", idle, ". Narrow the list with ", op.Code("/caster list text"), ".")
	}
	return answer, nil
}

// maxTallies is how many studios of a list are looked into, at two looks each. Those on air come first.
const maxTallies = 6

// studioItems looks into the first of some studios, side by side. Those that nobody looked into say so.
func (s table) studioItems(ctx context.Context, scope op.Scope, shown []live.Caster, all []op.Target) []op.Item {
	standby, unsettled := s.standbys(ctx), s.unsettled(ctx)
	return parallel.Each(shown, func(i int, c live.Caster) op.Item {
		item := s.studioItem(ctx, scope, c, standby, i < maxTallies)
		item.Title = op.Named(onStudio(c), all)
		item.Facts = slices.Insert(item.Facts, len(item.Facts)-1, unsettled(onStudio(c))...) // before its mode
		return item
	})
}

func (s table) studioItem(ctx context.Context, scope op.Scope, c live.Caster, standby standbyLine,
	inside bool) op.Item {
	item := op.Item{
		Mark: airMark(c), Facts: []op.Line{airFact(c)},
		Next: []op.Next{{Label: "Show", Text: "caster show " + c.ID}},
	}
	switch {
	case c.OnAir && inside:
		item.Facts = append(item.Facts, s.inside(ctx, scope, c, standby)...)
	case c.OnAir:
		item.Facts = append(append(item.Facts, standby(c, nil)...),
			op.L("its scenes and recordings were not looked at: press Show"))
	default:
		item.Facts = append(item.Facts, standby(c, nil)...)
	}
	item.Facts = append(item.Facts, s.lockFact(ctx, c)...)
	item.Facts = append(item.Facts, mode(c))
	return item
}

// inside says whether viewers have the standby picture, which scene is on PROGRAM, which are open as PREVIEW and
// whether the programme is being recorded. It is a courtesy: what cannot be seen is said and stops nothing.
func (s table) inside(ctx context.Context, scope op.Scope, c live.Caster, standby standbyLine) []op.Line {
	all, err := s.cloud.Scenes(ctx, c.ID)
	if err != nil {
		return append(standby(c, nil), op.L("its scenes could not be looked at: ", failure.Explain(err).Text))
	}
	facts := standby(c, all)
	program := tally.Program(all)
	if program.ID != "" {
		facts = append(facts, op.L("PROGRAM ", op.B(program.Name)))
	}
	if open := openPreviews(all); len(open) > 0 {
		facts = append(facts, op.L("🟢 PREVIEW ", open))
	}
	if line := s.cut(ctx, scope, c, output{from: program.PlayURL}).recordingLine(); len(line) > 0 {
		facts = append(facts, line)
	}
	return facts
}

// recordingLine says that the programme is being recorded, or that this cannot be seen; nothing otherwise.
func (c outageFacts) recordingLine() op.Line {
	switch {
	case c.err != nil:
		return op.L("whether its programme is being recorded could not be seen")
	case c.name == "":
		return nil
	}
	return op.L("⏺️ as far as the cloud shows, its programme is being recorded as ", op.B(c.name))
}

func airMark(c live.Caster) op.Mark {
	switch {
	case c.OnAir:
		return op.MarkProgram
	case c.Untold:
		return op.MarkUnknown
	}
	return op.MarkIdle
}

// airFact says whether the studio is on air, and since when if the API tells.
func airFact(c live.Caster) op.Line {
	switch {
	case !c.OnAir:
		return op.L(airWord(c))
	case c.Started.IsZero():
		return op.L("on air")
	}
	return op.L("on air since ", op.At(c.Started))
}

// airSentence begins a sentence with that.
func airSentence(c live.Caster) op.Line {
	if c.OnAir && !c.Started.IsZero() {
		return op.L("The studio has been on air since ", op.At(c.Started))
	}
	return op.L("The studio is ", airFact(c))
}

func (s table) casterShow() op.Command {
	return op.Command{
		Usage:    "caster show {caster}",
		Short:    "One studio: its scenes, what is on PROGRAM and what is open as PREVIEW.",
		Examples: []string{`caster show "Evening News"`},
		Verb:     "caster.show", Effect: op.Read,
		Read: s.readCaster,
	}
}

func (s table) readCaster(ctx context.Context, call op.Call) (op.Answer, error) {
	c, look, err := besides(ctx, s, call, s.insideOf(ctx, call))
	if err != nil {
		return op.Answer{}, failure.Beside(err, func() []op.Item {
			known, _ := s.remembered(ctx, call.Scope)
			i, err := naming.Studios.Find(call.Args["caster"], studioThings(known))
			if err != nil {
				return nil
			}
			return s.unseenStudios(ctx, known[i:i+1])
		})
	}
	seen, err := look()
	all, err := inOrder(c, func() ([]live.Scene, error) { return seen.scenes, err })
	if err != nil {
		return op.Answer{}, failure.Beside(err, func() []op.Item { return s.knownItems(ctx, []live.Caster{c}, airFact) })
	}
	answer := op.Answer{
		Mark: airMark(c), Title: op.L(op.B(c.Name), " · ", airFact(c)),
		Lines: append(s.standbys(ctx)(c, all), op.L("Type ", mode(c), " · id ", op.Code(c.ID)), seen.setup()),
		Next:  studioWays(c, all),
	}
	if c.OnAir {
		answer.Lines = append(answer.Lines,
			s.cut(ctx, call.Scope, c, output{from: tally.Program(all).PlayURL}).recordingLine())
	}
	answer.Lines = append(append(answer.Lines, s.lockFact(ctx, c)...), s.unsettled(ctx)(onStudio(c))...)
	scenes := op.Each(all, func(scene live.Scene) op.Target { return op.Target{ID: scene.ID, Name: scene.Name} })
	for _, scene := range all {
		item := sceneItem(c, scene, call.Scope)
		item.Title = op.Named(op.Target{ID: scene.ID, Name: scene.Name}, scenes)
		answer.Items = append(answer.Items, item)
	}
	answer.Items = append(answer.Items, s.lastOn(ctx, call.Scope, c)...)
	return answer, nil
}

// studioWays are what can be done with a studio as a whole.
func studioWays(c live.Caster, all []live.Scene) []op.Next {
	switch {
	case c.Untold && !c.OnAir:
		return []op.Next{nextcmd.OnCaster("standby", c.ID)}
	case !c.OnAir:
		return []op.Next{nextcmd.OnCaster("start", c.ID), nextcmd.OnCaster("copy", c.ID)}
	}
	var next []op.Next
	if tally.Program(all).ID != "" {
		next = append(next, nextcmd.OnCaster("standby", c.ID))
	}
	if len(openPreviews(all)) > 0 {
		next = append(next, op.Next{Label: "Close preview…", Text: nextcmd.OnCaster("close", c.ID).Text})
	}
	if restartable(c) == nil {
		next = append(next, nextcmd.OnCaster("restart", c.ID))
	}
	return append(next, nextcmd.OnCaster("stop", c.ID), nextcmd.OnCaster("copy", c.ID))
}

// modeWords are the types of studios.
var modeWords = map[live.Mode]op.Text{
	live.ModeGeneral: "general", live.ModeLightweight: "lightweight", live.ModeVirtual: "virtual",
	live.ModePlaylist: "playlist",
}

func mode(c live.Caster) op.Line {
	if word, ok := modeWords[c.Mode]; ok {
		return op.L(word)
	}
	return op.L(op.V(c.Mode.String()))
}

// setup tells how the studio is set up; that it cannot be read is no reason to show nothing.
func (i inside) setup() op.Line {
	if i.unset != nil {
		return op.L("Its settings could not be read: ", failure.Explain(i.unset).Text, ".")
	}
	config := i.config
	line := op.L("No domain")
	if config.Domain != "" {
		line = op.L("Domain ", op.Code(config.Domain))
	}
	if config.Delay > 0 {
		line = op.L(line, " · delay ", op.For(config.Delay))
	}
	if config.Recorded {
		line = op.L(line, " · recording configured")
	}
	if config.Standby && config.AutoStandby {
		return op.L(line, " · standby slate configured, shown automatically when the input fails")
	}
	if config.Standby {
		return op.L(line, " · standby slate configured")
	}
	return op.L(line, " · standby slate not configured")
}

// sceneItem shows a scene with its tally and the one thing that is most often done next: open it, then take it.
func sceneItem(c live.Caster, scene live.Scene, scope op.Scope) op.Item {
	item := op.Item{Mark: op.MarkIdle, Facts: []op.Line{op.L(sceneWord(scene))}}
	switch {
	case scene.Untold:
		item.Mark = op.MarkUnknown
	case scene.Program && scene.Open && c.OnAir:
		item.Mark = op.MarkProgram
	case scene.Program:
	case scene.Open:
		item.Mark, item.Next = op.MarkPreview, []op.Next{nextcmd.OnScene("take", c.ID, scene.ID)}
	case c.OnAir:
		item.Next = []op.Next{nextcmd.OnScene("open", c.ID, scene.ID)}
	}
	if address := played("", scope, scene); len(address) > 0 && scene.Open {
		item.Facts = append(item.Facts, address)
	}
	return item
}
