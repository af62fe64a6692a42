package fakelive

import (
	"strings"
	"testing"
	"time"
)

const (
	nowhere = "00000000-0000-4000-8000-000000000000"
	badID   = "not an id"
)

// Each row is one rule: a call on the seed and its refusal. None changes anything.
func TestStudioRefusals(t *testing.T) {
	for _, c := range []struct {
		call   string
		status int
		code   string
	}{
		{"CopyCaster SrcCasterId=" + studioN(1) + " CasterName=x", 400, "MissingClientToken"},
		{"CopyCaster SrcCasterId=" + studioN(1) + " ClientToken=t", 400, "MissingCasterName"},
		{"CopyCaster CasterName=x ClientToken=t", 400, "MissingSrcCasterId"},
		{"CopyCaster SrcCasterId=" + studioN(1) + " CasterName=x ClientToken=tökchen", 400, "InvalidClientToken.Malformed"},
		{"CopyCaster SrcCasterId=" + studioN(1) + " CasterName=x ClientToken=" + strings.Repeat("t", 65), 400,
			"InvalidClientToken.Malformed"},
		{"CopyCaster SrcCasterId=news CasterName=x ClientToken=t", 400, "InvalidCasterId.Malformed"},
		{"CopyCaster SrcCasterId=" + nowhere + " CasterName=x ClientToken=t", 404, "InvalidCaster.NotFound"},

		{"RestartCaster CasterId=" + studioN(2), 400, "IncorrectCasterStatus.Idle"},
		{"RestartCaster CasterId=" + studioN(4), 400, "InvalidNormType.Malformed"},
		{"RestartCaster CasterId=news", 400, "InvalidCasterId.Malformed"},
		{"RestartCaster CasterId=LIVEPRODUCER_POST-cn-0pp1czt0000", 404, "InvalidCaster.NotFound"},

		{"StartCasterScene CasterId=" + studioN(2) + " SceneId=" + sceneNM(2, 2), 400, "IncorrectCasterStatus.Idle"},
		{"StartCasterScene CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 2), 400, "IncorrectSceneStatus.Inuse"},
		{"StartCasterScene CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 1), 400, "IncorrectSceneStatus"},
		{"StartCasterScene CasterId=" + studioN(1) + " SceneId=" + sceneNM(2, 2), 404, "InvalidScene.NotFound"},
		{"StartCasterScene CasterId=" + studioN(1) + " SceneId=main", 400, "InvalidSceneId.Malformed"},
		{"StartCasterScene CasterId=" + nowhere + " SceneId=" + sceneNM(1, 2), 404, "InvalidCaster.NotFound"},
		{"StartCasterScene CasterId=" + studioN(1), 400, "MissingSceneId"},

		{"StopCasterScene CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 3), 400, "IncorrectSceneStatus.Idle"},
		{"StopCasterScene CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 1), 400, "IncorrectSceneStatus"},
		{"StopCasterScene CasterId=" + studioN(1) + " SceneId=" + nowhere, 404, "InvalidScene.NotFound"},

		{"StartCaster CasterId=" + studioN(1), 400, "IncorrectCasterStatus.Inuse"},
		{"StopCaster CasterId=" + studioN(2), 400, "IncorrectSceneStatus"},

		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + sceneNM(1, 3) + " ToSceneId=" + sceneNM(1, 1),
			400, "IncorrectSceneStatus"},
		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + sceneNM(1, 1) + " ToSceneId=" + sceneNM(1, 1),
			400, "IncorrectSceneStatus"},
		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + sceneNM(1, 2) + " ToSceneId=" + sceneNM(1, 3),
			400, "IncorrectSceneStatus"},
		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + nowhere + " ToSceneId=" + sceneNM(1, 1), 404,
			"InvalidScene.NotFound"},
		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + sceneNM(1, 2) + " ToSceneId=" + nowhere, 404,
			"InvalidScene.NotFound"},

		{"EffectCasterUrgent CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 2), 400, "IncorrectSceneStatus"},
		{"EffectCasterUrgent CasterId=" + studioN(2) + " SceneId=" + sceneNM(2, 1), 400, "IncorrectSceneStatus.Idle"},
		{"EffectCasterUrgent CasterId=" + studioN(4) + " SceneId=" + sceneNM(4, 1), 404, "InvalidUrgentMaterial.NotFound"},

		{"DescribeCasterScenes CasterId=" + nowhere, 404, "InvalidCaster.NotFound"},
		{"DescribeCasterConfig CasterId=" + nowhere, 404, "InvalidCaster.NotFound"},
		{"DescribeCasterStreamUrl CasterId=" + nowhere, 404, "InvalidCaster.NotFound"},
		{"DescribeCasters PageNum=0", 400, "InvalidParameter.Malformed"},
		{"DescribeCasters PageSize=many", 400, "InvalidParameter.Malformed"},
		{"DescribeCasters StartTime=noon", 400, "InvalidStartTime.Malformed"},
	} {
		b := newBench(t)
		before := string(b.world.Save())
		action, params := parse(c.call)
		if a := b.call(action, params...); a.status != c.status || a.code() != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.call, a.status, a.code(), c.status, c.code)
		}
		if after := string(b.world.Save()); studiosOf(t, before) != studiosOf(t, after) {
			t.Errorf("%s: the world has changed", c.call)
		}
		b.wantEffects(0)
	}
}

