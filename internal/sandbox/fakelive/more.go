package fakelive

import (
	"fmt"
	"time"
)

// AddStreams puts streams named prefix1 to prefixN into an app of the seed's domain: live for ten minutes, and set up
// to be recorded on command, with their file a minute after a stop. Names that are taken are passed over.
func (w *World) AddStreams(app, prefix string, n int) []Stream {
	now := w.now()
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(now)
	return w.addStreams(app, prefix, n, now)
}

func (w *World) addStreams(app, prefix string, n int, now time.Time) []Stream {
	var added []Stream
	for i := 1; len(added) < n; i++ {
		from := seedStream{app, fmt.Sprintf("%s%d", prefix, i), 10 * time.Minute, 60, 7}
		if w.state.stream(Domain, app, from.name) == nil {
			added = append(added, w.state.addStream(from, now).clone())
		}
	}
	return added
}

// AddStudios puts studios named "prefix 1" to "prefix N" on air, in general mode, with a picture for emergencies and
// one preview, as the first of the seed is.
func (w *World) AddStudios(prefix string, n int) []Studio {
	const first = 1000 // the numbers of the seed are below
	now := w.now()
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(now)
	var added []Studio
	for i := range n {
		from := seedStudio{fmt.Sprintf("%s %d", prefix, i+1), General, 30 * time.Minute, "rg-fakeevening", 1, false}
		s := from.studio(first+int(w.state.next("added studio")), now.Truncate(time.Second))
		w.state.Studios = append(w.state.Studios, s)
		added = append(added, s.clone())
	}
	return added
}

// SetStream is another console at work on a stream: its recording configuration, its names. What is live changes with
// CutStream and ResumeStream.
func (w *World) SetStream(domain, app, name string, change func(*Stream)) error {
	return w.withStream(domain, app, name, func(s *Stream, _ time.Time) { change(s) })
}
