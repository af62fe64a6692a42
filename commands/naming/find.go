package naming

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/civiltime"
	"casterbot/internal/op"
)

// Thing is one of those that a word may mean.
type Thing struct {
	ID   string
	Name string
	Note op.Text // "on air"; shown beside it
}

// Noun is how a kind of things is called in refusals. Its find is the one rule by which words become ids.
type Noun struct {
	Field string  // placeholder
	one   op.Text // "studio"
	many  op.Text
	where op.Text // "in this channel"
}

var (
	Studios = Noun{Field: "caster", one: "studio", many: "studios", where: "in this channel"}
	Streams = Noun{Field: "stream", one: "stream", many: "streams", where: "in this channel"}
	Scenes  = Noun{Field: "scene", one: "scene", many: "scenes", where: "in this studio"}
)

// Find gives the index of the one thing that was meant. An id always wins; a name counts when no other looks like it
// and it shows what it is, or was typed with exactly its characters. Anything else is a refusal that lists the
// candidates: the beginning of a name is a question, not an answer.
func (n Noun) Find(typed string, all []Thing) (int, error) {
	if i := slices.IndexFunc(all, func(t Thing) bool { return t.ID == typed }); i >= 0 {
		return i, nil
	}
	wanted := Skeleton(typed)
	var alike []int
	for i, t := range all {
		if t.Name == typed || Skeleton(t.Name) == wanted || strings.EqualFold(t.ID, typed) {
			alike = append(alike, i)
		}
	}
	if len(alike) == 0 {
		return n.short(typed, all)
	}
	only := all[alike[0]]
	exact := strings.EqualFold(only.ID, typed) || only.Name == typed && typed != "" ||
		Fold(only.Name) == Fold(typed) && !Deceptive(only.Name)
	if len(alike) == 1 && exact {
		return alike[0], nil
	}
	return 0, n.unclear(typed, all, alike)
}

// short gives the index of the one thing that a cut id means, as it is shown where a name is not enough.
func (n Noun) short(typed string, all []Thing) (int, error) {
	var meant []int
	for i, t := range all {
		if op.ShortOf(typed, t.ID) {
			meant = append(meant, i)
		}
	}
	switch len(meant) {
	case 0:
		return 0, n.Unknown(typed, all)
	case 1:
		return meant[0], nil
	}
	return 0, n.unclear(typed, all, meant)
}

// concealed says that what was typed holds a character that cannot be seen.
func concealed(typed string) []op.Line {
	at := op.Hidden(typed)
	if at < 0 {
		return nil
	}
	return []op.Line{op.L("There is an invisible character here (", op.V(fmt.Sprintf("U+%04X", []rune(typed)[at])),
		"). Type the text anew instead of pasting it.")}
}

func (n Noun) unclear(typed string, all []Thing, alike []int) error {
	title := op.L("More than one ", n.one, " could be meant by ", op.B(op.Visible(typed)), ".")
	if len(alike) == 1 {
		title = op.L("A ", n.one, " looks like ", op.B(op.Visible(typed)), " but is written with other characters.")
	}
	lines := append(concealed(typed), op.L("Give the id of the one you mean, as it stands here."))
	refusal := op.Refuse(title, lines...).About(n.Field).InShort(op.L("unclear name"))
	ids := idsOf(all)
	refusal.Answer.Items = op.Each(alike, func(i int) op.Item { return all[i].item(op.ShortID(all[i].ID, ids)) })
	return refusal
}

func (n Noun) Unknown(typed string, all []Thing) error {
	if civiltime.Scheduled(typed) {
		return unscheduled(typed)
	}
	refusal := op.Refuse(op.L("There is no ", n.one, " ", op.B(op.Visible(typed)), " ", n.where,
		".")).About(n.Field).InShort(op.L("unknown name"))
	near := Nearest(typed, all)
	if len(near) == 0 {
		refusal.Field = ""
		refusal.Answer.Lines = []op.Line{op.L("There are no ", n.many, " ", n.where, ".")}
		return refusal
	}
	refusal.Answer.Lines = append(concealed(typed), op.L("The nearest names:"))
	refusal.Answer.Items = Items(near, all)
	return refusal
}

// unscheduled refuses a name with a time behind it.
func unscheduled(typed string) *op.Refusal {
	return op.Refuse(op.L(op.B(op.Visible(typed)), ": nothing can be scheduled yet. Nothing was asked for."),
		op.L("Ask without a time, when the time has come.")).InShort(op.L("nothing can be scheduled yet"))
}

// Items show some of all: each by its name, and by the end of its id where another one is called like it.
func Items(some, all []Thing) []op.Item {
	doubles, ids := doubles(all), idsOf(all)
	return op.Each(some, func(t Thing) op.Item {
		if doubles(t.Name) {
			return t.item(op.ShortID(t.ID, ids))
		}
		return t.item("")
	})
}

// doubles tells of which names there are several that look alike.
func doubles(all []Thing) func(name string) bool {
	seen := map[string]int{}
	for _, t := range all {
		seen[Skeleton(t.Name)]++
	}
	return func(name string) bool { return seen[Skeleton(name)] > 1 }
}

func idsOf(all []Thing) []string { return op.Each(all, func(t Thing) string { return t.ID }) }

// Item shows a candidate that is typed by its id.
func (t Thing) Item() op.Item { return t.item(t.ID) }

// item shows a candidate: its name, its id as far as it is needed, and what is known of it.
func (t Thing) item(id string) op.Item {
	item := op.Item{Title: op.L(op.B(op.Visible(t.Name)))}
	if id != "" {
		item.Title = op.L(item.Title, " ", op.Code(id))
	}
	if t.Note != "" {
		item.Facts = []op.Line{op.L(t.Note)}
	}
	return item
}

// maxNear is how many names are offered for one that was misspelt.
const maxNear = 5

// Nearest gives the things whose names are closest: those that hold the text first, then by edits.
func Nearest(typed string, all []Thing) []Thing {
	text := Fold(typed)
	distance := func(t Thing) int {
		name := Fold(t.Name)
		switch {
		case text != "" && strings.HasPrefix(name, text):
			return -2
		case text != "" && strings.Contains(name, text):
			return -1
		}
		return op.Distance(text, name)
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Thing) int { return cmp.Compare(distance(a), distance(b)) })
	return sorted[:min(maxNear, len(sorted))]
}
