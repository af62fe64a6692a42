package main

import (
	"context"
	"net/url"
	"time"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

// postgresScripts are about a database that goes away.
var postgresScripts = []script{
	{name: "postgres-restart", play: postgresRestart,
		shows: "PostgreSQL is restarted and crashes under load: some seconds of refusals, nothing acknowledged is lost, nothing twice"},
	{name: "partition", quick: true, play: partition,
		shows: "one of two replicas is parted from PostgreSQL under load: it sends nothing, the other goes on, it heals"},
	{name: "commit-cut", quick: true, play: commitCut,
		shows: "connections break right after COMMITs, by FIN and by RST, the answer withheld: what happened is found out"},
}

// postgresRestart stops the server in an orderly way and by a crash, in turn.
func postgresRestart(ctx context.Context, r *run) error {
	w, rooms, err := r.open(pick(r, 6, 16), testbed.Config{})
	if err != nil {
		return err
	}
	server, err := r.server()
	if err != nil {
		return err
	}
	list, err := r.replicas(w, 2, server.URL())
	if err != nil {
		return err
	}
	l := r.work(ctx, w, rooms, 60*time.Second)
	ends := []func() error{server.Down, server.Crash}
	for n := range pick(r, 2, 10) {
		time.Sleep(pick(r, 1500*time.Millisecond, 5*time.Second))
		if err := ends[n%2](); err != nil {
			return err
		}
		r.say("PostgreSQL is gone (%s)", []string{"stopped", "crashed"}[n%2])
		time.Sleep(pick(r, time.Second, 5*time.Second))
		if err := server.Up(); err != nil {
			return err
		}
		r.healed(ctx, l)
	}
	l.finish()
	l.tell()
	r.rest(ctx, w)
	r.stop(list...)
	return r.judge(ctx, w, server.URL(), logs...)
}

// healed waits until a change succeeds again and says how long that took. The promise is 10 s.
func (r *run) healed(ctx context.Context, l *load) {
	since := time.Now()
	ok := until(ctx, 30*time.Second, func() bool { return l.succeeded(since) > 0 })
	took := time.Since(since)
	r.say("it is there again, and %s later a change succeeded", took.Round(100*time.Millisecond))
	r.holds(ok && took < 15*time.Second, "P16: no change succeeded within %s after the database was back",
		took.Round(time.Second))
}

// behind puts a proxy before a server and gives the address of the database through it.
func (r *run) behind(server *pgtest.Server) (*testbed.Proxy, string, error) {
	p, err := testbed.NewPostgresProxy(server.Addr())
	if err != nil {
		return nil, "", err
	}
	r.later(p.Close)
	u, err := url.Parse(server.URL())
	if err != nil {
		return nil, "", err
	}
	u.Host = p.Addr()
	return p, u.String(), nil
}

// partition parts one replica from the database while both have their sockets open, so it goes on getting commands and
// clicks.
func partition(ctx context.Context, r *run) error {
	w, rooms, err := r.open(pick(r, 6, 16), testbed.Config{})
	if err != nil {
		return err
	}
	server, err := r.server()
	if err != nil {
		return err
	}
	proxy, parted, err := r.behind(server)
	if err != nil {
		return err
	}
	ways, list, err := r.apart(w, parted, server.URL())
	if err != nil {
		return err
	}
	l := r.work(ctx, w, rooms, 120*time.Second)
	time.Sleep(2 * time.Second)
	proxy.Freeze()
	from := time.Now()
	time.Sleep(pick(r, 8*time.Second, 60*time.Second))
	// everybody may wait for the parted one
	until(ctx, 30*time.Second, func() bool { return ways[1].changes(from, time.Now()) > 0 })
	to := time.Now()
	proxy.Thaw()
	sent, others := ways[0].changes(from.Add(leave), to), ways[1].changes(from, to)
	r.say("for %s one replica was parted from the database: it made %d changing calls from the sixth second on, the other one %d in all", to.Sub(from).Round(time.Second), sent, others)
	r.holds(sent == 0, "F33: a replica that is parted from its database made %d changing calls", sent)
	r.holds(others > 0, "the other replica did nothing meanwhile")
	r.healed(ctx, l)
	r.holds(until(ctx, 30*time.Second, func() bool { return ways[0].changes(to, time.Now()) > 0 }),
		"F33: the parted replica does not work again")
	l.finish()
	l.tell()
	r.rest(ctx, w)
	r.stop(list...)
	return r.judge(ctx, w, server.URL(), logs...)
}

// leave is how long after its sent mark, which a partition comes after, a call may still leave.
const leave = 5500 * time.Millisecond

// commitCut breaks connections of both replicas under load, each right after a COMMIT took effect.
func commitCut(ctx context.Context, r *run) error {
	w, rooms, err := r.open(pick(r, 6, 16), testbed.Config{})
	if err != nil {
		return err
	}
	server, err := r.server()
	if err != nil {
		return err
	}
	proxy, address, err := r.behind(server)
	if err != nil {
		return err
	}
	list, err := r.replicas(w, 2, address)
	if err != nil {
		return err
	}
	l := r.work(ctx, w, rooms, 60*time.Second)
	cuts := 0
	for n := range pick(r, 24, 300) {
		proxy.Arm(&testbed.Cut{Left: 1 + n%7, Commit: true, Reset: n%2 == 1})
		until(ctx, 10*time.Second, proxy.Came)
		if proxy.Arm(nil) {
			cuts++
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.finish()
	l.tell()
	r.say("%d connections were cut after a COMMIT", cuts)
	r.holds(cuts >= pick(r, 20, 270), "only %d connections were cut", cuts)
	r.rest(ctx, w)
	r.stop(list...)
	return r.judge(ctx, w, server.URL(), logs...)
}
