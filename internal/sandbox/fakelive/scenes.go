package fakelive

import (
	"crypto/md5"
	"fmt"
	"slices"
)

// startScene opens a preview so that it can be played. Emulator's own choice: a
// program scene is refused with IncorrectSceneStatus, and the studio's state is
// looked at before the scene's.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-startcasterscene
func (w *World) startScene(in *request) (fields, *refusal) {
	studio, scene, bad := w.studioAndScene(in)
	switch {
	case bad != nil:
		return nil, bad
	case !studio.OnAir:
		return nil, refuse("IncorrectCasterStatus.Idle")
	case scene.Program:
		return nil, refuse("IncorrectSceneStatus")
	case scene.Open:
		return nil, refuse("IncorrectSceneStatus.Inuse")
	}
	scene.Open, studio.Modified = true, in.now
	w.apply(in)
	return fields{"StreamUrl": studio.playURL(scene, "http")}, nil
}

// stopScene closes a preview. Emulator's own choice: a program scene is refused
// with IncorrectSceneStatus.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-stopcasterscene
func (w *World) stopScene(in *request) (fields, *refusal) {
	studio, scene, bad := w.studioAndScene(in)
	switch {
	case bad != nil:
		return nil, bad
	case scene.Program:
		return nil, refuse("IncorrectSceneStatus")
	case !scene.Open:
		return nil, refuse("IncorrectSceneStatus.Idle")
	}
	scene.Open, studio.Modified = false, in.now
	w.apply(in)
	return nil, nil
}

// takeScene is CopyCasterSceneConfig, the "take": the program gets the picture of
// an open preview, and so leaves the standby material. Emulator's own choice: a
// source that is a program or a target that is a preview is refused with
// IncorrectSceneStatus; the program gets the preview's LayoutId and components as
// they are, and LastModified moves.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycastersceneconfig
func (w *World) takeScene(in *request) (fields, *refusal) {
	studio, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, bad
	}
	from, bad := studio.scene(in, "FromSceneId")
	if bad != nil {
		return nil, refuseWith(bad.code, "From scene is not found.")
	}
	to, bad := studio.scene(in, "ToSceneId")
	if bad != nil {
		return nil, refuseWith(bad.code, "To scene is not found.")
	}
	switch {
	case from.Program || !to.Program:
		return nil, refuse("IncorrectSceneStatus")
	case !from.Open:
		return nil, refuseWith("IncorrectSceneStatus", "From scene is not started.")
	case from.Layout == "":
		return nil, refuse("InvalidLayout.NotFound")
	}
	to.Layout, to.Components = from.Layout, slices.Clone(from.Components)
	studio.Modified, studio.Urgent = in.now, false
	w.apply(in)
	return nil, nil
}

// urgent is EffectCasterUrgent: the program shows the standby material until the
// next take, restart or stop. The page lists the codes without saying when they
// come. Emulator's own choice: a preview is refused with IncorrectSceneStatus, a
// program that is closed with IncorrectSceneStatus.Idle, a studio without standby
// material with InvalidUrgentMaterial.NotFound; a second call works as the first;
// LastModified moves.
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-effectcasterurgent
func (w *World) urgent(in *request) (fields, *refusal) {
	studio, scene, bad := w.studioAndScene(in)
	switch {
	case bad != nil:
		return nil, bad
	case !scene.Program:
		return nil, refuse("IncorrectSceneStatus")
	case !scene.Open:
		return nil, refuse("IncorrectSceneStatus.Idle")
	case studio.Standby == "":
		return nil, refuse("InvalidUrgentMaterial.NotFound")
	}
	studio.Urgent, studio.Modified = true, in.now
	w.apply(in)
	return nil, nil
}

// playURL is where an open scene can be watched. As in the real service, the key
// in it is a credential: whoever has the URL can watch.
func (s *Studio) playURL(scene *Scene, scheme string) string {
	path := "/" + outputApp + "/" + outputName(scene)
	suffix := map[string]string{"http": ".flv"}[scheme]
	until := s.Started.Unix() + 86400
	key := md5.Sum(fmt.Appendf(nil, "%s%s-%d", path, suffix, until))
	return fmt.Sprintf("%s://%s%s%s?auth_key=%d-0-0-%x", scheme, s.Domain, path, suffix, until, key)
}

func (s *Studio) streamInfos(scene *Scene) []fields {
	return []fields{{"VideoFormat": "flv", "TranscodeConfig": "lld", "OutputStreamUrl": s.playURL(scene, "http")}}
}
