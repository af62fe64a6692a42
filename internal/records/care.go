package records

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	// kindCare is the kind of the documents that say who takes care of an alert; the key of one is the alert's.
	kindCare = "care"
	careFor  = 48 * time.Hour
)

// CareBook keeps who takes care of which alert.
type CareBook struct {
	kept store.Collection[op.Care]
	wake func() // called when somebody takes care; may be nil
}

// NewCareBook gives what is kept in a store.
func NewCareBook(s *store.Store) CareBook {
	filled := func(c *op.Care, d store.Document) { c.Version = d.Version }
	return CareBook{kept: store.Collection[op.Care]{Store: s, Kind: kindCare, Filled: filled, Lenient: true}}
}

// OnCare has f called whenever somebody takes care of an alert. It is set before the first use.
func (b *CareBook) OnCare(f func()) { b.wake = f }

// OpenCare says that an alert stands of which somebody may take care.
func (b CareBook) OpenCare(ctx context.Context, c op.Care, now time.Time) error {
	_, _, err := b.kept.Put(ctx, careKey(c.Alert), c, 0, now.Add(careFor), op.Event{})
	return err
}

// TakeCare writes down who takes care of an alert in a channel, unless somebody does already, and gives who does. It is
// zero when there is no such alert.
func (b CareBook) TakeCare(ctx context.Context, channel, alert, person string, now time.Time) (op.Care, error) {
	for range 3 {
		c, err := b.kept.Get(ctx, careKey(alert))
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && c.Channel != channel:
			return op.Care{}, nil
		case err != nil || c.By != "":
			return c, err
		}
		c.By, c.Since, c.Left = person, now, ""
		e := op.Event{Name: op.EventCare, Actor: person, Channel: channel, Detail: map[string]string{"alert": alert}}
		taken, mine, err := b.kept.Put(ctx, careKey(alert), c, c.Version, now.Add(careFor), e)
		if mine && b.wake != nil {
			b.wake()
		}
		if err != nil || taken.By != "" {
			return taken, err
		}
	}
	return op.Care{}, errors.New("who takes care of an alert changes all the time")
}

// LeaveCare writes down that whoever takes care of an alert does not any more, and gives how it stands.
func (b CareBook) LeaveCare(ctx context.Context, c op.Care, now time.Time) (op.Care, error) {
	left := op.Care{Alert: c.Alert, Channel: c.Channel, Left: c.By}
	left, _, err := b.kept.Put(ctx, careKey(c.Alert), left, c.Version, now.Add(careFor), op.Event{})
	if err != nil {
		return c, err
	}
	return left, nil
}

// Cares gives who takes care of what, by the alert's reference.
func (b CareBook) Cares(ctx context.Context) (map[string]op.Care, error) {
	list, err := b.kept.List(ctx)
	all := map[string]op.Care{}
	for _, c := range list {
		all[c.Alert] = c
	}
	return all, err
}

// CloseCare forgets an alert that is over.
func (b CareBook) CloseCare(ctx context.Context, c op.Care) error {
	_, err := b.kept.Drop(ctx, careKey(c.Alert), c.Version, op.Event{})
	return err
}

func careKey(alert string) string { return kindCare + "/" + alert }
