package doctor

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/store"
	"casterbot/test/pgtest"
)

// database makes one with an operation in it, and gives its path.
func database(s *stand) string {
	s.Helper()
	path := filepath.Join(s.dir, "casterbot.db")
	db, err := store.Open(s.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		s.Fatal(err)
	}
	if err := db.Close(); err != nil {
		s.Fatal(err)
	}
	alter(s, path, `INSERT INTO operations (id, key, token, state, command, verb, effect, typed, team, channel, thread, asker,
		person, closer, target, plan, decision, claim, sends, looks, created, expires, confirmed, sent, looked, ended, card,
		version, shown) VALUES ('8F2K', 'k', 't', 'pending', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 0, 1,
		1, 0, 0, 0, 0, '', 1, 1)`)
	return path
}

// hold opens a database as a bot does.
func hold(s *stand, path string) {
	s.Helper()
	db, err := store.Open(s.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = db.Close() })
}

func alter(s *stand, path string, statements ...string) {
	s.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		s.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			s.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		s.Fatal(err)
	}
}

// saved notes a backup of some time ago.
func saved(s *stand, path string, age time.Duration) {
	s.file(filepath.Base(path)+".saved", time.Now().Add(-age).UTC().Format(time.RFC3339)+"\n")
}

// made is a database that was saved an hour ago, and then changed.
func made(change func(s *stand, path string)) func(*stand) {
	return func(s *stand) {
		path := database(s)
		saved(s, path, time.Hour)
		change(s, path)
	}
}

// What is wrong with a database in a file.
func TestFaultsOfTheFile(t *testing.T) {
	file := func(name string) func(*stand) { return set("CASTERBOT_DATABASE_URL", "sqlite:"+name) }
	find(t, []fault{
		{"well", made(func(*stand, string) {}), []string{
			"ok database | 1 operation; no bot has it open", "ok database | the last backup is of"}},
		{"in memory", file(":memory:"), []string{"broken settings | ends with the process | CASTERBOT_DATABASE_URL",
			"not checked database | CASTERBOT_DATABASE_URL is wrong"}},
		{"no folder", file("/nowhere/casterbot.db"), []string{"broken database | its folder must exist | mkdir -p"}},
		{"a folder", func(s *stand) { file(s.dir)(s) }, []string{
			"broken database | it is a folder | CASTERBOT_DATABASE_URL"}},
		{"settings", file("casterbot.db?mode=rw"), []string{
			"broken database | settings after a ? are not taken | CASTERBOT_DATABASE_URL"}},
		{"damaged", func(s *stand) { s.file("casterbot.db", strings.Repeat("this is a letter\n", 300)) }, []string{
			"broken database | is damaged or no database | casterbot restore BACKUP"}},
		{"cut off", made(func(s *stand, path string) { _ = os.Truncate(path, 5000) }), []string{
			"broken database | it ends within a page | casterbot restore BACKUP"}},
		{"of another program", func(s *stand) {
			alter(s, filepath.Join(s.dir, "casterbot.db"), "CREATE TABLE songs (name TEXT)")
		}, []string{
			"broken database | the database of another program | name another database"}},
		{"gone", made(func(_ *stand, path string) { _ = os.Remove(path) }), []string{
			"broken database | the file is missing or empty, but a database was there | casterbot restore BACKUP"}},
		{"without an index", made(func(s *stand, path string) { alter(s, path, "DROP INDEX operations_running") }), []string{
			"broken database | there is no index operations_running | casterbot restore"}},
		{"of a newer version", made(func(s *stand, path string) {
			alter(s, path, "INSERT INTO migrations (number, name, at) VALUES (999, 'newer', 1)")
		}), []string{"warning database | was made by a newer casterbot (its version 999 | run the newer casterbot"}},
		{"others read it", made(func(_ *stand, path string) { _ = os.Chmod(path, 0o644) }), []string{
			"warning database | can be read or written by others | chmod 600 "}},
		{"with another name", made(func(_ *stand, path string) { _ = os.Link(path, path+".link") }), []string{
			"broken database | a hard link | CASTERBOT_DATABASE_URL"}},
		{"never saved", made(func(_ *stand, path string) { _ = os.Remove(path + ".saved") }), []string{
			"warning database | no backup of | casterbot backup"}},
		{"saved long ago", made(func(s *stand, path string) { saved(s, path, 10*24*time.Hour) }), []string{
			"warning database | is 10 days old | casterbot backup"}},
		{"a bot that does not answer", made(hold), []string{
			"ok database | in use by process ", "warning admin port | has the database open, and no bot answers | end that process",
			"not checked sockets | both sockets and strangers on them: not checked, because a bot runs (process "}},
	})
}

// The room on a disk, and a disk that takes no writes.
func TestRoom(t *testing.T) {
	for left, want := range map[uint64]Level{0: Broken, leastFree - 1: Broken, leastFree: Warning, enoughFree: ""} {
		n := notes{check: "database"}
		n.room(store.Seen{Path: "/data/casterbot.db", Free: &left})
		if len(n.list) == 0 && want != "" || len(n.list) == 1 && (n.list[0].Level != want || n.list[0].Do == "") {
			t.Errorf("%d: %+v, want %s", left, n.list, want)
		}
	}
}

// What is wrong with a database on a server.
func TestFaultsOfTheServer(t *testing.T) {
	var shared pgtest.Shared
	t.Cleanup(func() { _ = shared.Close() })
	good := shared.Address(t)
	with := func(address string) func(*stand) { return set("CASTERBOT_DATABASE_URL", address) }
	opened := func(s *stand) *store.Store {
		db, err := store.Open(s.Context(), good, store.Options{})
		if err != nil {
			s.Fatal(err)
		}
		s.Cleanup(func() { _ = db.Close() })
		return db
	}
	host := strings.NewReplacer("casterbot@", "casterbot:hunter2fake@")
	find(t, []fault{
		{"new", with(good), []string{"ok database | PostgreSQL "}},
		{"no password in the report", with(host.Replace(good)), []string{"ok database | PostgreSQL "}},
		{"refused", with("postgres://bot:hunter2fake@127.0.0.1:1/bot"), []string{
			"broken database | no connection to 127.0.0.1, database bot: it refuses connections | start PostgreSQL"}},
		{"no such database", with(strings.Replace(good, "/postgres?", "/nowhere?", 1)), []string{
			"broken database | there is no such database | createdb"}},
		{"no such user", with(strings.Replace(good, "casterbot@", "nobody:hunter2fake@", 1)), []string{
			"broken database | no connection to"}},
		{"in the clear", with("postgres://bot:hunter2fake@db.example.com/bot"), []string{
			"broken database | is not on this machine: add sslmode=verify-full | ?sslmode=verify-full"}},
		{"a password that is not written as it should be", with("postgres://bot:hun/ter2fake@db/bot"), []string{
			"broken database | cannot be read | CASTERBOT_DATABASE_URL"}},
		{"commits that may be lost", with(good + "&synchronous_commit=off"), []string{
			"broken database | PostgreSQL has synchronous_commit=off, and it must be on | ALTER ROLE"}},
		{"no schema", with(good[:strings.Index(good, "search_path=")] + "search_path=missing"), []string{
			"broken database | the schema that search_path names does not exist | CREATE SCHEMA"}},
		{"read-only", func(s *stand) { with(good + "&options=-c%20default_transaction_read_only%3Don")(s) }, []string{
			"broken database | takes no writes | ALTER ROLE"}},
		{"replicas", func(s *stand) { opened(s); with(good)(s) }, []string{"ok database | 1 replica of the bot",
			"not checked sockets | because 1 replica of the bot run"}},
	})
}
