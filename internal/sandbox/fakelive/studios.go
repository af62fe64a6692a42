package fakelive

import (
	"fmt"
	"time"
)

// copyCaster makes a studio from another one: same configuration, new ids, idle.
// The same ClientToken gives the same studio again. Emulator's own choice: a
// token never expires, a token with other parameters is refused with
// IdempotentParameterMismatch, and a studio on air may be copied.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycaster
func (w *World) copyCaster(in *request) (fields, *refusal) {
	token, name := in.params["ClientToken"], in.params["CasterName"]
	if !goodToken(token) {
		return nil, refuse("InvalidClientToken.Malformed")
	}
	source, bad := w.studio(in, "SrcCasterId")
	if bad != nil {
		return nil, bad
	}
	if before, used := w.state.Tokens[token]; used {
		if before.Source != source.ID || before.Name != name {
			return nil, refuse("IdempotentParameterMismatch")
		}
		return fields{"CasterId": before.Result}, nil
	}
	if w.cfg.MaxStudios > 0 && len(w.state.Studios) >= w.cfg.MaxStudios {
		return nil, refuse("CasterNumberExceed")
	}
	made := w.addCopy(source, name, token, in.now)
	w.apply(in)
	return fields{"CasterId": made.ID}, nil
}

func (w *World) addCopy(source *Studio, name, token string, now time.Time) *Studio {
	made := source.clone()
	made.ID, made.Name, made.Token, made.CopyOf = w.state.newID("studio"), name, token, source.ID
	made.Created, made.Modified = now, now
	for i := range made.Scenes {
		made.Scenes[i].ID = w.state.newID("scene")
	}
	made.close()
	w.state.Studios = append(w.state.Studios, &made)
	w.state.Tokens[token] = copied{Source: source.ID, Name: name, Result: made.ID}
	return &made
}

func goodToken(token string) bool {
	for _, c := range []byte(token) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(token) <= 64
}

// restartCaster reloads a studio that is on air; the picture is cut for a moment.
// Emulator's own choice: it takes effect at once and moves StartTime and
// LastModified; without a program scene it is InvalidScene.NotFound, with a closed
// one IncorrectSceneStatus.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-restartcaster
func (w *World) restartCaster(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	if s.NormType != General && s.NormType != Playlist {
		return nil, refuse("InvalidNormType.Malformed")
	}
	if !s.OnAir {
		return nil, refuse("IncorrectCasterStatus.Idle")
	}
	program := s.first(true)
	if program == nil {
		return nil, refuse("InvalidScene.NotFound")
	}
	if !program.Open {
		return nil, refuse("IncorrectSceneStatus")
	}
	s.Started, s.Modified, s.Urgent = in.now, in.now, false
	w.apply(in)
	return nil, nil
}

// startCaster puts a studio on air. Emulator's own choice: it opens the program
// and the first preview and makes them if there are none; a studio on air is
// refused with IncorrectCasterStatus.Inuse.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-startcaster
func (w *World) startCaster(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	if s.Domain == "" {
		return nil, refuse("InvalidDomainName.NotFound")
	}
	if s.OnAir {
		return nil, refuse("IncorrectCasterStatus.Inuse")
	}
	w.open(s, in.now)
	w.apply(in)
	return fields{
		"PgmSceneInfos": fields{"SceneInfo": s.sceneInfos(true)},
		"PvwSceneInfos": fields{"SceneInfo": s.sceneInfos(false)},
	}, nil
}

func (s *Studio) sceneInfos(program bool) []fields {
	out := []fields{}
	for i := range s.Scenes {
		if scene := &s.Scenes[i]; scene.Program == program && scene.Open {
			out = append(out, fields{"SceneId": scene.ID, "StreamUrl": s.playURL(scene, "rtmp"),
				"StreamInfos": fields{"StreamInfo": s.streamInfos(scene)}})
		}
	}
	return out
}

// stopCaster takes a studio off air and closes its scenes. Emulator's own choice:
// an idle studio is refused with IncorrectSceneStatus, which is in its list.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-stopcaster
func (w *World) stopCaster(in *request) (fields, *refusal) {
	s, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	if !s.OnAir {
		return nil, refuse("IncorrectSceneStatus")
	}
	s.close()
	s.Modified = in.now
	w.outputs("", in.now)
	w.apply(in)
	return nil, nil
}

// open puts a studio on air with its program and first preview.
func (w *World) open(s *Studio, now time.Time) {
	s.OnAir, s.Started, s.Modified = true, now, now
	for _, program := range []bool{true, false} {
		if s.first(program) == nil {
			name := map[bool]string{true: "Main", false: "Preview 1"}[program]
			s.Scenes = append(s.Scenes, Scene{ID: w.state.newID("scene"), Name: name, Program: program})
		}
		s.first(program).Open = true
	}
}

// close makes a studio idle: no start time, no open scene.
func (s *Studio) close() {
	s.OnAir, s.Urgent, s.Started = false, false, time.Time{}
	for i := range s.Scenes {
		s.Scenes[i].Open = false
	}
}

// first is the first program or preview scene, nil if there is none.
func (s *Studio) first(program bool) *Scene {
	for i := range s.Scenes {
		if s.Scenes[i].Program == program {
			return &s.Scenes[i]
		}
	}
	return nil
}

// SetStudio changes a studio from outside the API, as somebody at another console
// would. Whoever switches OnAir need not care for scenes and times: going on air
// opens the program and the first preview, going off air closes all. It is no
// effect of a call.
func (w *World) SetStudio(id string, change func(*Studio)) error {
	now := w.now()
	w.mu.Lock()
	defer w.changed()
	defer w.mu.Unlock()
	for _, s := range w.state.Studios {
		if s.ID != id {
			continue
		}
		was := s.clone()
		change(s)
		s.Modified = now
		w.auditConsole(now, &was, s)
		if s.OnAir && !was.OnAir {
			w.open(s, now)
		}
		if !s.OnAir {
			s.close()
		}
		w.outputs("", now)
		return nil
	}
	return fmt.Errorf("studio %s: not in this world", id)
}
