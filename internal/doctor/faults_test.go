package doctor

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// fault is something that is wrong with a stand where all is well otherwise.
type fault struct {
	name  string
	spoil func(*stand)
	// what is found: "level check | what is said | what to do", and nothing else that is broken or doubtful
	want []string
}

// find plays faults one after the other. Whatever else is told as broken or doubtful is a mistake: people would mend
// what is well.
func find(t *testing.T, faults []fault) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			s := newStand(t)
			f.spoil(s)
			r := s.look()
			told := map[int]bool{}
			exit := ExitWell
			for _, want := range f.want {
				exit = worse(exit, want)
				if i := r.find(want); i >= 0 {
					told[i] = true
				} else {
					t.Errorf("not found: %s", want)
				}
			}
			for i, got := range r.Findings {
				if !told[i] && (got.Level == Broken || got.Level == Warning) {
					t.Errorf("told too: %s %s | %s | %s", got.Level, got.Check, got.What, got.Do)
				}
				if got.Level != OK && got.Level != Unchecked && (got.What == "" || got.Do == "") {
					t.Errorf("%+v does not say what is wrong and what to do", got)
				}
			}
			if got := r.Exit(); got != exit {
				t.Errorf("exit code %d, want %d", got, exit)
			}
			if t.Failed() {
				t.Log("\n" + r.Text())
			}
		})
	}
}

// worse is the exit code when something more is found.
func worse(exit int, want string) int {
	switch level, _, _ := strings.Cut(want, " "); {
	case level == string(Broken):
		return ExitBroken
	case level == string(Warning) && exit == ExitWell:
		return ExitWarned
	}
	return exit
}

// find is the place of a finding; -1 when there is none.
func (r Report) find(want string) int {
	parts := strings.Split(want, " | ")
	for i, f := range r.Findings {
		if string(f.Level)+" "+f.Check == parts[0] && strings.Contains(f.What, parts[1]) &&
			(len(parts) < 3 || strings.Contains(f.Do, parts[2])) {
			return i
		}
	}
	return -1
}

// unknownTLS is a server whose certificate is of nobody known.
func unknownTLS(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// set changes the environment of a stand.
func set(pairs ...string) func(*stand) {
	return func(s *stand) {
		for i := 0; i < len(pairs); i += 2 {
			s.Setenv(pairs[i], pairs[i+1])
		}
	}
}

// inFile gives a secret as a file.
func inFile(name, text string) func(*stand) {
	return func(s *stand) {
		s.Setenv(name, "")
		s.Setenv(name+"_FILE", s.file(name, text))
	}
}
