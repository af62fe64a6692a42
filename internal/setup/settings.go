package setup

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// settings are the lines of casterbot.env, NAME=value, in the order of the file. Lines that a person has added stay as
// they are. The form is one that shells, systemd and Docker read alike.
type settings struct{ lines []string }

const settingsHead = "# The settings of casterbot, written by casterbot init. README.md lists all that there are."

var plainValue = regexp.MustCompile(`^[\w@%+=:,./*-]*$`)

func (f folder) settings() (*settings, error) {
	text, err := f.read(settingsFile)
	if err != nil {
		return nil, err
	}
	s := &settings{}
	if text != "" {
		s.lines = strings.Split(text, "\n")
	}
	return s, nil
}

// get is the value of a setting, empty where there is none.
func (s *settings) get(name string) string {
	for _, line := range s.lines {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return unquoted(strings.TrimSpace(value))
		}
	}
	return ""
}

// set changes or adds a setting; an empty value takes it out.
func (s *settings) set(name, value string) {
	at := slices.IndexFunc(s.lines, func(line string) bool { return strings.HasPrefix(line, name+"=") })
	line := name + "=" + quoted(value)
	switch {
	case value == "" && at >= 0:
		s.lines = slices.Delete(s.lines, at, at+1)
	case value == "":
	case at >= 0:
		s.lines[at] = line
	default:
		s.lines = append(s.lines, line)
	}
}

func (s *settings) text() string {
	if len(s.lines) == 0 || !strings.HasPrefix(s.lines[0], "#") {
		s.lines = slices.Insert(s.lines, 0, settingsHead)
	}
	return strings.Join(s.lines, "\n") + "\n"
}

// quoted puts a value into the quotation marks that shells and systemd take away, where it needs them.
func quoted(value string) string {
	if plainValue.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

func unquoted(value string) string {
	if len(value) > 1 && value[0] == '\'' && value[len(value)-1] == '\'' {
		return strings.ReplaceAll(value[1:len(value)-1], `'\''`, "'")
	}
	return strings.Trim(value, `"`)
}

// names are those of all settings in the file.
func (s *settings) names() []string {
	var all []string
	for _, line := range s.lines {
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			all = append(all, name)
		}
	}
	return all
}

// enter puts the settings into the environment of this process, in place of what is there of the same secrets.
func (s *settings) enter() error {
	for _, name := range s.names() {
		if secret, ok := strings.CutSuffix(name, "_FILE"); ok {
			if err := os.Unsetenv(secret); err != nil {
				return err
			}
		}
		if err := os.Setenv(name, s.get(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
