package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
)

// Document is a small text that is kept beside the operations: a lock, a board, an alert, a lease. Whoever changes one
// names the version that they have read; of many who do so at once exactly one wins.
type Document struct {
	Key     string
	Kind    string // what it is, for lists
	Body    string // its text; the store does not read it
	Version int64  // grows with every change, never twice the same under one key
	At      time.Time
	Ends    time.Time // from then on it counts as gone; zero: it never ends by itself
}

// PutDocument writes a document: a new one when its version is 0 (there must be none under the key, or one that has
// ended), else in place of the version that it names, which must not have ended. It gives the document as it is stored.
// ErrLost comes with the one that stands there now. The event goes into the trail in the same transaction; one without
// a name is left out.
func (s *Store) PutDocument(ctx context.Context, m Document, e op.Event) (Document, error) {
	if m.Key == "" || m.Kind == "" {
		return Document{}, fmt.Errorf("put a document: key and kind: %w", ErrIncomplete)
	}
	query := insertDocument
	if m.Version > 0 {
		query = updateDocument
	}
	return s.changeDocument(ctx, m.Key, e, func(t *transaction, mark string) (Document, error) {
		args := []any{m.Key, m.Kind, m.Body, t.now, timeOf{&m.Ends}, mark}
		if m.Version > 0 {
			args = append(args, m.Version)
		}
		return scanDocument(t.row(query, args...))
	})
}

// DropDocument ends a document now, at this version only; ErrLost comes with the one that stands there instead.
func (s *Store) DropDocument(ctx context.Context, key string, version int64, e op.Event) error {
	_, err := s.changeDocument(ctx, key, e, func(t *transaction, mark string) (Document, error) {
		return scanDocument(t.row(endDocument, key, t.now, mark, version))
	})
	return err
}

// changeDocument runs one guarded change of a document and its event in one transaction. After an error the row's own
// mark says whether the change took effect.
func (s *Store) changeDocument(ctx context.Context, key string, e op.Event,
	do func(t *transaction, mark string) (Document, error)) (m Document, err error) {
	mark := op.NewID()
	found, err := s.sure(ctx, func(t *transaction) (err error) {
		if m, err = do(t, mark); errors.Is(err, ErrNotFound) {
			m, err = t.inTheWay(key)
		}
		if err != nil || e.Name == "" {
			return err
		}
		return t.appendEvent(e, mark)
	}, func(ctx context.Context) (err error) {
		m, err = scanDocument(s.reader.QueryRowContext(ctx, selectDocumentMark, key, mark))
		return err
	})
	switch {
	case found:
		return m, nil
	case err != nil && !definite(err):
		return Document{}, fmt.Errorf("write document %s: %w", key, err)
	}
	return m, err
}

// inTheWay gives what stood in the way of a change.
func (t *transaction) inTheWay(key string) (Document, error) {
	m, err := scanDocument(t.row(selectDocument, key, t.now))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Document{}, err
	}
	return m, ErrLost
}

// Document gives the document under a key; ErrNotFound when there is none, or it has ended.
func (s *Store) Document(ctx context.Context, key string) (Document, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	m, err := scanDocument(s.reader.QueryRowContext(ctx, selectDocument, key, s.now().UnixMilli()))
	return m, wrap(err, "document %s", key)
}

// LastDocument gives the document under a key also after it has ended, for as long as it is kept: Ends is then when it
// did. ErrNotFound when there is none.
func (s *Store) LastDocument(ctx context.Context, key string) (Document, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	m, err := scanDocument(s.reader.QueryRowContext(ctx, selectLast, key))
	return m, wrap(err, "last document %s", key)
}

// Documents gives all documents of a kind that have not ended, by key.
func (s *Store) Documents(ctx context.Context, kind string) ([]Document, error) {
	return list(ctx, s, "documents of kind "+kind, scanDocument, selectDocuments, kind, s.now().UnixMilli())
}

func scanDocument(row scanner) (m Document, err error) {
	err = row.Scan(&m.Key, &m.Kind, &m.Body, &m.Version, timeOf{&m.At}, timeOf{&m.Ends})
	return m, notFound(err)
}

// Collection keeps values of one type as documents of one kind, in JSON. Of many who change one exactly one wins, by
// the version that they have read.
type Collection[T any] struct {
	Store   *Store
	Kind    string
	Filled  func(*T, Document) // puts into a value what stands beside its text: key, version, times; may be nil
	Lenient bool               // lists leave out what cannot be read
}

// Get gives the value under a key; ErrNotFound when there is none, or it has ended.
func (c Collection[T]) Get(ctx context.Context, key string) (v T, err error) {
	d, err := c.Store.Document(ctx, key)
	if err != nil {
		return v, err
	}
	return c.read(d)
}

// List gives all values that have not ended, by key.
func (c Collection[T]) List(ctx context.Context) ([]T, error) {
	found, err := c.Store.Documents(ctx, c.Kind)
	all := make([]T, 0, len(found))
	for _, d := range found {
		v, err := c.read(d)
		switch {
		case err == nil:
			all = append(all, v)
		case !c.Lenient:
			return nil, err
		}
	}
	return all, err
}

// Put writes a value under a key: a new one at version 0, else in place of the version that is named. It gives what
// stands there now, nothing when that has ended meanwhile, and whether it is this one.
func (c Collection[T]) Put(ctx context.Context, key string, v T, version int64, ends time.Time, e op.Event) (
	now T, mine bool, err error) {
	body, err := json.Marshal(v)
	if err != nil {
		return now, false, fmt.Errorf("write %s as JSON: %w", key, err)
	}
	d := Document{Key: key, Kind: c.Kind, Body: string(body), Version: version, Ends: ends}
	d, err = c.Store.PutDocument(ctx, d, e)
	lost := errors.Is(err, ErrLost)
	switch {
	case err != nil && !lost:
		return now, false, err
	case d.Key == "":
		return now, false, nil
	}
	now, err = c.read(d)
	return now, !lost && err == nil, err
}

// Drop ends what stands under a key, at this version only, and reports whether it did.
func (c Collection[T]) Drop(ctx context.Context, key string, version int64, e op.Event) (bool, error) {
	err := c.Store.DropDocument(ctx, key, version, e)
	if errors.Is(err, ErrLost) {
		return false, nil
	}
	return err == nil, err
}

func (c Collection[T]) read(d Document) (v T, err error) {
	if err := json.Unmarshal([]byte(d.Body), &v); err != nil {
		return v, fmt.Errorf("read the document %s: %w", d.Key, err)
	}
	if c.Filled != nil {
		c.Filled(&v, d)
	}
	return v, nil
}
