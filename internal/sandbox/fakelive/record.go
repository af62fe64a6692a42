package fakelive

import (
	"fmt"
	"slices"
	"time"
)

// recordCommand is RealTimeRecordCommand. The file of a stopped recording appears
// after the delay of the recording configuration. The pages give no code for an
// illegal order; emulator's own choice: TaskNotStarted for stop without a running
// recording and for restart or cancel_delay without any, TaskNotStopped for
// cancel_delay while it runs. Also its own choice: start within the delay goes on
// with the same recording, and only start and restart need a live stream.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-realtimerecordcommand
func (w *World) recordCommand(in *request) (fields, *refusal) {
	commands := map[string]func(*state, *Stream, time.Time) *refusal{
		"start": (*state).recordStart, "stop": (*state).recordStop,
		"cancel_delay": (*state).recordFinish, "restart": (*state).recordRestart}
	command, known := commands[in.params["Command"]]
	if !known {
		return nil, refuseWith("MalformedParam", "Command must be one of start, stop, cancel_delay, restart.")
	}
	stream, bad := w.stream(in)
	if bad == nil && stream.Setup == nil {
		bad = refuse("CodeConfigNotFound")
	}
	if bad == nil {
		bad = command(&w.state, stream, in.now)
	}
	if bad != nil {
		return nil, bad
	}
	w.apply(in)
	return nil, nil
}

// stream finds the stream that a request names.
func (w *World) stream(in *request) (*Stream, *refusal) {
	if !w.hasDomain(in) {
		return nil, refuse("InvalidDomain.NotFound")
	}
	s := w.state.stream(in.params["DomainName"], in.params["AppName"], in.params["StreamName"])
	if s == nil {
		return nil, refuse("StreamNotFound")
	}
	return s, nil
}

func (w *World) hasDomain(in *request) bool {
	return slices.Contains(w.state.Domains, in.params["DomainName"])
}

func (s *state) stream(domain, app, name string) *Stream {
	for _, stream := range s.Streams {
		if stream.Domain == domain && stream.App == app && stream.Name == name {
			return stream
		}
	}
	return nil
}

func (s *state) recordStart(stream *Stream, now time.Time) *refusal {
	switch {
	case !stream.Live:
		return refuse("StreamNotFound")
	case stream.Recording.Running():
		return refuse("TaskAlreadyStarted")
	}
	s.beginRecording(stream, true, now)
	return nil
}

func (s *state) recordStop(stream *Stream, now time.Time) *refusal {
	if !stream.Recording.Running() {
		return refuse("TaskNotStarted")
	}
	stream.pauseRecording(now)
	return nil
}

func (s *state) recordFinish(stream *Stream, now time.Time) *refusal {
	switch {
	case stream.Recording == nil:
		return refuse("TaskNotStarted")
	case stream.Recording.Running():
		return refuse("TaskNotStopped")
	}
	s.makeFile(stream, now)
	return nil
}

func (s *state) recordRestart(stream *Stream, now time.Time) *refusal {
	switch {
	case !stream.Live:
		return refuse("StreamNotFound")
	case stream.Recording == nil:
		return refuse("TaskNotStarted")
	}
	s.makeFile(stream, now)
	s.beginRecording(stream, true, now)
	return nil
}

// beginRecording starts a recording, or goes on with one that waits for its file.
func (s *state) beginRecording(stream *Stream, manual bool, now time.Time) {
	if r := stream.Recording; r != nil {
		r.Stopped, r.Due, r.Manual = time.Time{}, time.Time{}, manual
		return
	}
	stream.Recording = &Recording{ID: s.newID("recording"), Manual: manual, Started: now}
}

func (stream *Stream) pauseRecording(now time.Time) {
	delay := 180
	if stream.Setup != nil {
		delay = stream.Setup.Delay
	}
	stream.Recording.Stopped = now
	stream.Recording.Due = now.Add(time.Duration(delay) * time.Second)
}

// makeFile ends a recording with its file, created at the given time.
func (s *state) makeFile(stream *Stream, at time.Time) {
	r := stream.Recording
	end := r.Stopped
	if end.IsZero() {
		end = at
	}
	format := "mp4"
	if stream.Setup != nil {
		format = stream.Setup.Format
	}
	object := fmt.Sprintf("record/%s/%s/%s_%d.%s", stream.App, stream.Name,
		r.Started.Format("2006-01-02-15-04-05"), s.next("file"), format)
	s.Files = append(s.Files, File{ID: r.ID, Domain: stream.Domain, App: stream.App, Stream: stream.Name,
		Format: format, Object: object, URL: "https://" + bucket + "." + bucketHost + "/" + object,
		Start: r.Started, End: end, Created: at, Seconds: end.Sub(r.Started).Seconds()})
	stream.Recording = nil
}

// settle makes the files that have become due, follows the studios with their
// outputs, and tells whether there was anything to do.
func (w *World) settle(now time.Time) bool {
	any := w.outputs("", now)
	for _, stream := range w.state.Streams {
		if r := stream.Recording; r != nil && !r.Running() && !now.Before(r.Due) {
			w.state.makeFile(stream, r.Due)
			any = true
		}
	}
	return any
}

// ingest is a stream coming on; automatic recording begins with it.
func (s *state) ingest(stream *Stream, now time.Time) {
	stream.Live, stream.Since = true, now
	if stream.Setup != nil && stream.Setup.OnDemand == 0 {
		s.beginRecording(stream, false, now)
	}
}

// CutStream breaks the ingest of a stream. Its recording stops, and the file
// follows after the delay.
func (w *World) CutStream(domain, app, name string) error {
	return w.withStream(domain, app, name, func(stream *Stream, now time.Time) {
		stream.leave(now)
	})
}

// ResumeStream brings the ingest back. Automatic recording begins again, a manual
// one does not.
func (w *World) ResumeStream(domain, app, name string) error {
	return w.withStream(domain, app, name, func(stream *Stream, now time.Time) {
		if !stream.Live {
			w.state.ingest(stream, now)
		}
	})
}

func (w *World) withStream(domain, app, name string, do func(*Stream, time.Time)) error {
	now := w.now()
	w.mu.Lock()
	defer w.changed()
	defer w.mu.Unlock()
	w.settle(now)
	stream := w.state.stream(domain, app, name)
	if stream == nil {
		return fmt.Errorf("stream %s/%s/%s: not in this world", domain, app, name)
	}
	do(stream, now)
	return nil
}
