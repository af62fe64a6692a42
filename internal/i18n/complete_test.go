package i18n

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// said is a line of the program as far as it can be known without running it: pieces between parts that come from
// elsewhere.
type said struct {
	at     string
	pieces []op.Line
}

// reader collects what a package says to people.
type reader struct {
	source
	lines    []said
	problems []string
	inner    map[ast.Node]bool // calls of op.L that stand in another one
}

func (r *reader) at(n ast.Node) string {
	p := r.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func (r *reader) bad(n ast.Node, format string, args ...any) {
	r.problems = append(r.problems, r.at(n)+": "+fmt.Sprintf(format, args...))
}

// opType names a type of internal/op: "Line"; empty for all others.
func opType(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "casterbot/internal/op" {
		return ""
	}
	return named.Obj().Name()
}

// opFunc names a function of internal/op that is called: "L".
func (r *reader) opFunc(call *ast.CallExpr) string {
	id, ok := call.Fun.(*ast.Ident)
	if selector, is := call.Fun.(*ast.SelectorExpr); is {
		id, ok = selector.Sel, true
	}
	if !ok {
		return ""
	}
	f, ok := r.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "casterbot/internal/op" || f.Signature().Recv() != nil {
		return ""
	}
	return f.Name()
}

// text gives the value of a constant.
func (r *reader) text(e ast.Expr) (string, bool) {
	v := r.info.Types[e].Value
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}

// fixedFields are texts for people that are fields of strings.
var fixedFields = map[string]string{
	"Next": "Label", "Field": "Label Hint", "Kind": "Label Hint", "Command": "Short NoVerify", "Plan": "Button",
	"Form": "Button", "Pick": "Label",
}

func (r *reader) field(typ, name string) bool {
	for f := range strings.FieldsSeq(fixedFields[typ]) {
		if f == name {
			return true
		}
	}
	return false
}

// part adds an argument of op.L.
func (r *reader) part(s *said, e ast.Expr) {
	add := func(span op.Span) {
		last := len(s.pieces) - 1
		s.pieces[last] = append(s.pieces[last], span)
	}
	other := func() { s.pieces = append(s.pieces, nil) }
	if p, ok := e.(*ast.ParenExpr); ok {
		e = p.X
	}
	if text, ok := r.text(e); ok {
		add(op.Span{Text: text})
		return
	}
	call, _ := e.(*ast.CallExpr)
	switch typ := r.info.Types[e].Type; {
	case typ == nil || typ == types.Typ[types.Invalid]:
		other()
		r.bad(e, "what stands in op.L comes from elsewhere, so it is a value: op.V(%s)", types.ExprString(e))
	case opType(typ) == "Text":
		other()
	case opType(typ) == "Span":
		add(op.V("x"))
	case opType(typ) == "Line" && call != nil && r.opFunc(call) == "L":
		r.inner[call] = true
		for _, arg := range call.Args {
			r.part(s, arg)
		}
	case opType(typ) == "Line":
		other()
	case typ.Underlying().String() == "string":
		other()
		if r.known(e) {
			return
		}
		r.bad(e, "a text that is not constant stands in op.L: %s", types.ExprString(e))
	default:
		other()
	}
}

func (r *reader) fixed(n ast.Node, e ast.Expr) {
	if text, ok := r.text(e); ok && wordy(text) {
		r.lines = append(r.lines, said{at: r.at(n), pieces: []op.Line{op.L(text)}})
	}
}

func (r *reader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		r.call(n)
	case *ast.CompositeLit:
		r.literal(n)
	case *ast.AssignStmt:
		r.assigned(n)
	case ast.Expr:
		if opType(r.info.Types[n].Type) == "Text" {
			r.fixed(n, n)
		}
	}
	return true
}

func (r *reader) call(n *ast.CallExpr) {
	if fun := r.info.Types[n.Fun]; fun.IsType() && opType(fun.Type) == "Text" && !r.known(n.Args[0]) {
		r.bad(n, "it cannot be seen that this is words of the program: %s", types.ExprString(n))
	}
	switch name := r.opFunc(n); name {
	case "L":
		if r.inner[n] {
			return
		}
		s := said{at: r.at(n), pieces: []op.Line{nil}}
		for _, arg := range n.Args {
			r.part(&s, arg)
		}
		r.lines = append(r.lines, s)
	case "V":
		if r.source.path != "internal/op" {
			r.value(n.Args[0])
		}
	case "Link":
		r.fixed(n, n.Args[1])
	case "Message":
		r.fixed(n, n.Args[2])
	}
}

// value: what is put in as a value has no words of the program in it.
func (r *reader) value(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.IndexExpr); ok {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok && r.opFunc(call) == "" && len(call.Args) > 0 {
			if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Sprintf" && sel.Sel.Name != "Sprint" {
				return false // the words of others, or a format of time
			}
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && wordy(lit.Value) {
			r.bad(e, "op.V with words of the program in it: %s", lit.Value)
		}
		return true
	})
}

