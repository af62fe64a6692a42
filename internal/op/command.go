package op

import (
	"context"
	"path"
	"slices"
	"time"
)

// Args are the arguments of one command by placeholder name.
type Args map[string]string

// Call is one use of a command: its arguments as typed, and what the channel may touch.
type Call struct {
	Args   Args
	Scope  Scope
	Person Person // who asks
	// Confirmed is the plan that was confirmed, at the moment before its call: the arguments are its own, and only what
	// its fingerprint holds is looked at. It is nil at a question.
	Confirmed *Plan
	Several   bool // one of several targets of one request
}

// StreamAlias is a short name for a stream, or for a pattern of streams.
type StreamAlias struct {
	Alias   string
	Pattern string // domain/app/stream, globs allowed
}

// Scope is what one channel may touch, and what it means when an argument is left out.
type Scope struct {
	Channel  string
	Studio   func(id, name string) bool // may this channel touch the studio
	Stream   func(path string) bool     // may this channel touch domain/app/stream
	Streams  []StreamAlias
	URLs     bool                       // may addresses for playback be shown
	External bool                       // something is given there to people of other organisations too
	Default  Args                       // by kind: "caster", "stream"
	Watch    []Target                   // what is watched, besides what was started from here; a name may be a glob
	Watched  func(id, name string) bool // is the studio among those
	Call     []string                   // people and user groups that an alert calls
	Language string                     // of public messages: "en" or "zh-CN"
}

// Touches reports whether the channel may touch a target.
func (s Scope) Touches(t Target) bool {
	switch {
	case t.Kind == "stream":
		return s.Stream != nil && s.Stream(t.ID)
	case t.Kind == "caster":
		return s.Studio != nil && s.Studio(t.ID, t.Name)
	}
	return false
}

// Names reports whether the title of a plan may be said in the channel: it names the target, and what is made of it.
func (s Scope) Names(t Target) bool {
	return s.Touches(t) && (t.NewName == "" || s.Studio("", t.NewName))
}

// NamesAsOwn reports whether the title of a plan of another channel may be said in this one: what is called there
// otherwise than here is called so there alone.
func (s Scope) NamesAsOwn(t Target) bool {
	return s.Names(t) && (t.Kind != "stream" || t.Name == s.StreamName(t.ID) || t.Name == path.Base(t.ID))
}

// StreamName is what the channel calls a stream: its alias, else the stream's own name.
func (s Scope) StreamName(stream string) string {
	for _, a := range s.Streams {
		if a.Pattern == stream {
			return a.Alias
		}
	}
	return path.Base(stream)
}

// Command is one row of the command table. Read commands have Read; all others have Plan and Apply, and Verify or the
// reason why there is nothing to look at.
type Command struct {
	Usage    string   // grammar, help and usage hint in one: "caster scene start {caster} {scene}"
	Aliases  []string // other spellings of the same usage
	Short    string   // one sentence for help
	Examples []string // as typed, without the slash
	Verb     string   // permission name: "caster.scene.start"
	Effect   Effect

	Read   func(context.Context, Call) (Answer, error)
	Plan   func(context.Context, Call) (Plan, error)
	Apply  func(context.Context, Plan, string, SendPermit) Outcome // the string is the operation\'s own token
	Verify func(context.Context, Attempt) (Evidence, error)
	Follow func(context.Context, Attempt) (Followup, error) // what comes of it later; nil: nothing does
	// the ways on from its success, however that is known: by the answer, by a look, or by a person. Nil, or an outcome
	// that has ways of its own: only those of the outcome
	Then func(Plan) []Next

	Sends string // the API operation that Apply calls, for its turn; empty: it calls none
	// its parameters that are the same in every call; they tell commands of one operation apart
	Fixed map[string]string
	// what about the target holds after the call; a command that calls something starts or ends something
	Starts     []Condition
	Ends       []Condition // what does not hold any more; what is in both is interrupted
	Tells      []Condition // what its card says that holds, although it leaves it as it was
	Many       *Several    // it may be given several targets; nil: one only
	NoVerify   string      // why there is no Verify
	Repeatable bool        // sending again with the same token cannot act twice
	PastLock   bool        // somebody else's lock on the target does not stop it
	// it is for emergencies: neither a lock, whose holder is told, nor an unknown outcome, nor how much is open, nor what
	// has changed meanwhile holds it up
	Urgent bool
}

