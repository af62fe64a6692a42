package monitor

import (
	"cmp"
	"strings"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/records"
)

// The words of the guardian. Everything that it says names what was seen, and when.

func studioNext(label op.Text, usage, id string) op.Next {
	return op.Next{Label: string(label), Text: grammar.Format(usage, op.Args{"caster": id})}
}

func streamNext(label op.Text, usage, path string) op.Next {
	return op.Next{Label: string(label), Text: grammar.Format(usage, op.Args{"stream": path})}
}

func label(x expectation) op.Span { return op.B(cmp.Or(x.target.Name, streamOf(x.target.ID).Name)) }

// byHand adds who had started what is watched, if it was started through the bot.
func byHand(lines []op.Line, words op.Text, x expectation) []op.Line {
	if x.since.IsZero() {
		return lines
	}
	return append(lines, op.L(words, op.At(x.since), " by ", op.Who(x.asker), "."))
}

// brokeAlert names the cause, which stays; how it stands now changes below it.
func brokeAlert(x expectation, on *live.Online, m live.Content) op.Answer {
	a := op.Answer{
		Title: op.L("🔴 Recording of ", label(x), " ended", op.Told(" at ", op.At, m.To), ": its stream broke off."),
		Next:  []op.Next{streamNext("Status", "record status {stream}", x.target.ID)},
	}
	switch {
	case on != nil:
		a.Lines = []op.Line{op.L("It has been live again since ", op.At(on.Since), " and is ", op.Strong("NOT"),
			" being recorded, as far as the cloud shows.")}
		a.Next = append([]op.Next{streamNext("Start recording", "record start {stream}", x.target.ID)}, a.Next...)
	case x.since.IsZero():
		a.Lines = []op.Line{op.L("It is not live. If it is recorded automatically, that goes on when it is back. This alert will say so.")}
	default:
		a.Lines = []op.Line{op.L("It is not live. The recording does not go on by itself. This alert will say when it is back.")}
	}
	a.Lines = byHand(a.Lines, "It was started ", x)
	return a
}

func stoppedAlert(c live.Caster, x expectation, v observation, doubt op.Operation, now time.Time) op.Answer {
	seen := op.L("Seen idle at ", op.At(now), ".")
	if v.Gone > 0 {
		seen = op.L("Seen on air at ", op.At(moment(v.Before)), ", idle at ", op.At(moment(v.Gone)), ".")
	}
	title, lines := op.L("🔴 Studio ", op.B(c.Name), " went off air. It was not done through casterbot."),
		[]op.Line{seen}
	if doubt.ID != "" {
		title, lines = op.L("🔴 Studio ", op.B(c.Name), " went off air. It is not known whether through casterbot."),
			append(lines, doubted(doubt))
	}
	return op.Answer{
		Title: title,
		Lines: byHand(v.GoneBy.names(lines), "It was started ", x),
		Next: []op.Next{studioNext("Start studio", "caster start {caster}", c.ID),
			studioNext("Show studio", "caster show {caster}", c.ID)},
	}
}

// notBackAlert is said of a studio that has been off air since the bot restarted it.
func notBackAlert(c live.Caster, restart records.Change, now time.Time) op.Answer {
	return op.Answer{
		Title: op.L("🔴 Studio ", op.B(c.Name), " has not come back since the restart of ", op.Who(restart.Requester),
			" (op ", op.V(restart.Ref()), ")."),
		Lines: []op.Line{op.L("Restarted at ", op.At(restart.Sent), ", seen idle at ", op.At(now), ".")},
		Next: []op.Next{studioNext("Start studio", "caster start {caster}", c.ID),
			studioNext("Show studio", "caster show {caster}", c.ID)},
	}
}

