package fakelive

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func (b *bench) inject(f Fault) {
	b.t.Helper()
	if _, err := b.world.Inject(f); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) lastCall() Call {
	calls := b.world.Snapshot().Calls
	return calls[len(calls)-1]
}

// For every kind: what the client sees, how many effects there are, and what the
// log says about the call.
func TestFaultKinds(t *testing.T) {
	for _, c := range []struct {
		fault    Fault
		status   int
		code     string
		body     string // what the answer begins with
		applied  bool
		answered bool
	}{
		{Fault{Kind: Slow, Delay: time.Millisecond}, 200, "", `{"CasterId":`, true, true},
		{Fault{Kind: SlowAnswer, Delay: time.Millisecond}, 200, "", `{"CasterId":`, true, true},
		{Fault{Kind: Status}, 500, "InternalError", "{", false, true},
		{Fault{Kind: Status, Status: 503}, 503, "ServiceUnavailable", "{", false, true},
		{Fault{Kind: Status, Status: 502, Code: "Gateway"}, 502, "Gateway", "{", false, true},
		{Fault{Kind: StatusAfter}, 500, "InternalError", "{", true, true},
		{Fault{Kind: ResetBefore}, 0, "", "", false, false},
		{Fault{Kind: ResetAfter}, 0, "", "", true, false},
		{Fault{Kind: HTML}, 200, "", "<!DOCTYPE html>", true, true},
		{Fault{Kind: HTMLBefore}, 200, "", "<!DOCTYPE html>", false, true},
		{Fault{Kind: Empty}, 200, "", "{}", true, true},
		{Fault{Kind: HalfJSON}, 200, "", `{"CasterId":`, true, true},
		{Fault{Kind: Throttle}, 400, "Throttling.User", "{", false, true},
		{Fault{Kind: Refuse, Code: "UserQuotaExceed"}, 403, "UserQuotaExceed", "{", false, true},
		{Fault{Kind: Refuse, Code: "Odd.Code"}, 400, "Odd.Code", "{", false, true},
		{Fault{Kind: Refuse, Code: "IllegalOperation", Status: 403}, 403, "IllegalOperation", "{", false, true},
		{Fault{Kind: TimeoutCopy}, 408, "CopyCaster.Timeout", "{", true, true},
	} {
		b := newBench(t)
		b.inject(c.fault)
		args := []string{"SrcCasterId", studioN(1), "CasterName", "x", "ClientToken", "t"}
		a := b.call("CopyCaster", args...)
		if a.status != c.status || a.code() != c.code || !strings.HasPrefix(a.body, c.body) || (a.err == nil) != c.answered {
			t.Errorf("%s: %d %s %v %s", c.fault.Kind, a.status, a.code(), a.err, a.body)
		}
		call := b.lastCall()
		if !call.Received || call.Applied != c.applied || call.Answered != c.answered || call.Fault != c.fault.Kind ||
			call.Status != c.status {
			t.Errorf("%s: logged as %+v", c.fault.Kind, call)
		}
		if n := len(b.world.Effects()); (n == 1) != c.applied {
			t.Errorf("%s: %d effects", c.fault.Kind, n)
		}
		b.ok(b.call("CopyCaster", args...))
		b.wantEffects(1)
	}
}

func TestHalfJSONIsBroken(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Kind: HalfJSON})
	if a := b.call("DescribeCasters"); json.Valid([]byte(a.body)) || a.status != 200 || len(a.body) < 100 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestResetIsAReset(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Kind: ResetAfter})
	if a := b.call("RestartCaster", "CasterId", studioN(1)); !errors.Is(a.err, syscall.ECONNRESET) {
		t.Errorf("error %v", a.err)
	}
}

func TestSilence(t *testing.T) {
	for kind, effects := range map[Kind]int{SilentBefore: 0, SilentAfter: 1} {
		b := newBench(t)
		b.inject(Fault{Kind: kind})
		changes, cancelSub := b.world.Subscribe()
		defer cancelSub()
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan answer)
		go func() { done <- b.callWith(ctx, "RestartCaster", "CasterId", studioN(1)) }()
		for len(b.world.Faults()) > 0 || len(b.world.Effects()) < effects {
			time.Sleep(time.Millisecond)
		}
		select {
		case a := <-done:
			t.Fatalf("%s: answered %+v", kind, a)
		default:
		}
		cancel()
		if a := <-done; !errors.Is(a.err, context.Canceled) {
			t.Errorf("%s: %+v", kind, a)
		}
		<-changes
		b.wantEffects(effects)
		if call := b.lastCall(); call.Answered || call.Status != 0 {
			t.Errorf("%s: logged as %+v", kind, call)
		}
	}
}

