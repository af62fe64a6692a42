package fakelive

import (
	"fmt"
	"testing"
)

// TestAddStreams: each of them is listed as live and can be recorded.
func TestAddStreams(t *testing.T) {
	b := newBench(t)
	added := b.world.AddStreams("show", "cam", 30)
	if again := b.world.AddStreams("show", "cam", 20); again[0].Name != "cam31" || again[19].Name != "cam50" {
		t.Errorf("named again: %s to %s", again[0].Name, again[19].Name)
	}
	if n := len(b.ok(b.call("DescribeLiveStreamsOnlineList", "DomainName", Domain, "AppName", "show")).list("OnlineInfo",
		"LiveStreamOnlineInfo")); n != 53 {
		t.Errorf("%d streams of the app are live, want 50 and the 3 of the seed", n)
	}
	for _, s := range added {
		b.ok(b.call("RealTimeRecordCommand", "DomainName", s.Domain, "AppName", s.App, "StreamName", s.Name,
			"Command", "start"))
	}
	b.wantEffects(30)
	if err := b.world.SetStream(Domain, "show", "cam50", func(s *Stream) { s.Setup = nil }); err != nil {
		t.Fatal(err)
	}
	if a := b.call("RealTimeRecordCommand", "DomainName", Domain, "AppName", "show", "StreamName", "cam50", "Command",
		"start"); a.status == 200 {
		t.Error("a stream without a configuration is recorded")
	}
	if err := b.world.SetStream(Domain, "show", "cam51", func(*Stream) {}); err == nil {
		t.Error("a stream that is not there was changed")
	}
}

// TestAddStudios: each of them is on air, can be restarted, and has ids of its own; they are kept as the others are.
func TestAddStudios(t *testing.T) {
	b := newBench(t)
	ids := map[string]bool{}
	for i, s := range append(b.world.AddStudios("Evening Air", 30), b.world.AddStudios("Evening Late", 10)...) {
		if want := fmt.Sprintf("Evening Air %d", i+1); i < 30 && s.Name != want {
			t.Errorf("studio %d is %q", i, s.Name)
		}
		b.ok(b.call("RestartCaster", "CasterId", s.ID))
		ids[s.ID], ids[s.Scenes[0].ID], ids[s.Scenes[1].ID] = true, true, true
	}
	if len(ids) != 3*40 {
		t.Errorf("%d ids, want 120", len(ids))
	}
	next := New(Config{})
	if err := next.Load(b.world.Save()); err != nil {
		t.Fatal(err)
	}
	if s := next.AddStudios("Evening Next", 1)[0]; ids[s.ID] || len(next.Snapshot().Studios) != 8+41 {
		t.Errorf("after a restart %s, %d studios", s.ID, len(next.Snapshot().Studios))
	}
}

// TestCameras: a world that begins with them has them again after a reset, as they were.
func TestCameras(t *testing.T) {
	w := New(Config{Cameras: 10})
	must := func() {
		t.Helper()
		s, ok := w.Snapshot().Stream(Domain, "show", "cam10")
		if !ok || !s.Live || s.Setup == nil || s.Recording != nil || len(w.Snapshot().Streams) != 15 {
			t.Errorf("%+v, %d streams", s, len(w.Snapshot().Streams))
		}
	}
	must()
	if err := w.CutStream(Domain, "show", "cam10"); err != nil {
		t.Fatal(err)
	}
	w.Reset()
	must()
}