// goneAlert is said of a studio that was on air and is not listed any more. It says the same at every look.
func goneAlert(c live.Caster, x expectation, v observation, doubt op.Operation, _ time.Time) op.Answer {
	seen := op.L("It is not listed any more.")
	if v.Gone > 0 {
		seen = op.L("It is not listed any more. Last seen on air at ", op.At(moment(v.Before)), ".")
	}
	title, lines := op.L("🔴 Studio ", op.B(c.Name), " is gone. It was not done through casterbot."), []op.Line{seen}
	if doubt.ID != "" {
		title, lines = op.L("🔴 Studio ", op.B(c.Name), " is gone. It is not known whether through casterbot."),
			append(lines, doubted(doubt))
	}
	return op.Answer{Title: title, Lines: byHand(v.GoneBy.names(lines), "It was started ", x),
		Next: []op.Next{{Label: "Show studios", Text: "caster list"}}}
}

// doubted names an operation that may have done what is seen.
func doubted(o op.Operation) op.Line {
	return op.L("Nobody knows what became of op ", op.V(o.Ref()), ", which ", op.Who(o.Requester),
		" asked for: this may be its doing.")
}

// changes words how a studio was changed, and by what it would have been through the bot.
var changes = map[change]struct {
	words, perhaps op.Text
	by             effect
}{
	putOn: {" was put on air. It was not done through casterbot.",
		" was put on air. It is not known whether through casterbot.",
		starting(studio)},
	restarted: {" was restarted. It was not done through casterbot.",
		" was restarted. It is not known whether through casterbot.",
		starting(studio)},
	edited: {" was changed. It was not done through casterbot.",
		" was changed. It is not known whether through casterbot.", anything},
}

func changedAlert(c live.Caster, v observation, d history, target op.Target) op.Answer {
	if v.Changed == 0 {
		return op.Answer{}
	}
	how := changes[v.What]
	seen := op.L("First seen at ", op.At(moment(v.Changed)), ".")
	if v.Then > 0 {
		seen = op.L(seen, " The cloud says that it was last changed at ", op.At(moment(v.Then)), ".")
	}
	title, lines := op.L("Studio ", op.B(c.Name), how.words), []op.Line{seen}
	if doubt := d.unresolved(target, how.by); doubt.ID != "" {
		title, lines = op.L("Studio ", op.B(c.Name), how.perhaps), append(lines, doubted(doubt))
	}
	if v.Itself {
		title, lines = op.L("Studio ", op.B(c.Name), how.perhaps), append(lines,
			op.L("It switches to its standby slate by itself when its input fails: that may be it. Check the programme."))
	}
	return op.Answer{
		Mark: op.MarkUnknown, Title: title, Lines: v.ChangedBy.names(lines),
		Next: []op.Next{studioNext("Show studio", "caster show {caster}", c.ID)},
	}
}

// settledAlert is what an alert about a change becomes: it is not mended, but nobody is called for it any more.
func settledAlert(c live.Caster, now time.Time) op.Answer {
	return op.Answer{Mark: op.MarkNeutral, Title: op.L("Over at ", op.At(now), ": studio ", op.B(c.Name),
		" was changed more than ", op.For(previewOpen), " before.")}
}

// againAlert is what an alert about a change becomes when another one is told.
func againAlert(c live.Caster, now time.Time) op.Answer {
	return op.Answer{Mark: op.MarkNeutral, Title: op.L("Over at ", op.At(now), ": studio ", op.B(c.Name),
		" was changed again since. That is an alert of its own.")}
}

func openAlert(c live.Caster, scene live.Scene, x expectation, now time.Time) op.Answer {
	next := grammar.Format("caster scene stop {caster} {scene}", op.Args{"caster": c.ID, "scene": scene.ID})
	return op.Answer{
		Mark: op.MarkPreview,
		Title: op.L("PREVIEW of ", op.B(c.Name), " / ", op.B(scene.Name), " has been open for over ",
			op.For(now.Sub(x.since).Truncate(time.Minute)), ". Is it still needed?"),
		Lines: byHand(nil, "It was opened ", x),
		Next:  []op.Next{{Label: "Close preview", Text: next}},
	}
}

