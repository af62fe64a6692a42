// Package past reads which of what was asked before somebody wants to see: by whom, with what outcome, on which day, on
// which page.
//
// It keeps true that a word is either understood or refused, and that what String writes Read reads as the same. It
// knows neither where operations are stored nor how they are shown.
package past

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/civiltime"
	"casterbot/internal/op"
)

// Which is what of the past is wanted.
type Which struct {
	Person  string
	Outcome string // as it is called; empty: any
	Days    string // as typed
	Page    int    // from 1

	civiltime.Stretch
}

// outcomes are the words for what became of an operation. What is open is not over.
var outcomes = map[string][]op.State{
	"done": {op.Succeeded}, "failed": {op.Failed}, "unknown": {op.Unknown}, "expired": {op.Expired},
	"cancelled": {op.Cancelled}, "open": {op.Pending, op.Queued, op.Running, op.Unknown},
}

// others are other words for them.
var others = map[string]string{"succeeded": "done", "canceled": "cancelled", "declined": "cancelled",
	"waiting": "open", "pending": "open"}

// Last is the last page that can be asked for.
const Last = 99

var (
	person = regexp.MustCompile(`^[UW][0-9A-Z]{2,}$`)
	number = regexp.MustCompile(`^\d{1,3}$`)
)

// States are those of the outcome; none: all.
func (w Which) States() []op.State { return outcomes[w.Outcome] }

// piece is one thing that words at the beginning of a text say, and how many words that are; 0: they say none.
func piece(words []string) (what string, n int) {
	word := op.Fold(words[0])
	next := ""
	if len(words) > 1 {
		next = words[1]
	}
	switch {
	case outcomeOf(word) != "":
		return "outcome", 1
	case person.MatchString(words[0]):
		return "person", 1
	case word == "by" && next != "":
		return "person", 2
	case word == "page" && next != "":
		return "page", 2
	}
	if n := civiltime.Stretches(words); n > 0 {
		return "days", n
	}
	return "", 0
}

func outcomeOf(word string) string {
	if name := others[word]; name != "" {
		return name
	}
	if outcomes[word] != nil {
		return word
	}
	return ""
}

// Begins reports that words begin with something that Read understands, or is meant to.
func Begins(words []string) bool {
	if len(words) == 0 {
		return false
	}
	_, n := piece(words)
	return n > 0
}

// Read understands all of a text, with times in the person's own zone. An error is a refusal.
func Read(text, zone string, now time.Time) (Which, error) {
	w := Which{Page: 1}
	words := strings.Fields(text)
	for said := map[string]bool{}; len(words) > 0; {
		what, n := piece(words)
		if n == 0 && len(words) == 1 && number.MatchString(words[0]) {
			what, n = "page", 1
		}
		if n == 0 || said[what] {
			return w, notUnderstood(strings.Join(words, " "))
		}
		said[what] = true
		if err := w.take(what, words[:n], zone, now); err != nil {
			return w, err
		}
		words = words[n:]
	}
	return w, nil
}

func (w *Which) take(what string, words []string, zone string, now time.Time) (err error) {
	last := words[len(words)-1]
	switch what {
	case "outcome":
		w.Outcome = outcomeOf(op.Fold(last))
	case "person":
		if w.Person = last; !person.MatchString(last) {
			return op.Refuse(op.L("It is not known who ", op.Code(op.Visible(last)), " is."),
				op.L("Type @ and pick the person: ", op.Code("by @somebody"), ".")).About("which")
		}
	case "page":
		w.Page, err = strconv.Atoi(last)
		if err != nil || w.Page < 1 || w.Page > Last {
			return op.Refuse(op.L("The page must be a number from 1 to ", op.N(Last), ", not ",
				op.B(op.Visible(last)), ".")).About("which")
		}
	case "days":
		w.Days = strings.Join(words, " ")
		if w.Stretch, err = civiltime.StretchOf(words, zone, now); errors.Is(err, civiltime.ErrNoStretch) {
			err = notUnderstood(w.Days)
		}
	}
	return err
}

func notUnderstood(text string) error {
	return op.Refuse(op.L("This is not understood: ", op.Code(op.Visible(text)), "."),
		op.L("Say ", op.Code("by @somebody"), ", ", op.Code("failed"), ", ", op.Code("unknown"), ", ", op.Code("open"), ", ",
			op.Code("yesterday"), ", ", op.Code("2026-11-28"), ", ", op.Code("since 18:00"), " or ", op.Code("page 2"),
			", and put names of studios and streams in quotes.")).About("which")
}

// String writes it as somebody could type it.
func (w Which) String() string {
	var words []string
	if w.Outcome != "" {
		words = append(words, w.Outcome)
	}
	if w.Person != "" {
		words = append(words, "by", w.Person)
	}
	if w.Days != "" {
		words = append(words, w.Days)
	}
	if w.Page > 1 {
		words = append(words, "page", strconv.Itoa(w.Page))
	}
	return strings.Join(words, " ")
}

// Days reads a day, or since when; nothing is today. It is for those who want no more than that.
func Days(text, zone string, now time.Time) (Which, error) {
	if strings.TrimSpace(text) == "" {
		text = "today"
	}
	w := Which{Page: 1}
	if err := w.take("days", strings.Fields(text), zone, now); err != nil {
		refusal := &op.Refusal{}
		if errors.As(err, &refusal) && len(refusal.Answer.Next) == 0 {
			refusal.Answer.Lines = []op.Line{op.L("Say ", op.Code("today"), ", ", op.Code("yesterday"), ", ",
				op.Code("2026-11-28"), " or ", op.Code("since 18:00"), ".")}
			return w, refusal.About("when")
		}
		return w, err
	}
	return w, nil
}
