package i18n

import "casterbot/internal/op"

// Lines gives lines in a language.
func (w *Words) Lines(language string, lines []op.Line) []op.Line {
	if _, ok := w.into(language); !ok || lines == nil {
		return lines
	}
	return each(lines, func(l op.Line) op.Line { return w.Line(language, l) })
}

// each gives a list of what becomes of the members of another.
func each[T any](list []T, become func(T) T) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = become(v)
	}
	return out
}

// Answer gives an answer in a language; what its buttons say as commands stays.
func (w *Words) Answer(language string, a op.Answer) op.Answer {
	if _, ok := w.into(language); !ok {
		return a
	}
	a = a.Each(func(l op.Line) op.Line { return w.Line(language, l) })
	a.Next = w.nexts(language, a.Next)
	for i := range a.Items {
		a.Items[i].Next = w.nexts(language, a.Items[i].Next)
	}
	if a.Pick != nil {
		pick := *a.Pick
		pick.Label = w.Text(language, pick.Label)
		a.Pick = &pick
	}
	return a
}

func (w *Words) nexts(language string, next []op.Next) []op.Next {
	return each(next, func(n op.Next) op.Next {
		n.Label = w.Text(language, n.Label)
		return n
	})
}

// Form gives the questions of a form in a language. Its options are names.
func (w *Words) Form(language string, f op.Form) op.Form {
	if _, ok := w.into(language); !ok {
		return f
	}
	f.Button, f.Note, f.Problem = w.Text(language, f.Button), w.Line(language, f.Note), w.Line(language, f.Problem)
	f.Fields = each(f.Fields, func(field op.Field) op.Field {
		field.Label, field.Hint = w.Text(language, field.Label), w.Text(language, field.Hint)
		return field
	})
	return f
}
