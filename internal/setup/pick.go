package setup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"casterbot/internal/op"
)

// choice is one thing that can be picked: by its number in the list, its name, one of its other names or its id.
type choice struct {
	id    string
	name  string   // for people, and the comment in the file
	other []string // names that mean it too
	note  string   // in the list
}

// label is its name in one line. Others give names: nothing in it may hide something, or end the line.
func (c choice) label() string { return op.Visible(strings.Join(strings.Fields(c.name), " ")) }

func (c choice) called(text string) bool {
	return c.id == text || slices.ContainsFunc(append([]string{c.name}, c.other...), func(name string) bool {
		return strings.EqualFold(strings.TrimLeft(name, "@#"), strings.TrimLeft(text, "@#"))
	})
}

// picker asks for some of a list.
type picker struct {
	what     string // "channel"
	question string
	flag     string
	hint     string // what to do when it is not in the list
	list     []choice
	fallback string                                      // what an empty line means
	none     bool                                        // nothing is an answer
	quiet    bool                                        // the list was shown
	free     func(text string) (choice, error)           // takes what is not in the list; nil: nothing is
	again    func(ctx context.Context) ([]choice, error) // makes the list anew; nil: it does not change
}

const mostShown = 30

// pick gives what was given by the flag, or asks until the answer means something.
func (r *run) pick(ctx context.Context, p picker, given string) ([]choice, error) {
	if given != "" || !r.t.asks() {
		return p.given(cmp.Or(given, p.fallback))
	}
	if !p.quiet {
		p.show(r.t)
	}
	for {
		text, err := r.t.ask(ctx, "  "+p.question, p.fallback)
		if err != nil {
			return nil, err
		}
		found, err := p.read(text)
		if p.again != nil && (err != nil || len(found) == 0) {
			if p.list, err = p.again(ctx); err != nil {
				return nil, err
			}
			found, err = p.read(text)
		}
		switch {
		case err != nil:
			r.t.wrong("%s", err)
		case len(found) == 0 && !p.none:
			r.t.wrong("name at least one %s", p.what)
			p.show(r.t)
		default:
			return found, nil
		}
	}
}

// given reads what stands in the flag, where nobody can be asked.
func (p picker) given(text string) ([]choice, error) {
	found, err := p.read(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", p.flag, err)
	case len(found) == 0 && !p.none:
		return nil, silentError("the "+p.what, p.flag)
	}
	return found, nil
}

func (p picker) show(t *terminal) {
	wide := 0
	for _, c := range p.list[:min(mostShown, len(p.list))] {
		wide = min(max(wide, utf8.RuneCountInString(c.label())), 44)
	}
	for i, c := range p.list {
		if i == mostShown {
			t.say("    … and %d more, by name", len(p.list)-mostShown)
			return
		}
		t.say("    %2d  %s", i+1, strings.TrimRight(fmt.Sprintf("%-*s  %s", wide, c.label(), c.note), " "))
	}
}

// read finds each part of an answer in the list. Numbers may stand without commas.
func (p picker) read(text string) ([]choice, error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
	if numbers := strings.Fields(text); !slices.ContainsFunc(numbers, func(s string) bool { return !digits(s) }) {
		parts = numbers
	}
	var all []choice
	for _, part := range parts {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		c, err := p.find(part)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(other choice) bool { return other.id == c.id }) {
			all = append(all, c)
		}
	}
	return all, nil
}

func digits(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

func (p picker) find(text string) (choice, error) {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(p.list) {
		return p.list[n-1], nil
	}
	var found []choice
	for _, c := range p.list {
		if c.called(text) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		ids := op.Each(found, func(c choice) string { return c.id })
		return choice{}, fmt.Errorf("there are %d of the name %q: give the number or the ID, one of %s", len(found), text,
			strings.Join(ids, ", "))
	case p.free != nil:
		return p.free(text)
	}
	return choice{}, p.unknown(text)
}

// unknown says that there is no such thing, which one was likely meant, and what to do.
func (p picker) unknown(text string) error {
	hint := ""
	if p.hint != "" {
		hint = " (" + p.hint + ")"
	}
	names := op.Each(p.list, func(c choice) string { return c.name })
	if len(names) == 0 {
		return fmt.Errorf("there is no %s %q, and none to choose from%s", p.what, text, hint)
	}
	near, edits := op.Nearest(names, func(name string) int {
		return op.Distance(strings.ToLower(strings.TrimLeft(text, "@#")), strings.ToLower(strings.TrimLeft(name, "@#")))
	})
	if edits <= max(2, len(text)/3) {
		return fmt.Errorf("there is no %s %q: did you mean %s?%s", p.what, text, near, hint)
	}
	shown := strings.Join(names[:min(8, len(names))], ", ")
	if len(names) > 8 {
		shown += ", …"
	}
	return fmt.Errorf("there is no %s %q: there are %s%s", p.what, text, shown, hint)
}
