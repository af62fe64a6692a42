package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/grammar"
	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

// bot is the program under test, built once.
var bot string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "casterbot-soak")
	if err != nil {
		panic(err)
	}
	bot = filepath.Join(folder, "casterbot")
	if err := testbed.BuildCrashable(context.Background(), bot, testbed.Racing); err != nil {
		panic(err)
	}
	alone, err := testbed.Alone()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	_, _ = alone.Close(), os.RemoveAll(folder)
	os.Exit(code)
}

// ciCases is how many cases every run of the tests plays.
const ciCases = 25

// TestCrashSeeds kills the built bot at every step that failpoint names and compares what is left. `make soak` plays
// the whole matrix.
func TestCrashSeeds(t *testing.T) {
	t.Parallel()
	out := &strings.Builder{}
	o := options{first: ciCases, seed: -1, atOnce: 12, bot: bot, out: out}
	if err := o.soak(t.Context()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(out.String(), "25 cases, 0 broke a promise") {
		t.Errorf("the report is %q", out)
	}
}

// TestCrashSeedsOnPostgres plays the same cases on the other database; the odd ones with a second replica that lives
// on.
func TestCrashSeedsOnPostgres(t *testing.T) {
	t.Parallel()
	server := &pgtest.Shared{}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	server.Address(t)
	out := &strings.Builder{}
	o := options{first: ciCases, seed: -1, atOnce: ciCases, bot: bot, out: out, server: server}
	if err := o.soak(t.Context()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(out.String(), "25 cases, 0 broke a promise") {
		t.Errorf("the report is %q", out)
	}
}

// TestFirstCasesMeetEverything: the cases of CI meet every command, every place and every behaviour; the matrix meets
// every combination of the three once.
func TestFirstCasesMeetEverything(t *testing.T) {
	met, cells := map[string]bool{}, map[string]bool{}
	for seed := range matrix() {
		c := caseOf(seed)
		if seed < ciCases {
			met[c.order.text], met[c.end.String()], met[c.mood.name] = true, true, true
		}
		cells[c.order.text+c.end.String()+c.mood.name] = true
	}
	if want := len(orders) + len(ends) + len(moods); len(met) != want {
		t.Errorf("the first %d cases meet %d of %d rows", ciCases, len(met), want)
	}
	if len(cells) != matrix() {
		t.Errorf("%d cells of %d", len(cells), matrix())
	}
}

// TestThePageCountsTheCases: docs/reliability.md says how many there are.
func TestThePageCountsTheCases(t *testing.T) {
	page, err := os.ReadFile("../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	n := matrix()
	if want := fmt.Sprintf("| all %d,%03d cases |", n/1000, n%1000); !strings.Contains(string(page), want) {
		t.Errorf("docs/reliability.md lacks %q", want)
	}
}

// TestEveryCallIsInTheMatrix: an order has an argument for each placeholder of its command, and cells are met once
// whatever the lengths of the tables are.
func TestEveryCallIsInTheMatrix(t *testing.T) {
	for _, o := range orders {
		for _, place := range grammar.Placeholders(o.command.Usage) {
			if typed[place.Name][0] == "" {
				t.Errorf("/%s: say in order.go what stands for {%s}", o.command.Usage, place.Name)
			}
		}
	}
	for rows := 1; rows < 20; rows++ {
		met := map[[2]int]bool{}
		for n := range rows * 12 {
			row, column := cell(n, rows, 12)
			met[[2]int{row, column}] = true
		}
		if len(met) != rows*12 {
			t.Errorf("%d rows of 12: %d cells are met", rows, len(met))
		}
	}
}

// A case follows from its number alone, or a broken one could not be played again.
func TestACaseIsItsNumber(t *testing.T) {
	for seed := range 200 {
		once, again := caseOf(seed).String(), caseOf(seed).String()
		if once != again {
			t.Fatalf("case %d is another one the second time", seed)
		}
	}
	if caseOf(3).String() == caseOf(3+matrix()).String() && caseOf(5).String() == caseOf(5+matrix()).String() {
		t.Error("numbers beyond the matrix bring no other twists")
	}
}

// A program that is no bot is reported, with the command that plays the case again.
func TestABrokenCaseIsReported(t *testing.T) {
	out := &strings.Builder{}
	o := options{seed: 7, atOnce: 1, out: out, bot: "/bin/true"}
	if _, err := os.Stat(o.bot); err != nil {
		t.Fatal(err)
	}
	if err := o.soak(t.Context()); err == nil {
		t.Error("it is not reported")
	}
	for _, want := range []string{"case 7: ", "BROKEN the bot does not start", "go run ./test/soak -seed 7 -v"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q: %s", want, out)
		}
	}
}
