package bot

import (
	"context"
	"sync"
	"sync/atomic"

	"casterbot/internal/op"
)

// pool runs work on a fixed number of goroutines behind a bounded queue.
type pool struct {
	queue  chan func(context.Context)
	ctx    context.Context
	cancel context.CancelFunc
	count  *atomic.Int64 // work that is queued or runs, shared by the pools of a bot
	hands  sync.WaitGroup

	mu       sync.Mutex
	open     int // work of this pool that is queued or runs
	draining bool
	closed   bool
	quit     chan struct{} // closed together with the pool
}

// newPool starts the workers. Their context outlives the caller's: work under way is finished, not cut off.
func newPool(ctx context.Context, workers, queue int, count *atomic.Int64) *pool {
	p := &pool{queue: make(chan func(context.Context), queue), count: count, quit: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for range workers {
		p.hands.Go(p.serve)
	}
	return p
}

// serve works until the pool is closed; what is still queued then is left.
func (p *pool) serve() {
	for {
		select {
		case <-p.quit:
			return
		default:
		}
		select {
		case work := <-p.queue:
			work(p.ctx)
			p.done()
		case <-p.quit:
			return
		}
	}
}

// offer queues work; false when the queue is full or the pool has been drained.
func (p *pool) offer(work func(context.Context)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	select {
	case p.queue <- work:
		p.open++
		p.count.Add(1)
		return true
	default:
		return false
	}
}

func (p *pool) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count.Add(-1)
	if p.open--; p.open == 0 && p.draining {
		p.close()
	}
}

// close lets nothing more in and sends the workers home. The caller holds mu.
func (p *pool) close() {
	if !p.closed {
		p.closed = true
		close(p.quit)
	}
}

// drain waits until the work has ended, and what that work has offered in turn. When ctx ends first, work that is
// queued is dropped and work under way is left behind, its own context ended.
func (p *pool) drain(ctx context.Context) {
	p.mu.Lock()
	if p.draining = true; p.open == 0 {
		p.close()
	}
	p.mu.Unlock()
	select {
	case <-p.quit:
		p.hands.Wait()
	case <-ctx.Done():
		p.mu.Lock()
		p.close()
		p.mu.Unlock()
	}
	p.cancel()
}

// settles are the acts that decide about a card and look at nothing slow.
var settles = map[op.Action]bool{
	op.ActionConfirm: true, op.ActionCancel: true, op.ActionApprove: true, op.ActionDecline: true, op.ActionHappened: true,
	op.ActionNot: true,
}

// behind is the pool for what a click sets going.
func (d *dispatcher) behind(a op.Action) *pool {
	if settles[a] {
		return d.clicks
	}
	return d.work
}
