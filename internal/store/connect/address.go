// Package connect reads the address of a database and makes connections to a server of one. It keeps true that nothing
// of an address is told but host and database, that a file has one name, and that a connection is a session of its own.
package connect

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Memory is the name of a database that ends with the process.
const Memory = ":memory:"

// Check says what is wrong with the form of an address, before anything is opened. Its error holds nothing of
// the address but host and database: where a password is not written as it should be, a piece of it may stand anywhere.
func Check(address string) error {
	kind, name, _ := strings.Cut(address, ":")
	switch kind {
	case "postgres", "postgresql":
		_, err := Postgres(address)
		return err
	case "sqlite":
		_, err := fileName(name)
		return err
	}
	return errors.New("this is no address of a database; use sqlite:FILE, for example sqlite:casterbot.db, or postgres://…")
}

// fileName gives the name of a file as it stands behind "sqlite:". What other programs understand there in a way of
// their own would silently be another file, so it is refused.
func fileName(name string) (string, error) {
	const want = "write sqlite:FILE with a plain name, for example sqlite:casterbot.db or sqlite:/data/casterbot.db"
	why := ""
	switch path := strings.TrimPrefix(name, "//"); {
	case name == "":
		why = "it names no file"
	case name == Memory:
		return name, nil
	case strings.Contains(name, "?"):
		why = "settings after a ? are not taken"
	case strings.HasPrefix(name, "//") && !strings.HasPrefix(path, "/"):
		why = "what stands between // and the next / would be a host"
	case strings.HasPrefix(name, "file:"):
		why = "the file: before the name is not taken"
	case filepath.Base(name) == Memory:
		why = "this would be a file of the name " + Memory
	case strings.HasPrefix(name, "~"):
		why = "only a shell knows what ~ stands for"
	case strings.HasSuffix(name, "/"):
		why = "it names a folder"
	}
	if why != "" {
		return "", fmt.Errorf("%s; %s", why, want)
	}
	return name, nil
}

// File gives the one true path of a file, so that every name of it leads to the same lock and the same log. Names
// that are links to the file itself have a lock and a log each, so they are refused.
func File(name string) (string, error) {
	name, err := fileName(name)
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, oneName(real)
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("its folder must exist: %w", err)
	}
	return filepath.Join(folder, filepath.Base(path)), nil
}

func oneName(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("it is a folder")
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		return errors.New("the file has another name too (a hard link), under which somebody else could open it at the same time; " +
			"copy it with cp to a file of its own")
	}
	return nil
}

// Postgres reads an address. What is wrong with it is said without the address.
func Postgres(address string) (*pgx.ConnConfig, error) {
	const want = "use postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full, with other characters than letters and digits in the password written as %XX: %40 for @, %2F for /, %3F for ?, %23 for #, %25 for %"
	if u, err := url.Parse(address); err != nil || u.Opaque != "" || ambiguous(address) {
		return nil, errors.New("the address cannot be read; " + want)
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		why := "it is not complete"
		if inner := errors.Unwrap(err); inner != nil {
			why = masked(inner.Error(), address)
		}
		return nil, fmt.Errorf("the address is wrong (%s); %s", why, want)
	}
	return config, nil
}

// ambiguous reports that an address may have been meant in another way than it reads: a password with an @, / ? or # in
// it takes its end for the host, or the host for its end.
func ambiguous(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	server := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		server = rest[:i]
	}
	return strings.Contains(rest, "#") || strings.Count(rest, "@") > strings.Count(server, "@") ||
		strings.Count(server, "@") > 1
}

// masked takes what only the keeper may know out of a text about an address: user, password, and what else stands in it
// under such a name.
func masked(text, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	password, _ := u.User.Password()
	private := []string{password, u.User.Username()}
	for name, values := range u.Query() {
		if strings.Contains(name, "password") || name == "user" {
			private = append(private, values...)
		}
	}
	return without(text, private...)
}

// without puts … in the place of each of the words. One or two letters are no secret, and stand in any word.
func without(text string, words ...string) string {
	for _, word := range words {
		if len(word) > 2 {
			text = strings.ReplaceAll(text, word, "…")
		}
	}
	return text
}
