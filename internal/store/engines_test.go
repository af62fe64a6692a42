package store

import (
	"testing"

	"casterbot/test/pgtest"
)

// engine is a database that the tests run on.
type engine struct {
	name    string
	memory  string                  // address of a database that nobody else can open; may be empty
	address func(testing.TB) string // of a new database
}

var server = &pgtest.Shared{}

var engines = []engine{
	{"SQLite", "sqlite::memory:", file},
	{"PostgreSQL", "", server.Address},
}

// everywhere runs a test on every database, beside others: most of it is waiting for disks.
func everywhere(t *testing.T, test func(*testing.T, engine)) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// fresh gives an empty store with its clock.
func (e engine) fresh(t testing.TB) (*Store, *clock) {
	c := newClock()
	if e.memory != "" {
		return open(t, e.memory, c), c
	}
	return open(t, e.address(t), c), c
}
