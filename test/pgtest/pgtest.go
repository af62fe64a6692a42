// Package pgtest gives tests a PostgreSQL of their own: the server of CASTERBOT_TEST_DATABASE_URL, or a private one
// started from Debian's package in a temporary folder, with durable commits as in earnest. It ends with the test
// process, however that ends.
//
// Where there is neither, Need fails the test in CI (CI=true) and skips it loudly elsewhere, so that nobody takes a
// green run without a database for more than it is.
package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// Variable names a server that is there already.
const Variable = "CASTERBOT_TEST_DATABASE_URL"

// Shared is the one server that the tests of a package use together. It starts when the first test needs it; call
// Close at the end of TestMain.
type Shared struct {
	once   sync.Once
	server *Server
	url    string
	err    error
}

func (s *Shared) start() {
	if s.url = os.Getenv(Variable); s.url != "" {
		return
	}
	if s.server, s.err = Start(); s.err == nil {
		s.url = s.server.URL()
	}
}

// Close stops the server if it was started here.
func (s *Shared) Close() error {
	s.once.Do(func() { s.err = errors.New("closed") })
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

// Address gives the address of a new, empty schema, which goes with the test.
func (s *Shared) Address(t testing.TB) string {
	t.Helper()
	s.once.Do(s.start)
	if s.err != nil {
		Need(t, s.err)
	}
	return schema(t, s.url)
}

// Space gives the address of a new, empty schema to a program that is no test, and what removes it.
func (s *Shared) Space() (address string, drop func() error, err error) {
	s.once.Do(s.start)
	if s.err != nil {
		return "", nil, s.err
	}
	return space(s.url)
}

// Private gives the server when it was started here, else one of the test's own.
func (s *Shared) Private(t testing.TB) *Server {
	t.Helper()
	s.once.Do(s.start)
	if s.server != nil {
		return s.server
	}
	return Own(t)
}

// Schema gives the address of a new, empty schema on a private server that is reached at addr, by way of a proxy for
// instance. It goes with the test.
func (s *Server) Schema(t testing.TB, addr string) string {
	t.Helper()
	own, err := url.Parse(schema(t, s.URL()))
	if err != nil {
		t.Fatal(err)
	}
	own.Host = addr
	return own.String()
}

// Own starts a server for one test alone, which may stop and start it.
func Own(t testing.TB) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		Need(t, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Need ends a test that has no PostgreSQL.
func Need(t testing.TB, err error) {
	t.Helper()
	const how = "install Debian's package postgresql, or name a server in " + Variable
	if os.Getenv("CI") == "true" {
		t.Fatalf("no PostgreSQL (%v): %s", err, how)
	}
	fmt.Fprintf(os.Stderr, "\n*** SKIPPED %s: no PostgreSQL (%v): %s ***\n\n", t.Name(), err, how)
	t.SkipNow()
}

// schema makes a schema that goes with the test.
func schema(t testing.TB, address string) string {
	t.Helper()
	inside, drop, err := space(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return inside
}

// space makes a schema with a random name and gives the address that leads into it.
func space(address string) (inside string, drop func() error, err error) {
	name := "test_" + strings.ToLower(rand.Text())
	u, err := url.Parse(address)
	if err != nil {
		return "", nil, errors.New("the address of the test server cannot be read")
	}
	if err := run(address, "CREATE SCHEMA "+name); err != nil {
		return "", nil, err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() error { return run(address, "DROP SCHEMA "+name+" CASCADE") }, nil
}

func run(address, statement string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the address of the test server cannot be read")
	}
	q := u.Query()
	q.Del("casterbot_insecure") // a word of the store's, not of the driver's
	u.RawQuery = q.Encode()
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}
