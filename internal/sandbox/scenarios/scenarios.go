// Package scenarios holds evenings to rehearse in the sandbox, and plays them.
//
// What for. An evening is a file: what happens around the bot and when, what
// the person at the keyboard is asked to do, and what the bot has to say to it.
// The sandbox plays one beside a person, whose list ticks itself off; a test
// plays the person's part from the file too, and fails when the words do not come.
//
// What it keeps true. An evening goes step by step: nothing happens before what
// it builds on has been seen, however long a person takes. A step is done when
// the world has shown everything it waits for, and is never undone.
//
// What it must not know. The bot: it acts on the two emulators, and sees what
// was said to the workspace and asked of the cloud.
package scenarios

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed evenings/*.yml
var files embed.FS

// Scenario is an evening.
type Scenario struct {
	Name  string    `yaml:"-"` // of its file
	Title string    `yaml:"title"`
	About string    `yaml:"about"`
	Begin time.Time `yaml:"begin"` // by the world's clock; zero means whenever it is started
	Steps []Step    `yaml:"steps"`

	// Calls are how often each operation of the cloud that changes something has been called in the end: these and no
	// other.
	Calls map[string]int `yaml:"calls"`
}

// Step is something that happens, or something that the person is asked for.
type Step struct {
	After  time.Duration `yaml:"after"`  // by the world's clock, since the step before was done
	Ask    string        `yaml:"ask"`    // what the person is asked to do; empty for what happens by itself
	Tell   string        `yaml:"tell"`   // what happens, said once it has
	Do     []string      `yaml:"do"`     // acts, one after the other; with Ask they are the person's part
	Within time.Duration `yaml:"within"` // by the world's clock, until everything has to have been seen; 0 means 2 min
	Sees   []Expected    `yaml:"sees"`   // what the world then shows
}

// Expected is one thing that the world shows: words of one message of the bot, or a call to the cloud.
type Expected struct {
	Says []string          `yaml:"says"`
	Call string            `yaml:"call"`
	With map[string]string `yaml:"with"` // parameters of the call
}

const patience = 2 * time.Minute

func (s Step) within() time.Duration {
	if s.Within > 0 {
		return s.Within
	}
	return patience
}

// words are what the page shows of it.
func (s Expected) words() string {
	if s.Call == "" {
		return "“" + strings.Join(s.Says, " … ") + "”"
	}
	if what := s.With["Command"]; what != "" {
		return s.Call + " (" + what + ")"
	}
	return s.Call
}

// All gives the evenings, by name.
func All() ([]Scenario, error) {
	entries, err := files.ReadDir("evenings")
	if err != nil {
		return nil, err
	}
	var list []Scenario
	for _, e := range entries {
		text, err := files.ReadFile(path.Join("evenings", e.Name()))
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(e.Name(), ".yml"), text)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// Parse reads an evening, and refuses one that could not be played.
func Parse(name string, text []byte) (Scenario, error) {
	s := Scenario{Name: name}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("scenario %s: %w", name, err)
	}
	if s.Title == "" || s.About == "" || len(s.Steps) == 0 {
		return s, fmt.Errorf("scenario %s: needs a title, a line about it and steps", name)
	}
	for i, step := range s.Steps {
		if err := step.check(); err != nil {
			return s, fmt.Errorf("scenario %s: step %d: %w", name, i+1, err)
		}
	}
	return s, nil
}

func (s Step) check() error {
	if (s.Ask == "") == (s.Tell == "") {
		return errors.New("either asks for something or tells what happens")
	}
	if len(s.Do) == 0 && len(s.Sees) == 0 {
		return errors.New("does nothing and sees nothing")
	}
	for _, act := range s.Do {
		if _, err := parse(act); err != nil {
			return err
		}
	}
	for _, e := range s.Sees {
		if (e.Call == "") == (len(e.Says) == 0) {
			return errors.New("what is seen is either words or a call")
		}
	}
	return nil
}
