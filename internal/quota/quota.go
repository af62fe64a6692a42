package quota

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// What Reserve answers when there is no turn. Its other errors are those of the context.
var (
	ErrNoLimit = errors.New("not an operation of this program")
	ErrAlone   = errors.New("the turns that all replicas share cannot be asked for")
)

// Config says how much may be used, and with whom it is shared.
type Config struct {
	Share   int          // of each limit, in percent; 0: 90
	Began   time.Time    // an earlier process may have called until then; a second later its turns are free
	Book    Book         // where replicas write down who has which part; nil: there are no others
	Replica string       // names this process in the book
	Peers   func() int   // how many other replicas live; nil: none is known of
	Log     *slog.Logger // nil logs nothing
	// Waited is told how long a call waited until it got a permit, for those who measure; it may be nil.
	Waited func(Class, time.Duration)
}

// Quota gives permits for calls. All methods may be used by many goroutines at once. A nil one knows no limits.
type Quota struct {
	config Config
	mu     sync.Mutex
	lines  map[string]*line
	ctx    context.Context
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// New makes a quota. Without anything to do it does nothing and asks nobody.
func New(c Config) *Quota {
	if c.Share <= 0 {
		c.Share = usualShare
	}
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Peers == nil {
		c.Peers = func() int { return 0 }
	}
	q := &Quota{config: c, lines: map[string]*line{}}
	q.ctx, q.stop = context.WithCancel(context.Background())
	return q
}

// Close gives back what is shared. Whoever waits is answered with ErrAlone.
func (q *Quota) Close() {
	if q == nil {
		return
	}
	q.stop()
	q.work.Wait()
}

// Reserve gives a permit for one call of an operation as soon as a turn is found that comes within ahead, in the order
// of service.
func (q *Quota) Reserve(ctx context.Context, operation string, ahead time.Duration) (*Permit, error) {
	switch {
	case q == nil:
		return nil, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case Limit(operation) == 0:
		return nil, ErrNoLimit
	}
	l, caller, began := q.line(operation), Of(ctx), time.Now()
	p, err := l.await(ctx, l.enter(caller, ahead))
	if err == nil && q.config.Waited != nil {
		q.config.Waited(caller.Class, time.Since(began))
	}
	return p, err
}

func (q *Quota) line(operation string) *line {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[operation]
	if l == nil {
		l = newLine(q, operation)
		q.lines[operation] = l
	}
	return l
}