// parse reads "Action Name=Value Name=Value".
func parse(call string) (action string, params []string) {
	words := strings.Split(call, " ")
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		params = append(params, name, value)
	}
	return words[0], params
}

// studiosOf cuts the logs off a saved world.
func studiosOf(t *testing.T, saved string) string {
	t.Helper()
	world, _, found := strings.Cut(saved, `"calls"`)
	if !found {
		t.Fatal("no calls in the saved world")
	}
	return world
}

func TestStudioRefusalsThatNeedAnotherWorld(t *testing.T) {
	for _, c := range []struct {
		call   string
		change func(*Studio)
		status int
		code   string
	}{
		{"RestartCaster CasterId=" + studioN(1), func(s *Studio) { s.Scenes[0].Open = false }, 400, "IncorrectSceneStatus"},
		{"RestartCaster CasterId=" + studioN(1), func(s *Studio) { s.Scenes = s.Scenes[1:] }, 404, "InvalidScene.NotFound"},
		{"StartCaster CasterId=" + studioN(1), func(s *Studio) {
			s.OnAir, s.Domain = false, ""
		}, 404, "InvalidDomainName.NotFound"},
		{"DescribeCasterScenes CasterId=" + studioN(1), func(s *Studio) {
			s.Domain = ""
		}, 404, "InvalidConfiguration.NotFound"},
		{"EffectCasterUrgent CasterId=" + studioN(1) + " SceneId=" + sceneNM(1, 1), func(s *Studio) {
			s.Standby = ""
		}, 404, "InvalidUrgentMaterial.NotFound"},
		{"CopyCasterSceneConfig CasterId=" + studioN(1) + " FromSceneId=" + sceneNM(1, 2) + " ToSceneId=" + sceneNM(1, 1),
			func(s *Studio) { s.Scenes[1].Layout = "" }, 404, "InvalidLayout.NotFound"},
	} {
		b := newBench(t)
		if err := b.world.SetStudio(studioN(1), c.change); err != nil {
			t.Fatal(err)
		}
		action, params := parse(c.call)
		b.want(b.call(action, params...), c.status, c.code)
		b.wantEffects(0)
	}
}

func TestRestart(t *testing.T) {
	b := newBench(t)
	b.time.advance(time.Minute)
	for i, id := range []string{studioN(1), studioN(3)} {
		b.ok(b.call("RestartCaster", "CasterId", id))
		s, _ := b.world.Snapshot().Studio(id)
		now := testStart.Add(time.Minute)
		if !s.Started.Equal(now) || !s.Modified.Equal(now) || !s.OnAir || !s.Scenes[0].Open {
			t.Errorf("after the restart: %+v", s)
		}
		b.wantEffects(i + 1)
	}
}

