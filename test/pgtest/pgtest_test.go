package pgtest

import (
	"database/sql"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What was committed is there after an orderly end and after a crash, and nothing is left behind at the end.
func TestServer(t *testing.T) {
	s, err := Start()
	if err != nil {
		Need(t, err)
	}
	db, err := sql.Open("pgx", s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE kept (n BIGINT)"); err != nil {
		t.Fatal(err)
	}
	for want, end := range []func() error{s.Down, s.Crash} {
		if _, err := db.Exec("INSERT INTO kept (n) VALUES ($1)", want); err != nil {
			t.Fatal(err)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := db.Ping(); err == nil {
			t.Error("it answers after its end")
		}
		if err := s.Up(); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow("SELECT COUNT(*) FROM kept").Scan(&n); err != nil || n != want+1 {
			t.Errorf("%d rows, %v", n, err)
		}
	}
	if err := errors.Join(db.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left, %v", s.dir, err)
	}
}

func TestAddressesAreApart(t *testing.T) {
	shared := &Shared{}
	defer func() {
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
	}()
	t.Run("two schemas", func(t *testing.T) {
		for range 2 {
			db, err := sql.Open("pgx", shared.Address(t))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec("CREATE TABLE one (n BIGINT)"); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// The system gives nobody a server's port while the server is down.
func TestPortsAreNotHandedOut(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	from, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if port, err := freePort(); err != nil || port >= from {
			t.Fatalf("port %d of those from %d on, %v", port, from, err)
		}
	}
}
