package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"casterbot/internal/op"
)

// terminal is where the questions are asked. Nobody is asked when there is nobody: then a question is an error that
// names the flag which answers it.
type terminal struct {
	out   io.Writer
	echo  *echo // nil: nobody is there
	lines *bufio.Reader
}

// openTerminal asks the person at in, if that is a terminal and they want to be asked. It has to be closed.
func openTerminal(in *os.File, out io.Writer, silent bool) *terminal {
	t := &terminal{out: out}
	if in == nil || silent {
		return t
	}
	if echo, ok := openEcho(in); ok {
		t.echo, t.lines = echo, bufio.NewReader(in)
	}
	return t
}

func (t *terminal) close() {
	if t.asks() {
		t.echo.restore()
	}
}

// asks reports that somebody can be asked.
func (t *terminal) asks() bool { return t.echo != nil }

func (t *terminal) say(format string, args ...any) { t.show(fmt.Sprintf(format+"\n", args...)) }

// show prints a text. Names in it are of others: what would command the terminal is written out.
func (t *terminal) show(text string) {
	_, _ = io.WriteString(t.out, op.Printed(text))
}

// done and wrong mark a line as what is so and what is to be mended.
func (t *terminal) done(format string, args ...any)  { t.say("  ✓ "+format, args...) }
func (t *terminal) wrong(format string, args ...any) { t.say("  ✗ "+format, args...) }

// silentError says that a question came up and nobody is there.
func silentError(what, flag string) error {
	return fmt.Errorf("%s is missing: give %s, or run casterbot init at a terminal without --yes", what, flag)
}

// errStopped is the end that a person wanted.
var errStopped = errors.New("stopped: nothing is left half done")

// ask reads a line. An empty one is the fallback.
func (t *terminal) ask(ctx context.Context, question, fallback string) (string, error) {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	t.show(question + ": ")
	t.echo.show(true)
	defer t.echo.show(false)
	text, err := t.read(ctx)
	if err == nil && text == "" {
		text = fallback
	}
	return text, err
}

// secret reads a line that is not shown.
func (t *terminal) secret(ctx context.Context, question string) (string, error) {
	t.show(question + " (not shown): ")
	text, err := t.read(ctx)
	fmt.Fprintln(t.out)
	return text, err
}

// read waits for a line, or for the end. Whoever waits for a line that never comes ends with the program.
func (t *terminal) read(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := t.lines.ReadString('\n')
		got <- line{text, err}
	}()
	select {
	case <-ctx.Done():
	case l := <-got:
		if l.err == nil {
			return strings.TrimSpace(l.text), nil
		}
	}
	fmt.Fprintln(t.out)
	return "", errStopped
}

// yes asks a question with two answers; the first one is that of an empty line.
func (t *terminal) yes(ctx context.Context, question string, fallback bool) (bool, error) {
	choice := "y/N"
	if fallback {
		choice = "Y/n"
	}
	for {
		text, err := t.ask(ctx, question+" ["+choice+"]", "")
		switch strings.ToLower(text) {
		case "":
			return fallback, err
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		t.wrong("yes or no?")
	}
}