func TestCopy(t *testing.T) {
	b := newBench(t)
	copyAs := []string{"SrcCasterId", studioN(1), "CasterName", "Evening Späti", "ClientToken", "token-1"}
	b.time.advance(time.Hour)
	first := b.ok(b.call("CopyCaster", copyAs...))
	made, found := b.world.Snapshot().Studio(first.text("CasterId"))
	source, _ := b.world.Snapshot().Studio(studioN(1))
	if !found || made.Name != "Evening Späti" || made.OnAir || made.Token != "token-1" || made.CopyOf != source.ID ||
		made.NormType != source.NormType || made.Domain != source.Domain || len(made.Scenes) != 3 ||
		!made.Created.Equal(testStart.Add(time.Hour)) || !made.Started.IsZero() {
		t.Fatalf("copy: %+v", made)
	}
	for i, scene := range made.Scenes {
		if scene.Open || scene.ID == source.Scenes[i].ID || scene.Name != source.Scenes[i].Name ||
			scene.Program != source.Scenes[i].Program || scene.Layout != source.Scenes[i].Layout {
			t.Errorf("scene of the copy: %+v", scene)
		}
	}
	if !source.OnAir || !source.Scenes[0].Open {
		t.Errorf("the source has changed: %+v", source)
	}
	list := b.call("DescribeCasters", "CasterId", made.ID).list("CasterList", "Caster")
	if len(list) != 1 || list[0]["ClientTokenId"] != "token-1" || list[0]["StartTime"] != "" {
		t.Errorf("listed as %v", list)
	}
}

func TestCopyIsIdempotentByToken(t *testing.T) {
	b := newBench(t)
	args := []string{"SrcCasterId", studioN(1), "CasterName", "Twin", "ClientToken", strings.Repeat("t", 64)}
	first := b.ok(b.call("CopyCaster", args...))
	second := b.ok(b.call("CopyCaster", args...))
	if first.text("CasterId") != second.text("CasterId") || first.text("RequestId") == second.text("RequestId") {
		t.Errorf("%s and %s", first.body, second.body)
	}
	b.wantEffects(1)
	args[3] = "Other"
	b.want(b.call("CopyCaster", args...), 400, "IdempotentParameterMismatch")
	args[5] = "another"
	third := b.ok(b.call("CopyCaster", args...))
	if third.text("CasterId") == first.text("CasterId") || len(b.world.Snapshot().Studios) != 10 {
		t.Errorf("third copy %s", third.body)
	}
	b.wantEffects(2)
}

func TestCopyBeyondTheLimit(t *testing.T) {
	b := newBench(t, func(c *Config) { c.MaxStudios = 9 })
	b.ok(b.call("CopyCaster", "SrcCasterId", studioN(2), "CasterName", "a", "ClientToken", "1"))
	b.want(b.call("CopyCaster", "SrcCasterId", studioN(2), "CasterName", "b", "ClientToken", "2"), 401,
		"CasterNumberExceed")
	b.ok(b.call("CopyCaster", "SrcCasterId", studioN(2), "CasterName", "a", "ClientToken", "1"))
}

func TestScenesOpenAndClose(t *testing.T) {
	b := newBench(t)
	third := []string{"CasterId", studioN(1), "SceneId", sceneNM(1, 3)}
	a := b.ok(b.call("StartCasterScene", third...))
	if u := a.text("StreamUrl"); !strings.HasPrefix(u, "http://"+Domain+"/caster/") || !strings.Contains(u, "auth_key=") {
		t.Errorf("StreamUrl %q", u)
	}
	b.want(b.call("StartCasterScene", third...), 400, "IncorrectSceneStatus.Inuse")
	b.ok(b.call("StopCasterScene", third...))
	b.want(b.call("StopCasterScene", third...), 400, "IncorrectSceneStatus.Idle")
	b.wantEffects(2)
}

func TestStartAndStopStudio(t *testing.T) {
	b := newBench(t)
	a := b.ok(b.call("StartCaster", "CasterId", studioN(2)))
	if len(a.list("PgmSceneInfos", "SceneInfo")) != 1 || len(a.list("PvwSceneInfos", "SceneInfo")) != 1 {
		t.Errorf("scenes %s", a.body)
	}
	s, _ := b.world.Snapshot().Studio(studioN(2))
	if !s.OnAir || !s.Started.Equal(testStart) || !s.Scenes[0].Open || !s.Scenes[1].Open {
		t.Errorf("started: %+v", s)
	}
	b.ok(b.call("StopCaster", "CasterId", studioN(2)))
	s, _ = b.world.Snapshot().Studio(studioN(2))
	if s.OnAir || !s.Started.IsZero() || s.Scenes[0].Open || s.Scenes[1].Open {
		t.Errorf("stopped: %+v", s)
	}
	b.wantEffects(2)
}