func stillAlert(c live.Caster, e op.Operation, unlooked bool, now time.Time) op.Answer {
	a := op.Answer{
		Mark: op.MarkProgram,
		Title: op.L("Studio ", op.B(c.Name), " is still on air, over ", op.For(now.Sub(e.Sent).Truncate(time.Minute)),
			" after recording of ",
			op.B(e.Plan.Target.Name), " ended."),
		Lines: []op.Line{op.L("The recording was stopped at ", op.At(e.Sent), " by ", op.Who(e.Requester),
			". It is billed while it is on air.")},
		Next: []op.Next{studioNext("Stop studio…", "caster stop {caster}", c.ID),
			studioNext("Show studio", "caster show {caster}", c.ID)},
	}
	if unlooked {
		a.Lines = append(a.Lines, op.L("Whether another stream of this channel is being recorded was not looked at."))
	}
	return a
}

// mended is what an alert becomes.
func mended(now op.Line, at time.Time) op.Answer {
	return op.Answer{Mark: op.MarkOK, Title: op.L("Over at ", op.At(at), ": ", now)}
}

// forgotten is what an alert becomes about something that is not watched any more: it was ended through the bot, or
// else. What ended it says what it was about, by its name in the channel, which is empty where it may not be named:
// nothing else is left of the alert.
func forgotten(by records.Change, name string, at time.Time) op.Answer {
	verb := op.V(strings.ReplaceAll(by.Verb, ".", " "))
	switch {
	case by.ID != "" && by.Removes() && name == "":
		return op.Answer{Mark: op.MarkOK, Title: op.L("Over at ", op.At(at), ": it was deleted through casterbot by ",
			op.Who(by.Requester), " (op ", op.V(by.Ref()), ").")}
	case by.ID != "" && by.Removes():
		return op.Answer{Mark: op.MarkOK, Title: op.L("Over at ", op.At(at), ": ", op.B(name),
			" was deleted through casterbot by ", op.Who(by.Requester), " (op ", op.V(by.Ref()), ").")}
	case by.ID != "" && name == "":
		return op.Answer{Mark: op.MarkOK, Title: op.L("Over at ", op.At(at), ": ", op.Who(by.Requester),
			" has ended it through casterbot (op ", op.V(by.Ref()), "): ", verb, ".")}
	case by.ID != "":
		return op.Answer{Mark: op.MarkOK, Title: op.L("Over at ", op.At(at), ": ", op.Who(by.Requester),
			" has ended it through casterbot (op ", op.V(by.Ref()), "): ", verb, " on ", op.B(name), ".")}
	}
	return op.Answer{
		Mark:  op.MarkNeutral,
		Title: op.L("Over at ", op.At(at), ": it is no longer watched: a day has passed, or this channel may not touch it any more."),
	}
}

// unfollowed is what an alert becomes in a channel that may not be told of it any more.
func unfollowed() op.Answer {
	return op.Answer{Mark: op.MarkNeutral, Title: op.L("This is not followed in this channel any more.")}
}

func studioNow(c live.Caster) op.Line {
	switch {
	case !c.OnAir:
		return op.L("studio ", op.B(c.Name), " is idle.")
	case c.Started.IsZero():
		return op.L("studio ", op.B(c.Name), " is on air.")
	}
	return op.L("studio ", op.B(c.Name), " has been on air since ", op.At(c.Started), ".")
}

func goneNow(c live.Caster) op.Line { return op.L("studio ", op.B(c.Name), " is not listed any more.") }

func closedNow(x expectation, scene live.Scene) op.Line {
	if scene.Name == x.scene { // its name is not known
		return op.L("that PREVIEW of ", op.B(x.target.Name), " is closed.")
	}
	return op.L("PREVIEW of ", op.B(x.target.Name), " / ", op.B(scene.Name), " is closed.")
}

func streamNow(x expectation, on *live.Online, m live.Content) op.Line {
	if on == nil {
		return op.L(label(x), " is not live.")
	}
	line := op.L(label(x), " has been live since ", op.At(on.Since))
	if m.From.IsZero() {
		return op.L(line, ".")
	}
	if m.To.IsZero() {
		return op.L(line, ", and the cloud lists material of it without an end.")
	}
	return op.L(line, ", and the cloud lists material of it up to ", op.At(m.To), ".")
}
