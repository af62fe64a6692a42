package i18n

import "casterbot/internal/op"

// Lines gives lines in a language.
func (w *Words) Lines(language string, lines []op.Line) []op.Line {
	if _, ok := w.into(language); !ok || lines == nil {
		return lines
	}
	out := make([]op.Line, len(lines))
	for i, l := range lines {
		out[i] = w.Line(language, l)
	}
	return out
}

// Answer gives an answer in a language; what its buttons say as commands stays.
func (w *Words) Answer(language string, a op.Answer) op.Answer {
	if _, ok := w.into(language); !ok {
		return a
	}
	a.Title, a.Note = w.Line(language, a.Title), w.Line(language, a.Note)
	a.Lines, a.Next = w.Lines(language, a.Lines), w.nexts(language, a.Next)
	items := make([]op.Item, len(a.Items))
	for i, item := range a.Items {
		item.Title, item.Facts, item.Next = w.Line(language, item.Title), w.Lines(language, item.Facts), w.nexts(language, item.Next)
		items[i] = item
	}
	a.Items = items
	if a.Pick != nil {
		pick := *a.Pick
		pick.Label = w.Text(language, pick.Label)
		a.Pick = &pick
	}
	return a
}

func (w *Words) nexts(language string, next []op.Next) []op.Next {
	out := make([]op.Next, len(next))
	for i, n := range next {
		n.Label = w.Text(language, n.Label)
		out[i] = n
	}
	return out
}

// Form gives the questions of a form in a language. Its options are names.
func (w *Words) Form(language string, f op.Form) op.Form {
	if _, ok := w.into(language); !ok {
		return f
	}
	f.Button, f.Note, f.Problem = w.Text(language, f.Button), w.Line(language, f.Note), w.Line(language, f.Problem)
	fields := make([]op.Field, len(f.Fields))
	for i, field := range f.Fields {
		field.Label, field.Hint = w.Text(language, field.Label), w.Text(language, field.Hint)
		fields[i] = field
	}
	f.Fields = fields
	return f
}
