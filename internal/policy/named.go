package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// FindChannel gives the id of a channel that is named as in the file: by its id, or by what stands there as its name.
func (p *Policy) FindChannel(text string) (string, error) {
	if channelID.MatchString(text) {
		return text, nil
	}
	var ids, known []string
	for _, c := range p.channels {
		known = append(known, strings.TrimSpace(c.id+" "+c.name))
		if c.name != "" && strings.TrimPrefix(c.name, "#") == strings.TrimPrefix(text, "#") {
			ids = append(ids, c.id)
		}
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", fmt.Errorf("%q is none of the channels of %s: %s", text, p.file, strings.Join(known, ", "))
	}
	return "", fmt.Errorf("%q is the name of several channels of %s: %s", text, p.file, strings.Join(ids, ", "))
}

// FindStream gives the path of a stream that is named by itself or by the alias that a channel has for it.
func (p *Policy) FindStream(channel, text string) (string, error) {
	var known []string
	if c := p.byID[channel]; c != nil {
		switch alias := c.alias(text).Pattern; {
		case alias != "" && isGlob(alias):
			return "", fmt.Errorf("%q stands for the pattern %s: name one stream of it", text, alias)
		case alias != "":
			return alias, nil
		}
		for _, s := range c.streams {
			known = append(known, s.Alias)
		}
	}
	if wrong := cmp.Or(pathProblem(text), globProblem(text)); wrong != "" {
		return "", fmt.Errorf("%q %s; aliases of the channel: %s", text, wrong, cmp.Or(strings.Join(known, ", "), "none"))
	}
	return text, nil
}

func globProblem(text string) string {
	if isGlob(text) {
		return "is a pattern: name one stream"
	}
	return ""
}

// CheckPerson says what is wrong with an id where a person is meant.
func CheckPerson(text string) error {
	if isPerson(text) {
		return nil
	}
	return fmt.Errorf("%q %s", text, cmp.Or(hintFor(whoHints, text), "is no user id, U… or W…"))
}

// CheckGroup says what is wrong with an id where a user group of Slack is meant; a group of the file is none.
func (p *Policy) CheckGroup(text string) error {
	switch {
	case isUserGroup(text):
		return nil
	case p.groups[text] != nil:
		return fmt.Errorf("%q is a group of %s, which people are in by its list: name user groups of Slack, S…", text, p.file)
	}
	return fmt.Errorf("%q %s", text, cmp.Or(hintFor(whoHints, text), "is no id of a user group, S…"))
}

// Verbs are those that a policy may give: those of the commands, and those that no command has.
func Verbs(commands []string) []string { return append(slices.Clone(commands), URLs) }

// EffectOf is the effect of a verb, given those of the commands; a verb that no command has only looks.
func EffectOf(verb string, commands map[string]op.Effect) op.Effect {
	if verb == URLs {
		return op.Read
	}
	return commands[verb]
}
