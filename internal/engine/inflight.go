package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// inflight is what this process has under way. Nothing of it outlives the process: the store has what must.
type inflight struct {
	pressed   sync.Map // ids of buttons whose press is being worked off, and what is closed at its end
	runs      sync.Map // ids of operations that this process takes to their end
	unwritten sync.Map // outcomes by id that could not be written down
	unsettled sync.Map // keys of what is worked off and still in the inbox, and until when it may yet get there
	looking   sync.Map // ids of unknown operations that are being looked at
}

// sweeper is what the periodic work listens to, and how its end is heard of.
type sweeper struct {
	wake   chan struct{}
	nudged atomic.Int64       // nudges that no sweep has answered yet
	stop   context.CancelFunc // ends the sweep
	swept  chan struct{}
	beaten chan struct{} // closed when the last heartbeat is over
	told   time.Time     // when it was last looked for what has ended, and what nobody knows
}

// work is what runs behind the callers' backs.
type work struct {
	running atomic.Int64   // pieces of work under way
	all     sync.WaitGroup // the same, to wait for
	base    context.Context
	abort   context.CancelFunc // ends runs that outlast the shutdown
}
