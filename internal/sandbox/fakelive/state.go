package fakelive

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	keptCalls   = 200
	keptEffects = 10_000
)

// Snapshot copies the world as it is now.
func (w *World) Snapshot() Snapshot {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(now)
	s := Snapshot{Now: now, Studios: []Studio{}, Streams: []Stream{}, Calls: []Call{}}
	for _, studio := range w.state.Studios {
		s.Studios = append(s.Studios, studio.clone())
	}
	for _, stream := range w.state.Streams {
		s.Streams = append(s.Streams, stream.clone())
	}
	for _, call := range w.state.Calls {
		copied := *call
		copied.Params = maps.Clone(call.Params)
		s.Calls = append(s.Calls, copied)
	}
	s.Files = append([]File{}, w.state.Files...)
	s.Faults = append([]Fault{}, w.faults...)
	return s
}

// Effects returns every change that calls have made, oldest first (the last
// 10,000 of them).
func (w *World) Effects() []Effect {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := append([]Effect{}, w.state.Effects...)
	for i := range out {
		out[i].Params = maps.Clone(out[i].Params)
	}
	return out
}

// Save writes the world as JSON. Faults, used nonces and what was counted are not
// part of it: they end with the process.
func (w *World) Save() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	out, err := json.MarshalIndent(w.state, "", " ")
	if err != nil {
		panic(fmt.Sprintf("fakelive: state cannot be written: %v", err))
	}
	return append(out, '\n')
}

// Load replaces the world by what Save wrote. On an error nothing is replaced.
func (w *World) Load(saved []byte) error {
	s := state{Tokens: map[string]copied{}, Counters: map[string]int64{}}
	if err := json.Unmarshal(saved, &s); err != nil {
		return fmt.Errorf("load world: %w", err)
	}
	if len(s.Domains) == 0 || s.Counters == nil || s.Tokens == nil {
		return fmt.Errorf("load world: not a saved world")
	}
	if slices.Contains(s.Studios, nil) || slices.Contains(s.Streams, nil) || slices.Contains(s.Calls, nil) {
		return fmt.Errorf("load world: an entry is null")
	}
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
	return nil
}

// Tick does what the clock has made due: files of stopped recordings. Every call
// and Snapshot do so too; Tick is for whoever moves the clock.
func (w *World) Tick() {
	now := w.now()
	w.mu.Lock()
	due := w.settle(now)
	w.mu.Unlock()
	if due {
		w.changed()
	}
}

func (s *Studio) clone() Studio {
	c := *s
	c.Scenes = append([]Scene{}, s.Scenes...)
	for i := range c.Scenes {
		c.Scenes[i].Components = slices.Clone(s.Scenes[i].Components)
	}
	return c
}

func (s *Stream) clone() Stream {
	c := *s
	if s.Setup != nil {
		setup := *s.Setup
		c.Setup = &setup
	}
	if s.Recording != nil {
		recording := *s.Recording
		c.Recording = &recording
	}
	return c
}

// logCall opens a log entry for a request and forgets the oldest.
func (w *World) logCall(now, arrived time.Time, action string, params map[string]string) *Call {
	s := &w.state
	seq := s.next("call")
	c := &Call{Seq: seq, Time: now, Arrived: arrived.UTC().Round(0), Action: action, Params: params, Received: true,
		RequestID: strings.ToUpper(derivedID(fmt.Sprintf("request/%d", seq)))}
	if len(s.Calls) >= w.cfg.Keep {
		s.Calls = slices.Delete(s.Calls, 0, len(s.Calls)-w.cfg.Keep+1)
	}
	s.Calls = append(s.Calls, c)
	return c
}

// apply writes down that a call has changed the world.
func (w *World) apply(in *request) {
	s := &w.state
	in.call.Applied = true
	if len(s.Effects) >= keptEffects {
		s.Effects = slices.Delete(s.Effects, 0, keptEffects/10)
	}
	s.Effects = append(s.Effects, Effect{Seq: s.next("effect"), Time: in.now, Call: in.call.Seq,
		Action: in.call.Action, Params: in.call.Params, RequestID: in.call.RequestID})
}
