package op

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// MostAtOnce is how many operations one press may start.
const MostAtOnce = 50

// AllWord stands for everything of the kind that the channel may touch.
const AllWord = "all"

// Several says that a command may be given several targets: one card, one press, and one operation for each. The words
// are those of its card; the number of targets comes between the two of the title, and in place of {}.
type Several struct {
	Of     string  // the placeholder that may be given several times, as globs or as AllWord; the only one of the usage
	Title  [2]Text // "Start recording of ", " streams"
	Button Text    // "Start {} recordings"
	Done   Text    // "Recording started on ", then how many of how many
	Next   string  // usage of what can be done next with those that succeeded; may be empty
	Label  Text    // of the button for that: "Pause {} recordings"
	One    Text    // of that button when there is one only
}

// Part is one of several targets of an operation: what would be done to it, and by which decision.
type Part struct {
	Plan     Plan     `json:"plan"`
	Decision Decision `json:"decision"`
}

// Shown is the usage as people read it: what may be given several times has dots.
func (c Command) Shown() string {
	if c.Many == nil {
		return Readable(c.Usage)
	}
	return Readable(strings.Replace(c.Usage, "{"+c.Many.Of+"}", "{"+c.Many.Of+"…}", 1))
}

// shownPlaces are the words of placeholders that people know under another one.
var shownPlaces = map[string]string{"caster": "studio", "switch": "on/off", "verb": "command", "why": "reason"}

var placeholder = regexp.MustCompile(`\{(\w+)(…?)(\??)\}`)

// Readable is a usage as people read it: "caster take <studio> <scene>", "caster list [text]".
func Readable(usage string) string {
	return placeholder.ReplaceAllStringFunc(usage, func(place string) string {
		p := placeholder.FindStringSubmatch(place)
		name := cmp.Or(shownPlaces[p[1]], p[1]) + p[2]
		if p[3] != "" {
			return "[" + name + "]"
		}
		return "<" + name + ">"
	})
}

// IsSeveral reports an operation that stands for one operation each of its parts. It calls nothing itself.
func (o Operation) IsSeveral() bool { return len(o.Plan.Parts) > 0 }

// IsGlob reports a text with a wildcard.
func IsGlob(text string) bool { return strings.ContainsRune(text, '*') }

// strictness orders confirmations.
var strictness = map[Confirm]int{ConfirmNone: 1, ConfirmSelf: 2, ConfirmOther: 3}

// Strictest is the decision that covers all of them: the first refusal, else the confirmation that asks for most, by
// those who may approve every one of them, within the shortest time. Approvers is empty when nobody is named for all.
func Strictest(all []Decision) Decision {
	d := all[0]
	for _, next := range all[1:] {
		if !d.Allowed {
			return d
		}
		d = stricter(d, next)
	}
	return d
}

func stricter(d, next Decision) Decision {
	if !next.Allowed {
		return next
	}
	approvers, rule := d.Approvers, d.Rule
	if d.Confirm == ConfirmOther && next.Confirm == ConfirmOther {
		approvers = slices.DeleteFunc(slices.Clone(d.Approvers), func(id string) bool {
			return !slices.Contains(next.Approvers, id)
		})
		d.External, d.Guests = d.External && next.External, d.Guests && next.Guests
	}
	if next.Rule != d.Rule && !slices.Contains(strings.Split(d.Rule, ", "), next.Rule) {
		rule = d.Rule + ", " + next.Rule
	}
	expires := d.Expires
	if next.Expires > 0 && (expires <= 0 || next.Expires < expires) {
		expires = next.Expires
	}
	if strictness[next.Confirm] > strictness[d.Confirm] {
		d, approvers = next, next.Approvers
	}
	d.Approvers, d.Rule, d.Expires = approvers, rule, expires
	return d
}

// Tally counts the members of an operation by what has become of them.
type Tally struct {
	Done    int // of them Already were so before, Checked of the others were seen by a look, and Over have ended since
	Already int
	Checked int
	Over    int
	Not     int // nothing was done
	Lost    int // they came out of a backup: nobody will know
	Unknown int // to be settled
	Open    int // still going on
}

// Tallied counts members.
func Tallied(members []Operation) Tally {
	t := Tally{}
	for _, m := range members {
		t.count(m)
	}
	return t
}

func (t *Tally) count(m Operation) {
	out := Outcome{}
	if m.Outcome != nil {
		out = *m.Outcome
	}
	switch {
	case m.State == Succeeded || out.Already:
		t.Done++
		if out.Already {
			t.Already++
		}
		if out.Checked && !out.Already && !out.Ended() {
			t.Checked++
		}
		if out.Ended() {
			t.Over++
		}
	case m.State == Unknown:
		t.Unknown++
	case m.State == Expired && len(out.Text) > 0: // it ended for another reason than time
		t.Lost++
	case m.State.Final():
		t.Not++
	default:
		t.Open++
	}
}

// State is that of the whole: running as long as one goes on, unknown as long as one is, succeeded when one of them
// has.
func (t Tally) State() State {
	switch {
	case t.Open > 0 || t == (Tally{}):
		return Running
	case t.Unknown > 0:
		return Unknown
	case t.Done > 0:
		return Succeeded
	}
	return Failed
}

// Named is the name of a target, with the end of its id behind it where another one of all is called the same.
func Named(t Target, all []Target) Line {
	for _, other := range all {
		if other.Name == t.Name && other.ID != t.ID {
			return L(B(t.Name), " ", Code(ShortID(t.ID, Each(all, func(t Target) string { return t.ID }))))
		}
	}
	return L(B(t.Name))
}