// Attempt is a call that was made, for Verify to look whether it took effect.
type Attempt struct {
	Plan    Plan
	Token   string  // the operation's own token
	Outcome Outcome // empty as long as no answer came
	Sent    time.Time
}

// Answered reports that the cloud said yes.
func (a Attempt) Answered() bool { return a.Outcome.State == Succeeded }

// Unseen words a look that proves nothing. After an answer it must not contradict it: lists lag behind.
func (a Attempt) Unseen(seen Line) Line {
	if a.Answered() {
		return L("The cloud does not list it yet.")
	}
	return seen
}

// Followup is what has come of an operation some time after it succeeded.
type Followup struct {
	Text  Line      // for its card; empty: nothing new
	Next  []Next    // in place of the ways on that the outcome gave; nil leaves those
	Again time.Time // the next look; zero: this was the last one
	Over  Line      // that what the card claims has ended; it says so, and loses its buttons
}

// Option is one thing that a person can pick. One whose value is Ask only says something.
type Option struct {
	Label string // its name
	Note  Text   // how it stands
	Says  Line   // instead of both: a notice
	Value string
	Group Line // options of one group stand together
	Hint  string
	Mark  Mark      // how it stands
	Since time.Time // and since when; zero: not told
}

// Line is what one reads of an option.
func (o Option) Line() Line {
	switch {
	case len(o.Says) > 0:
		return o.Says
	case o.Note == "":
		return L(V(o.Label))
	}
	return L(V(o.Label), " · ", o.Note)
}

// Kind is what a placeholder stands for.
type Kind struct {
	Name    string // "caster"
	Label   string // "Studio"
	Hint    string
	Needs   string // another placeholder that must be known first: a scene needs its studio
	Max     int    // longest text that may be typed, in characters; 0 when one picks from Options
	Options func(context.Context, Call) ([]Option, error)
	// what several words, globs and AllWord mean, each thing once
	Expand func(context.Context, Call, []string) ([]Option, error)
	// what the bot did itself about a thing, for a list that does not look at it; nil: nothing is known of this kind
	Known func(context.Context) func(Option) []Line
	// what is wrong with a text in a form, told before the form closes; nil: nothing can be
	Wrong func(context.Context, Call) error
	// the forms in which a typed text is looked for in labels, the narrowest first; none means Fold
	Folds []func(string) string
}

// Table is every command and every kind of placeholder.
type Table struct {
	Commands []Command
	Kinds    []Kind
	PastLock func(Lock, Plan) []Next // the ways past somebody else's lock; may be nil
}

// Find gives the command with this usage.
func (t Table) Find(usage string) (Command, bool) {
	for _, c := range t.Commands {
		if c.Usage == usage {
			return c, true
		}
	}
	return Command{}, false
}

// Kind gives the kind of this name.
func (t Table) Kind(name string) (Kind, bool) {
	for _, k := range t.Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Verbs lists the permission names, each once, in the order of the table.
func (t Table) Verbs() []string {
	var verbs []string
	for _, c := range t.Commands {
		if !slices.Contains(verbs, c.Verb) {
			verbs = append(verbs, c.Verb)
		}
	}
	return verbs
}

// Form asks for the arguments that are missing.
type Form struct {
	Command  string // usage
	Title    string
	Button   string
	Channel  string
	Thread   string
	FromHome bool   `json:"Away"` // asked for on the bot's own page
	Text     string `json:"-"`    // the command that opens it
	Note     Line
	Fields   []Field
	Problem  Line // why it cannot be filled in
}

// Field is one question of a form.
type Field struct {
	Name   string // placeholder
	Label  string
	Hint   string
	Max    int      // free text of at most so many characters; 0 when one picks
	Most   int      `json:",omitempty"` // so many may be picked at most; 0: one
	Chosen []Option `json:"-"`          // what is picked already
	Value  string   // what is picked or typed already; several as Join writes them
	// the value of the field that this one depends on: with another, what was picked no longer fits
	Under  string `json:"-"`
	Redraw bool   // others depend on it: tell the bot when it changes
	Maybe  bool   // may stay empty
}

// Values gives what the fields hold.
func (f Form) Values() Args {
	args := Args{}
	for _, field := range f.Fields {
		if field.Value != "" {
			args[field.Name] = field.Value
		}
	}
	return args
}