func TestStartMakesMissingScenes(t *testing.T) {
	b := newBench(t)
	if err := b.world.SetStudio(studioN(2), func(s *Studio) { s.Scenes = nil }); err != nil {
		t.Fatal(err)
	}
	b.ok(b.call("StartCaster", "CasterId", studioN(2)))
	s, _ := b.world.Snapshot().Studio(studioN(2))
	if len(s.Scenes) != 2 || !s.Scenes[0].Program || s.Scenes[1].Program || !isUUID(s.Scenes[0].ID) {
		t.Errorf("scenes %+v", s.Scenes)
	}
}

func TestTakeAndUrgent(t *testing.T) {
	b := newBench(t)
	b.ok(b.call("EffectCasterUrgent", "CasterId", studioN(1), "SceneId", sceneNM(1, 1)))
	s, _ := b.world.Snapshot().Studio(studioN(1))
	if !s.Urgent {
		t.Error("the standby material is not shown")
	}
	b.ok(b.call("CopyCasterSceneConfig", "CasterId", studioN(1), "FromSceneId", sceneNM(1, 2), "ToSceneId", sceneNM(1, 1)))
	s, _ = b.world.Snapshot().Studio(studioN(1))
	if s.Urgent || s.Scenes[0].Layout != s.Scenes[1].Layout || s.Scenes[0].Components[0] != s.Scenes[1].Components[0] {
		t.Errorf("after the take: %+v", s)
	}
	b.wantEffects(2)
}

func TestAnotherConsole(t *testing.T) {
	b := newBench(t)
	b.time.advance(time.Minute)
	if err := b.world.SetStudio(studioN(1), func(s *Studio) { s.OnAir = false }); err != nil {
		t.Fatal(err)
	}
	s, _ := b.world.Snapshot().Studio(studioN(1))
	if s.Scenes[0].Open || s.Scenes[1].Open || !s.Started.IsZero() || !s.Modified.Equal(testStart.Add(time.Minute)) {
		t.Errorf("stopped: %+v", s)
	}
	if err := b.world.SetStudio(studioN(1), func(s *Studio) { s.OnAir = true }); err != nil {
		t.Fatal(err)
	}
	s, _ = b.world.Snapshot().Studio(studioN(1))
	if !s.Scenes[0].Open || !s.Scenes[1].Open || s.Scenes[2].Open || !s.Started.Equal(testStart.Add(time.Minute)) {
		t.Errorf("started: %+v", s)
	}
	if err := b.world.SetStudio(badID, func(*Studio) {}); err == nil {
		t.Error("an unknown studio was changed")
	}
	b.wantEffects(0)
}

// The output of a studio is a stream from the first call that names it. A
// recording of it ends when the studio stops, and its file follows.
func TestStudioOutput(t *testing.T) {
	b := newBench(t)
	program := b.world.Snapshot().Studios[0].Scenes[0]
	name := outputName(&program)
	if n := len(b.world.Snapshot().Streams); n != len(seedStreams) {
		t.Errorf("%d streams before anybody asks", n)
	}
	b.ok(b.record("start", outputApp, name))
	b.want(b.record("start", outputApp, outputName(&Scene{ID: sceneNM(2, 1)})), 409, "StreamNotFound")
	b.time.advance(time.Minute)
	b.ok(b.call("StopCaster", "CasterId", studioN(1)))
	stream, _ := b.world.Snapshot().Stream(Domain, outputApp, name)
	if stream.Live || stream.Recording == nil || !stream.Recording.Stopped.Equal(testStart.Add(time.Minute)) {
		t.Errorf("after the stop: %+v, recording %+v", stream, stream.Recording)
	}
	b.time.advance(3 * time.Minute)
	files := b.world.Snapshot().Files
	if len(files) != 1 || files[0].Seconds != 60 || files[0].Stream != name {
		t.Errorf("files %+v", files)
	}
	if err := b.world.SetStudio(studioN(1), func(s *Studio) { s.OnAir = true }); err != nil {
		t.Fatal(err)
	}
	if stream, _ = b.world.Snapshot().Stream(Domain, outputApp, name); !stream.Live || stream.Recording != nil {
		t.Errorf("on air again: %+v", stream)
	}
}
