package store

import (
	"errors"

	"casterbot/internal/op"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrUnwritten is in every error of a write that the database could not do, in contrast to one that the store refuses.
var ErrUnwritten = errors.New("the database could not be written")

// ErrUnsure is in the error of a write whose COMMIT had no good answer, when the database could not be asked afterwards
// either: it may have taken effect. Without it a write that failed has left nothing.
var ErrUnsure = errors.New("nobody knows whether it was written")

// undecided marks the error of a write that may have taken effect, by the error of the look for its mark.
func undecided(failed, look error) error {
	u := &unsure{}
	if look == nil || errors.Is(look, ErrNotFound) || !errors.As(failed, &u) {
		return failed
	}
	return errors.Join(ErrUnsure, failed)
}

// unwritten marks an error of a write, unless it is a refusal.
func unwritten(err error) error {
	if definite(err) {
		return err
	}
	return failure{err}
}

// failure is an error that is ErrUnwritten too; its text is the error's own.
type failure struct{ error }

func (f failure) Is(target error) bool { return target == ErrUnwritten }

func (f failure) Unwrap() error { return f.error }

// Reason says in a few words why the database could not be written; empty when nothing is known. It names no file and
// no server.
func Reason(err error) op.Text {
	var file *sqlite.Error
	var server *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &file):
		return map[int]op.Text{
			sqlite3.SQLITE_FULL:     "its disk is full",
			sqlite3.SQLITE_READONLY: "its disk is read-only",
			sqlite3.SQLITE_IOERR:    "its disk takes no more or is broken",
			sqlite3.SQLITE_BUSY:     "another process holds it",
			sqlite3.SQLITE_LOCKED:   "another process holds it",
			sqlite3.SQLITE_CANTOPEN: "its disk takes no more or is broken",
		}[file.Code()&0xff]
	case errors.As(err, &server):
		return map[string]op.Text{
			"53100": "the server's disk is full",
			"25006": "the server is read-only",
			"57P01": "the server is going down",
			"57P03": "the server is starting",
			"57014": "the server takes too long",
		}[server.Code]
	case errors.As(err, &connect):
		return "the server does not answer"
	}
	return ""
}
