package fakelive

import (
	"slices"
	"time"
)

// outputApp is the app of every studio's output.
const outputApp = "caster"

// everyOutput names all of them, as a call for their app does.
const everyOutput = "*"

// namedOutput is the output that a call asks for.
func namedOutput(in *request) string {
	if in.params["AppName"] == outputApp && in.params["StreamName"] == "" {
		return everyOutput
	}
	return in.params["StreamName"]
}

// outputs keeps the streams that studios put out in step with the studios. Such a
// stream is here from the first call that names it, so that the lists of who never
// asks for it stay short. Emulator's own choice: it has a recording configuration
// that records on command only, with 180 seconds of delay.
func (w *World) outputs(named string, now time.Time) (changed bool) {
	for _, s := range w.state.Studios {
		program := s.first(true)
		if program == nil || s.Domain == "" {
			continue
		}
		name := outputName(program)
		stream := w.state.stream(s.Domain, outputApp, name)
		switch {
		case stream == nil && (name == named || named == everyOutput) && s.OnAir:
			stream = &Stream{Domain: s.Domain, App: outputApp, Name: name, Setup: outputSetup(s.Created)}
			w.state.Streams = append(w.state.Streams, stream)
			w.state.ingest(stream, s.Started)
		case stream == nil || stream.Live == s.OnAir:
			continue
		case s.OnAir:
			w.state.ingest(stream, s.Started)
		default:
			stream.leave(now)
		}
		changed = true
	}
	return changed
}

// outputSetup is how outputs are recorded.
func outputSetup(since time.Time) *RecordSetup {
	return &RecordSetup{OnDemand: 7, Delay: 180, Format: "mp4", Created: since}
}

// putsOut reports a studio of the domain that is on air.
func (w *World) putsOut(domain string) bool {
	return slices.ContainsFunc(w.state.Studios, func(s *Studio) bool { return s.Domain == domain && s.OnAir })
}

// outputName is the stream name of a scene's output.
func outputName(scene *Scene) string { return derivedID("play/" + scene.ID)[:8] }

// leave ends the ingest, and with it the recording.
func (stream *Stream) leave(now time.Time) {
	stream.Live, stream.Since = false, time.Time{}
	if stream.Recording.Running() {
		stream.pauseRecording(now)
	}
}
