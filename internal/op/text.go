package op

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a piece of a line. Exactly one of Person, Group, Channel, At and URL may be set; otherwise it is plain text.
type Span struct {
	Text    string `json:"t,omitempty"` // the text, or the label of a link
	Bold    bool   `json:"b,omitempty"`
	Code    bool   `json:"c,omitempty"`
	Fixed   bool   `json:"f,omitempty"` // bold, but words of the program and no name
	Value   bool   `json:"v,omitempty"` // plain, but no fixed words: a number, a rule, a length of time
	For     int64  `json:"l,omitempty"` // with Value: a length of time in milliseconds, which Text says
	Person  string `json:"p,omitempty"` // user id
	Group   string `json:"g,omitempty"` // user group id
	Channel string `json:"ch,omitempty"`
	Message string `json:"m,omitempty"`   // with Channel: a link to the message with this id; Text is its label
	At      int64  `json:"at,omitempty"`  // a moment in unix milliseconds, shown in the reader's own zone
	Day     bool   `json:"day,omitempty"` // with At: the day alone
	URL     string `json:"u,omitempty"`   // a link; Text is its label
	Keeper  bool   `json:"k,omitempty"`   // with Value: whom to ask about the bot itself, by name where a reader may be told

	DayFirst bool `json:"-"` // with At: in the reader's language the day stands before the time
}

// Line is one line for people. Its text comes from anywhere, so whoever draws it escapes every span.
type Line []Span

// Text is a fixed text of the program, to be put into a line. What people or the cloud have named is none: that is a
// Span.
type Text string

// L makes a line out of texts, spans and lines. A string is a constant. There are hundreds of calls: inlined, they
// would make the program half a megabyte larger.
//
//go:noinline
func L(parts ...any) Line {
	line := make(Line, 0, len(parts))
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			line = append(line, Span{Text: p})
		case Text:
			line = append(line, Span{Text: string(p)})
		case Span:
			line = append(line, p)
		case Line:
			line = append(line, p...)
		}
	}
	return line
}

// B is bold text: names of studios, scenes and streams.
func B(text string) Span { return Span{Text: text, Bold: true} }

// Strong is bold text of the program itself.
func Strong(text Text) Span { return Span{Text: string(text), Bold: true, Fixed: true} }

// Code is text to type or an identifier.
func Code(text string) Span { return Span{Text: text, Code: true} }

// V is a value without styling: a number, a rule, a length of time. Fixed words stand in strings of their own, so that
// lines can be translated by them.
func V(text string) Span { return Span{Text: text, Value: true} }

// N is a number.
func N(n int) Span { return V(strconv.Itoa(n)) }

// For is a length of time: "850 ms", "45 s", "3 min", "1 h 02 min", "4 h".
func For(d time.Duration) Span {
	return Span{Text: length(d), Value: true, For: d.Milliseconds()}
}