func (b *bench) callWith(ctx context.Context, action string, params ...string) answer {
	p := b.common(action)
	for i := 0; i+1 < len(params); i += 2 {
		p[params[i]] = params[i+1]
	}
	query := values(signed("GET", p, testSecret)).Encode()
	r, err := http.NewRequestWithContext(ctx, "GET", b.url+"/?"+query, nil)
	if err != nil {
		return answer{err: err}
	}
	return roundTrip(r)
}

// A slow call lands even though its client has left: a look in between that shows
// nothing proves nothing.
func TestSlowCallLandsWithoutItsClient(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Kind: Slow, Delay: 100 * time.Millisecond})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan answer)
	go func() { done <- b.callWith(ctx, "RestartCaster", "CasterId", studioN(1)) }()
	for len(b.world.Faults()) > 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	for len(b.world.Effects()) == 0 {
		time.Sleep(time.Millisecond)
	}
	b.wantEffects(1)
}

func TestCloseLetsGo(t *testing.T) {
	for _, c := range []struct {
		fault   Fault
		effects int
	}{
		{Fault{Kind: Slow, Delay: time.Hour}, 0}, {Fault{Kind: SlowAnswer, Delay: time.Hour}, 1},
		{Fault{Kind: SilentBefore}, 0}, {Fault{Kind: SilentAfter}, 1},
	} {
		b := newBench(t)
		b.inject(c.fault)
		done := make(chan answer)
		go func() { done <- b.callWith(context.Background(), "RestartCaster", "CasterId", studioN(1)) }()
		for len(b.world.Faults()) > 0 || len(b.world.Effects()) < c.effects {
			time.Sleep(time.Millisecond)
		}
		b.world.Close()
		if a := <-done; a.err == nil {
			t.Errorf("%s: answered %+v", c.fault.Kind, a)
		}
		b.wantEffects(c.effects)
	}
}

func TestFaultScript(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Action: "DescribeCasterScenes", Kind: Throttle, Call: 1, Times: 2})
	b.inject(Fault{Kind: Refuse, Code: "Later", Call: 3, Times: -1})
	codes := ""
	for _, action := range []string{"DescribeCasterScenes", "DescribeCasters", "DescribeCasterScenes",
		"DescribeCasterScenes", "DescribeCasterScenes", "DescribeCasters"} {
		codes += b.call(action, "CasterId", studioN(1)).code() + " "
	}
	if want := "  Throttling.User Throttling.User Later Later "; codes != want {
		t.Errorf("codes %q, want %q", codes, want)
	}
	if left := b.world.Faults(); len(left) != 1 || left[0].Code != "Later" || left[0].ID != 2 {
		t.Errorf("left %+v", left)
	}
	b.world.ClearFaults()
	b.ok(b.call("DescribeCasters"))
}

func TestFaultsSpareRefusedCalls(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Kind: ResetBefore})
	b.want(b.call("DescribeCasters", "AccessKeyId", "LTAIother"), 404, "InvalidAccessKeyId.NotFound")
	if len(b.world.Faults()) != 1 {
		t.Error("a call that was not admitted took the fault")
	}
}

func TestTimeoutCopySparesOthers(t *testing.T) {
	b := newBench(t)
	b.inject(Fault{Kind: TimeoutCopy})
	b.ok(b.call("DescribeCasters"))
	b.want(b.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "x", "ClientToken", "t"), 408,
		"CopyCaster.Timeout")
}

func TestInjectRefuses(t *testing.T) {
	w := New(Config{})
	for _, f := range []Fault{{}, {Kind: "flood"}, {Kind: Refuse}, {Kind: Slow, Delay: -1}, {Kind: Slow, Call: -1}} {
		if _, err := w.Inject(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}
