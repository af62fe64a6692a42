package store

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"casterbot/internal/store/connect"
)

// What other programs understand in an address of a file in a way of their own would be another file without a word.
func TestFileAddresses(t *testing.T) {
	for address, want := range map[string]string{ // "": taken
		"sqlite:casterbot.db":         "",
		"sqlite:/data/cas ter/bot.db": "",
		"sqlite:///data/casterbot.db": "",
		"sqlite::memory:":             "",
		"sqlite:":                     "names no file",
		"sqlite:casterbot.db?mode=rw": "settings after a ? are not taken",
		"sqlite:casterbot.db?":        "settings after a ?",
		"sqlite://casterbot.db":       "would be a host",
		"sqlite://data/casterbot.db":  "would be a host",
		"sqlite:file:casterbot.db":    "file: before the name",
		"sqlite:///:memory:":          ":memory:",
		"sqlite:/data/:memory:":       ":memory:",
		"sqlite:~/casterbot.db":       "what ~ stands for",
		"sqlite:/data/":               "a folder",
		"sqlite3:casterbot.db":        "no address of a database",
		"casterbot.db":                "no address of a database",
		"hunter2":                     "no address of a database",
		"":                            "no address of a database",
	} {
		err := connect.Check(address)
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", address, err, want)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("a secret: %v", err)
		}
		if want == "" {
			continue
		}
		if s, err := Open(t.Context(), address, Options{}); err == nil {
			_ = s.Close()
			t.Errorf("%s was opened", address)
		}
	}
}

// Two names of one file have a lock and a log each: a bot, a backup and a restore would not know of the other's.
func TestHardLinkIsRefused(t *testing.T) {
	url, path, _ := filled(t)
	link := filepath.Join(filepath.Dir(path), "link.db")
	if err := os.Link(path, link); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{url, "sqlite:" + link} {
		refused(t, address, "hard link")
	}
	_, err := Backup(t.Context(), "sqlite:"+link, path+".backup")
	if err == nil || !strings.Contains(err.Error(), "hard link") {
		t.Errorf("a backup by another name: %v", err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	open(t, url, newClock())
	refused(t, "sqlite:"+filepath.Dir(path), "a folder")
}

// Whatever is not written as it should be in an address, nothing of it is told but host and database.
func TestNothingOfAnAddressIsTold(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://bot:hun@ter2@db/x":                                "%40 for @",
		"postgres://bot:@hunter2@db/x":                                "%40 for @",
		"postgres://bot:hunter/2@db/x":                                "%2F for /",
		"postgres://bot:12/hunter@db/x":                               "%2F for /",
		"postgres://bot:hunter?2@db/x":                                "%3F for ?",
		"postgres://bot:12?hunter@db/x":                               "%3F for ?",
		"postgres://bot:hunter#2@db/x":                                "%23 for #",
		"postgres://bot:12#hunter@db/x":                               "%23 for #",
		"postgres://bot:hunter%2@db/x":                                "%25 for %",
		"postgres://bot:hunter[2@db/x":                                "%XX",
		"postgres://bot:hunter\\2@db/x":                               "%XX",
		"postgres://bot:hunter2@127.0.0.1:1/x":                        "no connection to 127.0.0.1, database x: ",
		"postgres://bot:hunter2@localhost:1/x":                        "no connection to localhost, database x: ",
		"postgres:///x?host=/nowhere&password=hunter2&user=hunters":   "no connection to /nowhere, database x: ",
		"postgres://hunters@127.0.0.1:1":                              "no connection to 127.0.0.1, ",
		"postgres://bot:hunter2@127.0.0.1/x?sslmode=odd":              "is wrong",
		"postgres://bot:hunter2@127.0.0.1/x?connect_timeout=odd":      "is wrong",
		"postgres://bot@127.0.0.1:70000/x?sslpassword=hunter2":        "is wrong",
		"postgres:bot:hunter2@db/x":                                   "cannot be read",
		"postgresql://bot:hun@ter2@db/x":                              "%40 for @",
		"postgres://bot:hunter2@" + refusing(t, "28P01") + "/x":       "it does not take the user and the password",
		"postgres://hunters:hunter2@" + refusing(t, "XX000") + "/x":   "database x: ",
		"postgres://bot:hunter2@" + refusing(t, "3D000") + "/missing": "database missing: there is no such database",
	} {
		s, err := Open(t.Context(), address, Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was taken", address)
			continue
		}
		said := err.Error()
		if !strings.Contains(said, want) || strings.Contains(said, "hunter") || strings.Contains(said, "ter2") ||
			strings.Contains(said, "\n") {
			t.Errorf("%s: %q, want %q", address, said, want)
		}
	}
}

// refusing is a server that lets nobody in, for a reason with the user and the password in its text.
func refusing(t *testing.T, code string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			client := pgproto3.NewBackend(conn, conn)
			for {
				first, err := client.ReceiveStartupMessage()
				if _, tls := first.(*pgproto3.SSLRequest); err != nil || !tls {
					break
				}
				_, _ = conn.Write([]byte("N"))
			}
			client.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "none\nfor \"hunters\" by hunter2"})
			_ = client.Flush()
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