func length(d time.Duration) string {
	if d > 0 && d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour && d%time.Minute != 0:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	if d%time.Hour < time.Minute {
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// Who is a person by id.
func Who(id string) Span { return Span{Person: id} }

// People are persons and user groups by id, each as what it is.
func People(ids []string) []Span {
	all := make([]Span, len(ids))
	for i, id := range ids {
		if all[i] = Who(id); strings.HasPrefix(id, "S") {
			all[i] = Group(id)
		}
	}
	return all
}

// Keeper is whoever keeps casterbot: named to one reader where the policy names somebody, and in front of everybody no
// name, which would call them.
func Keeper() Span { return Span{Text: string(keeper), Value: true, Keeper: true} }

const keeper Text = "whoever keeps casterbot"

// Group is a user group by id.
func Group(id string) Span { return Span{Group: id} }

// In is a channel by id.
func In(id string) Span { return Span{Channel: id} }

// Message is a link to a message by channel and id.
func Message(channel, id, label string) Span { return Span{Channel: channel, Message: id, Text: label} }

// At is a moment, shown in the reader's own zone as "18:58:00 today". The day is always there: what is said stays, and
// may be read on another day than it was said.
func At(t time.Time) Span { return Span{At: t.UnixMilli()} }

// Day is the day of a moment, in the reader's own zone.
func Day(t time.Time) Span { return Span{At: t.UnixMilli(), Day: true} }

// Told is a moment after some words, or nothing at all where nobody tells the moment.
func Told(before Text, draw func(time.Time) Span, t time.Time) Line {
	if t.IsZero() {
		return nil
	}
	return L(before, draw(t))
}

// Link is an address with a label.
func Link(url, label string) Span { return Span{URL: url, Text: label} }

// List writes spans or lines behind each other: "a, b or c", with what stands before the last one.
func List[T Span | Line](parts []T, last Text) Line {
	var line Line
	for i, part := range parts {
		switch {
		case i > 0 && i == len(parts)-1:
			line = L(line, last)
		case i > 0:
			line = L(line, ", ")
		}
		line = L(line, part)
	}
	return line
}

// Each makes one of each: spans of names, options of things.
func Each[T, A any](all []T, of func(T) A) []A {
	made := make([]A, len(all))
	for i, one := range all {
		made[i] = of(one)
	}
	return made
}

// Plain gives the line without any styling; times in UTC, people and channels as ids.
func (l Line) Plain() string {
	var b strings.Builder
	for _, s := range l {
		switch {
		case s.Person != "":
			b.WriteString("@" + s.Person)
		case s.Group != "":
			b.WriteString("@" + s.Group)
		case s.Message != "":
			b.WriteString(s.Text)
		case s.Channel != "":
			b.WriteString("#" + s.Channel)
		case s.At != 0 && s.Day:
			b.WriteString(time.UnixMilli(s.At).UTC().Format("2006-01-02"))
		case s.At != 0:
			b.WriteString(time.UnixMilli(s.At).UTC().Format("2006-01-02 15:04:05 UTC"))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Mark is the state of a thing as a colour, a sign and a word; the chat decides which.
type Mark string

// The marks.
const (
	MarkNone      Mark = ""
	MarkProgram   Mark = "program"   // on air
	MarkPreview   Mark = "preview"   // open for the crew
	MarkIdle      Mark = "idle"      // off
	MarkRecording Mark = "recording" // a recording runs
	MarkPaused    Mark = "paused"    // a recording is stopped, the file follows
	MarkOK        Mark = "ok"
	MarkWait      Mark = "wait"
	MarkFailed    Mark = "failed"
	MarkUnknown   Mark = "unknown"
	MarkDenied    Mark = "denied"
	MarkLocked    Mark = "locked" // somebody keeps it for themselves
	MarkNeutral   Mark = "neutral"
)

// Item is one thing in a list: a studio, a scene, a stream, a command.
type Item struct {
	Mark  Mark
	Title Line
	Facts []Line
	Next  []Next // at most one is shown beside the item
	ID    string `json:"-"` // of the thing, for whoever adds a way on
	// on the bot's own page: the operation whose card waits for the reader, with the lines and buttons of that card
	Card *Operation `json:"-"`
}

// Answer is what a person is told in private, or what a read command found.
type Answer struct {
	Mark  Mark
	Title Line
	Lines []Line
	Grid  *Grid
	Items []Item
	File  *File
	Note  Line // small print
	Next  []Next
	Pick  *Pick // lets the reader choose what was missing or unclear
}

// Each gives the answer with all its lines as they become.
func (a Answer) Each(become func(Line) Line) Answer {
	a.Title, a.Note, a.Lines, a.Grid = become(a.Title), become(a.Note), Each(a.Lines, become), a.Grid.each(become)
	a.Items = Each(a.Items, func(item Item) Item {
		item.Title, item.Facts = become(item.Title), Each(item.Facts, become)
		return item
	})
	return a
}

// Refusal is an error made for people: what is wrong, and what to do. Any other error is shown as an internal one.
type Refusal struct {
	Answer  Answer
	Already bool   // it is already so: nothing was changed
	Field   string // placeholder that was missing, ambiguous or wrong
	Code    string // error code of the API, if it was the API that refused
	Brief   Line   // why in two or three words, for a list of what is left out: "not live"
	Advice  Line   // what to do about it, where it stands on a card and not in an answer of its own
	Unseen  Line   // why the cloud could not be looked at, if that is what refuses
	Says    bool   // its words say that nothing was done: nobody has to add that
}

// Error gives the refusal as plain text.
func (r *Refusal) Error() string { return r.Answer.Title.Plain() }

// Refuse makes a refusal out of one sentence and what to do about it.
func Refuse(title Line, lines ...Line) *Refusal {
	return &Refusal{Answer: Answer{Mark: MarkFailed, Title: title, Lines: lines}}
}

// Already makes the answer "it is already so, nothing was changed".
func Already(title Line, next ...Next) *Refusal {
	return &Refusal{Already: true, Answer: Answer{Mark: MarkNeutral, Title: title, Next: next}}
}

// About names the placeholder that is missing, unclear or wrong.
func (r *Refusal) About(field string) *Refusal {
	r.Field = field
	return r
}

// SaysSo tells those who pass it on that its words say that nothing was done.
func (r *Refusal) SaysSo() *Refusal {
	r.Says = true
	return r
}

// WithNext adds ways on.
func (r *Refusal) WithNext(next ...Next) *Refusal {
	r.Answer.Next = append(r.Answer.Next, next...)
	return r
}

// InShort adds the reason in two or three words.
func (r *Refusal) InShort(brief Line) *Refusal {
	r.Brief = brief
	return r
}
