//go:build crashpoints

package failpoint

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// order is what the environment asks for.
type order struct {
	place string
	left  atomic.Int64  // passages until it happens
	still time.Duration // stand still for so long instead
	later time.Duration // die only after so long, while everything else goes on
	scale time.Duration
}

// given is the one order of this process. It is a variable because a place must be markable with one word.
var given = sync.OnceValue(read)

func read() *order {
	o := &order{scale: 1}
	words := append(strings.Split(os.Getenv("CASTERBOT_CRASH"), ":"), "", "")
	n, _ := strconv.ParseInt(words[1], 10, 64) // what cannot be read happens at the first passage
	o.place = words[0]
	o.left.Store(max(1, n))
	if after, later := strings.CutPrefix(words[2], "+"); later {
		o.later, _ = time.ParseDuration(after)
	} else {
		o.still, _ = time.ParseDuration(words[2])
	}
	if scale, err := strconv.Atoi(os.Getenv("CASTERBOT_CRASH_SCALE")); err == nil && scale > 0 {
		o.scale = time.Duration(scale)
	}
	return o
}

// At ends the process, or halts it, when this passage of the place is the one that was asked for.
func At(place string) {
	o := given()
	if o.place != place || o.left.Add(-1) != 0 {
		return
	}
	if o.still > 0 {
		halt(o.still)
		return
	}
	time.Sleep(o.later)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// halt stops the whole process until another one wakes it.
func halt(d time.Duration) {
	me := strconv.Itoa(os.Getpid())
	waker := exec.Command("sh", "-c", "sleep "+strconv.FormatFloat(d.Seconds(), 'f', 3, 64)+"; kill -CONT "+me)
	if waker.Start() != nil {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	_ = waker.Wait()
}

// Clock puts a clock ahead by what stands in the file of CASTERBOT_CRASH_AHEAD.
func Clock(now func() time.Time) func() time.Time {
	file := os.Getenv("CASTERBOT_CRASH_AHEAD")
	if file == "" {
		return now
	}
	return func() time.Time {
		text, _ := os.ReadFile(file) // no file: not ahead
		ahead, _ := time.ParseDuration(strings.TrimSpace(string(text)))
		return now().Add(ahead)
	}
}

// Within shortens a wait.
func Within(d time.Duration) time.Duration { return d / given().scale }
