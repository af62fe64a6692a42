package bot

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// pool runs work on a fixed number of goroutines behind a bounded queue.
type pool struct {
	queue  chan func(context.Context)
	ctx    context.Context
	cancel context.CancelFunc
	busy   sync.WaitGroup // work that is queued or runs
	count  *atomic.Int64  // the same as a number, shared by the pools of a bot
	hands  sync.WaitGroup
}

// newPool starts the workers. Their context outlives the caller's: work under way is finished, not cut off.
func newPool(ctx context.Context, workers, queue int, count *atomic.Int64) *pool {
	p := &pool{queue: make(chan func(context.Context), queue), count: count}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for range workers {
		p.hands.Go(func() {
			for work := range p.queue {
				work(p.ctx)
				p.done()
			}
		})
	}
	return p
}

// offer queues work; false when the queue is full.
func (p *pool) offer(work func(context.Context)) bool {
	p.busy.Add(1)
	p.count.Add(1)
	select {
	case p.queue <- work:
		return true
	default:
		p.done()
		return false
	}
}

func (p *pool) done() {
	p.count.Add(-1)
	p.busy.Done()
}

// grace is how long work gets to notice that its context has ended.
const grace = 2 * time.Second

// drain waits until the work has ended, or ctx has: then the work's own context ends too, and work that does not heed it
// is left behind. Nothing may be offered any more.
func (p *pool) drain(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		p.busy.Wait()
		close(p.queue)
		p.hands.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	p.cancel()
	waitFor(context.Background(), done, grace)
}
