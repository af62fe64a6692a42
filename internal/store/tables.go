package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store/connect"
)

// Tx is a transaction in which another package changes tables of its own. Every statement carries an argument, as those
// of the store do.
type Tx struct{ t *transaction }

// Change runs a transaction of another package. After an error it may have taken effect, unless nothing was wrong with
// its end: whoever asks for it finds out by what they have written.
func (s *Store) Change(ctx context.Context, do func(Tx) error) error {
	return s.write(ctx, func(t *transaction) error { return do(Tx{t}) })
}

// ChangeWith is Change with an event in the same transaction; one without a name is left out.
func (s *Store) ChangeWith(ctx context.Context, do func(Tx) (op.Event, error)) error {
	return s.write(ctx, func(t *transaction) error {
		e, err := do(Tx{t})
		if err != nil || e.Name == "" {
			return err
		}
		return t.appendEvent(e, op.NewID())
	})
}

// Now is the store's time, the same for the whole transaction.
func (x Tx) Now() time.Time { return instant(x.t.now) }

// Exec runs a statement and gives how many rows it changed.
func (x Tx) Exec(query string, args ...any) (int64, error) { return x.t.exec(query, args...) }

// QueryContext asks for rows within the transaction.
func (x Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return x.t.QueryContext(ctx, query, args...)
}

// Reader is what another package asks its own tables with, outside of a transaction.
func (s *Store) Reader() *sql.DB { return s.reader }

// Replica names this process.
func (s *Store) Replica() string { return s.replica }

// Look gives a database as of one moment, for reading only, while a bot may work on it.
func Look(ctx context.Context, address string, do func(*sql.Tx) error) error {
	if err := connect.Check(address); err != nil {
		return err
	}
	reading := func(db *sql.DB, as *sql.TxOptions) error {
		tx, err := db.BeginTx(ctx, as)
		if err != nil {
			return err
		}
		return errors.Join(do(tx), tx.Rollback())
	}
	kind, name, _ := strings.Cut(address, ":")
	if kind != "sqlite" {
		db, err := (&Seen{}).connect(address)
		if err == nil {
			snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
			err = errors.Join(reading(db, snapshot), db.Close())
		}
		return wrap(oneLine(err), "read the PostgreSQL database")
	}
	path, err := connect.File(name)
	if err == nil {
		err = exists(path)
	}
	if err == nil {
		err = looking(path, func(db *sql.DB) error {
			if err := casterbots(ctx, db); err != nil {
				return err
			}
			return reading(db, nil)
		})
	}
	return wrap(oneLine(advise(err)), "read %s", name)
}

// Add writes one event into a database that a bot may have open: whoever reads the record without the bot leaves a
// trace there too. It takes no lock and makes no tables.
func Add(ctx context.Context, url string, o Options, e op.Event) error {
	kind, name, _ := strings.Cut(url, ":")
	if kind != "sqlite" {
		s, err := Open(ctx, url, o)
		if err != nil {
			return err
		}
		return errors.Join(s.Record(ctx, e), s.Close())
	}
	path, err := connect.File(name)
	if err == nil {
		err = exists(path)
	}
	if err == nil {
		err = o.filled().addToFile(ctx, path, e)
	}
	return wrap(oneLine(advise(err)), "write into %s", name)
}

func (o Options) addToFile(ctx context.Context, path string, e op.Event) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := sql.Open("sqlite", address(path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	s := &Store{now: o.Now, author: o.author(), log: o.Log, watch: o.Watch, dialect: sqliteDialect, patience: o.patience(),
		writer: db, reader: db, commit: (*sql.Tx).Commit}
	err = casterbots(ctx, db)
	if err == nil {
		err = s.Record(ctx, e)
	}
	return errors.Join(err, db.Close())
}