// known reports whether an expression can only be words of the program: a constant, one of the fields for that, an
// op.Text.
func (r *reader) known(e ast.Expr) bool {
	if _, constant := r.text(e); constant || opType(r.info.Types[e].Type) == "Text" {
		return true
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return r.field(opType(r.info.Types[e.X].Type), e.Sel.Name)
	case *ast.CallExpr: // string(…), or words in the reader's language
		return len(e.Args) == 1 && r.known(e.Args[0])
	}
	return false
}

// assigned is like literal, for fields that are set one by one.
func (r *reader) assigned(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		sel, ok := left.(*ast.SelectorExpr)
		if !ok || len(n.Lhs) != len(n.Rhs) || !r.field(opType(r.info.Types[sel.X].Type), sel.Sel.Name) {
			continue
		}
		if !r.known(n.Rhs[i]) {
			r.bad(n, "%s is not constant: %s", types.ExprString(left), types.ExprString(n.Rhs[i]))
		}
		r.fixed(n, n.Rhs[i])
	}
}

func (r *reader) literal(n *ast.CompositeLit) {
	typ := r.info.Types[n].Type
	if typ == nil {
		return
	}
	name := opType(typ)
	table, _ := typ.Underlying().(*types.Map)
	for _, element := range n.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		// the key may be of a package that is not read
		if lit, ok := pair.Value.(*ast.BasicLit); ok && table != nil && opType(table.Elem()) == "Text" {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				r.lines = append(r.lines, said{at: r.at(lit), pieces: []op.Line{op.L(text)}})
			}
		}
		key, _ := pair.Key.(*ast.Ident)
		if key == nil {
			continue
		}
		switch {
		case r.field(name, key.Name):
			if !r.known(pair.Value) {
				r.bad(pair, "%s.%s is not constant: %s", name, key.Name, types.ExprString(pair.Value))
			}
			r.fixed(pair, pair.Value)
		case name == "Span" && key.Name == "Text" && len(n.Elts) == 1 && r.source.path != "internal/op":
			r.bad(pair, "a span without op.L, op.V …")
		}
	}
}

// sayings reads what the whole tree says to people.
func sayings(t *testing.T) []said {
	t.Helper()
	var all []said
	for _, source := range readTree(t) {
		r := &reader{source: source, inner: map[ast.Node]bool{}}
		for _, file := range source.files {
			ast.Inspect(file, r.visit)
		}
		for _, problem := range r.problems {
			t.Error(problem)
		}
		all = append(all, r.lines...)
	}
	for _, d := range []time.Duration{time.Millisecond, time.Second, time.Minute, 61 * time.Second, time.Hour} {
		all = append(all, said{at: "op.For", pieces: parts(numbers.Split(op.For(d).Text, -1))})
	}
	return all
}

func parts(texts []string) []op.Line {
	lines := make([]op.Line, len(texts))
	for i, text := range texts {
		lines[i] = op.L(text)
	}
	return lines
}

// TestEverythingIsTranslated: a catalogue has every text of the program, and nothing else. Where a text is put together
// while the program runs, its pieces are parts of some key; that the whole is one, the stories show.
func TestEverythingIsTranslated(t *testing.T) {
	all := sayings(t)
	for language, data := range catalogues {
		texts, err := read(data)
		if err != nil {
			t.Fatal(err)
		}
		lacking(t, language, texts, all)
		unused(t, language, texts, all)
	}
}

func lacking(t *testing.T, language string, texts map[string]string, all []said) {
	parts := "\n"
	for key := range texts {
		parts += key + "\n"
	}
	told := map[string]bool{}
	for _, line := range all {
		for _, piece := range line.pieces {
			missed := func(_, key string) {
				if _, whole, _ := trim(keyOf(piece)); !told[whole] && !strings.Contains(parts, key) {
					told[whole] = true
					t.Errorf("%s: %s.yml lacks %q", line.at, language, whole)
				}
			}
			words(texts, missed).Line(English, piece)
		}
	}
}

// unused finds keys that are not made of what the program says.
func unused(t *testing.T, language string, texts map[string]string, all []said) {
	var known []string
	for _, line := range all {
		for _, piece := range line.pieces {
			for _, s := range piece {
				for part := range strings.SplitSeq(s.Text, "{}") { // a label with a number in it
					known = append(known, bare(part))
				}
			}
		}
	}
	slices.Sort(known)
	known = slices.DeleteFunc(slices.Compact(known), func(text string) bool { return text == "" })
	for key := range texts {
		for part := range strings.SplitSeq(key, "{}") {
			if wordy(part) && !covered(bare(part), known) {
				t.Errorf("%s.yml has %q, and the program does not say %q", language, key, part)
			}
		}
	}
}

// bare is a text without spaces and signs.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if around(r) {
			return -1
		}
		return r
	}, text)
}

// covered reports whether a text is a row of known ones.
func covered(text string, known []string) bool {
	reached := make([]bool, len(text)+1)
	reached[0] = true
	for i := range text {
		for _, k := range known {
			if reached[i] && strings.HasPrefix(text[i:], k) {
				reached[i+len(k)] = true
			}
		}
	}
	return reached[len(text)]
}
