package scenario

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakeslack"
)

// Stage is where a story is played: an open sandbox with the program under test in it.
type Stage interface {
	World() *sandbox.World
	// Underway counts the pieces of work that the program has under way.
	Underway() int
	// Restart ends the program as an orderly stop does and starts it again on the same database.
	Restart() error
	// Kill ends the program in the middle of whatever it does. None of its calls hangs after that.
	Kill() error
	// Start starts it again.
	Start() error
	// Policy replaces a text that occurs in the policy by another and lets the program read the file again.
	Policy(old, now string) error
}

// play is a story under way.
type play struct {
	stage Stage
	world *sandbox.World
	sent  []fakeslack.Sent // acts of this step, not yet acknowledged
	said  []string         // lines that Slack itself answered at once
	see   observer

	ordered int // how often the fault that was ordered last may strike; 0 once a call has met it
}

// Play acts the story and gives it back with what really happened; after an error the rest is as it was.
func Play(ctx context.Context, s Story, stage Stage) (Story, error) {
	p := &play{stage: stage, world: stage.World()}
	p.see.open(p.world)
	out := Story{Name: s.Name}
	for i, step := range s.Steps {
		now := Step{Line: step.Line, Input: step.Input}
		if !step.quiet() {
			lines, err := p.step(ctx, step.Input)
			if err != nil {
				out.Steps = append(out.Steps, s.Steps[i:]...)
				return out, fmt.Errorf("%s:%d: %s: %w", s.Name, step.Line, step.Input, err)
			}
			now.Out = lines
		}
		out.Steps = append(out.Steps, now)
	}
	if err := p.wasMet(); err != nil {
		return out, fmt.Errorf("%s: %w", s.Name, err)
	}
	return out, nil
}

func (p *play) step(ctx context.Context, input string) ([]string, error) {
	p.sent, p.said = nil, nil
	if err := p.act(input); err != nil {
		return nil, err
	}
	if err := p.settle(ctx); err != nil {
		return nil, err
	}
	return append(p.see.look(), p.said...), nil
}

// inputs are the kinds of lines that a story acts by.
var inputs = []struct {
	form *regexp.Regexp
	act  func(p *play, m []string) error
}{
	{regexp.MustCompile(`^clock> \+(\S+)$`), (*play).clock},
	{regexp.MustCompile(`^world> (.+)$`), (*play).happens},
	{regexp.MustCompile(`^bot> (restarts|is killed|starts)$`), (*play).bot},
	{regexp.MustCompile(`^policy> "(.+)" becomes "(.*)"$`), (*play).policy},
	{regexp.MustCompile(`^(\w+) home>$`), (*play).home},
	{regexp.MustCompile(`^(\w+) home> \[([^\]]+)\] ?(.*)$`), (*play).pressHome},
	{regexp.MustCompile(`^(\w+) (#[\w-]+|form|home)> searches "(.*)" in \[([^\]]+)\] ?(.*)$`), (*play).searches},
	{regexp.MustCompile(`^(\w+) sees> (op\d+)$`), (*play).sees},
	{regexp.MustCompile(`^(\w+) sees> the pin of (#[\w-]+)$`), (*play).seesPin},
	{regexp.MustCompile(`^(\w+) form> ?(.*?) ?(?:\[(.+)\])?$`), (*play).form},
	{regexp.MustCompile(`^(\w+) (#[\w-]+)> \[([^\]]+)\] ?(.*)$`), (*play).press},
	{regexp.MustCompile(`^(\w+) (#[\w-]+)(?: thread (op\d+))?> (.*)$`), (*play).types},
}

func (p *play) act(input string) error {
	for _, kind := range inputs {
		if m := kind.form.FindStringSubmatch(input); m != nil {
			return kind.act(p, m)
		}
	}
	return fmt.Errorf("no such act")
}

func (p *play) clock(m []string) error {
	d, err := time.ParseDuration(m[1])
	if err != nil {
		return err
	}
	p.world.Clock.Advance(d)
	return nil
}

func (p *play) bot(m []string) error {
	switch m[1] {
	case "restarts":
		return p.stage.Restart()
	case "is killed":
		return p.stage.Kill()
	}
	return p.stage.Start()
}

func (p *play) policy(m []string) error { return p.stage.Policy(lines(m[1]), lines(m[2])) }

// lines puts the line breaks of a text that stands in one line.
func lines(text string) string { return strings.ReplaceAll(text, `\n`, "\n") }

// patience is how long a step may take, in real time.
const patience = 2 * time.Minute

// settle waits until every act is acknowledged and the bot has nothing left to do. Work that hangs in a call which the
// cloud leaves without an answer is not waited for: one piece for each such call.
func (p *play) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, s := range p.sent {
		select {
		case <-s.Done:
		case <-ctx.Done():
			return fmt.Errorf("an act was not acknowledged")
		}
	}
	for calm := 0; calm < 3; {
		if ctx.Err() != nil {
			return fmt.Errorf("the bot does not come to rest")
		}
		calm++
		if p.world.Slack.Waiting() > 0 || p.stage.Underway() > p.world.Live.Hanging() {
			calm = 0
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}
