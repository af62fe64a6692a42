package connect

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"casterbot/internal/neterr"
)

// Setting is asked of every connection. Name and value are constants of the program.
type Setting struct{ Name, Value string }

// Pool makes connections with settings. They are asked for once a connection stands: a pooler lets no other than its
// own pass while it is made.
func Pool(config pgx.ConnConfig, size int, settings []Setting) *sql.DB {
	config.Config = *config.Config.Copy()
	ask := func(ctx context.Context, c *pgx.Conn) error { return set(ctx, c.PgConn(), settings) }
	db := sql.OpenDB(connector{stdlib.GetConnector(config, stdlib.OptionAfterConnect(ask)), &config})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// set asks in the one way that also works where a pooler gives every statement to another connection of its own, which
// OneSession notices.
func set(ctx context.Context, c *pgconn.PgConn, settings []Setting) error {
	var statements []string
	for _, s := range settings {
		statements = append(statements, "SET "+s.Name+" = '"+s.Value+"'")
	}
	_, err := c.Exec(ctx, strings.Join(statements, "; ")).ReadAll()
	return err
}

// connector makes connections whose errors can be shown.
type connector struct {
	driver.Connector
	config *pgx.ConnConfig
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, unconnected{text: connectText(c.config, err), error: err}
	}
	return conn, nil
}

// unconnected is why there is no connection: one line with the host and the database, and nothing else of the address.
type unconnected struct {
	text string
	error
}

func (u unconnected) Error() string { return u.text }

func (u unconnected) Unwrap() error { return u.error }

func connectText(config *pgx.ConnConfig, err error) string {
	hosts := []string{config.Host}
	for _, other := range config.Fallbacks {
		if !slices.Contains(hosts, other.Host) {
			hosts = append(hosts, other.Host)
		}
	}
	own, foreign := connectReason(err)
	return fmt.Sprintf("no connection to %s, database %s: %s", strings.Join(hosts, " or "),
		cmp.Or(config.Database, "of the user's name"), own+without(foreign, config.User, config.Password))
}

// refusals say what a server means that lets nobody in, by its code.
var refusals = map[string]string{
	"28P01": "it does not take the user and the password",
	"28000": "it does not let this user in from this machine (pg_hba.conf)",
	"3D000": "there is no such database",
	"53300": "it has no connection left",
	"57P03": "it is starting or stopping",
}

// connectReason is why a connection failed, of several hosts the first reason that there is: in words of this program,
// or of others, which may hold anything.
func connectReason(err error) (own, foreign string) {
	var server *pgconn.PgError
	switch known := neterr.Reason(err); {
	case errors.As(err, &server) && strings.Contains(server.Message, "unsupported startup parameter"):
		return "a pooler before it refuses a setting of the address, which has to go: ", server.Message
	case errors.As(err, &server) && refusals[server.Code] != "":
		return refusals[server.Code], ""
	case errors.As(err, &server):
		return "", server.Message
	case known != "":
		return known, ""
	}
	return "", innermost(err)
}

// innermost is the text of the error that the others are about, in one line.
func innermost(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// sessionsSeen is how many connections are compared to find a pooler.
const sessionsSeen = 3

// OneSession demands that a connection is one of the server for as long as it stands. A pooler in transaction mode
// gives what several connections ask to the same one, and one connection's questions to several.
func OneSession(ctx context.Context, db *sql.DB) error {
	seen := map[int]int{} // the server's process → whose it was first
	var conns []*sql.Conn
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for range sessionsSeen {
		c, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		conns = append(conns, c)
	}
	for range 2 {
		for i, c := range conns {
			var process int
			asked := c.QueryRowContext(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol)
			if err := asked.Scan(&process); err != nil {
				return err
			}
			if first, known := seen[process]; known && first != i {
				return errPooled
			}
			seen[process] = i
		}
	}
	if len(seen) != len(conns) {
		return errPooled
	}
	return nil
}

var errPooled = errors.New("a pooler in transaction mode is before the server: its settings and turns need a session of their own; use pool_mode=session, or the server itself")
