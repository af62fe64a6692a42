package fakelive

import (
	"slices"
	"strings"
)

// operation is one action of the API: the parameters it cannot do without, and
// what it does. A handler runs under the lock; it calls apply exactly when it has
// changed something. Its limit is in limits.
type operation struct {
	required []string
	handle   func(w *World, in *request) (fields, *refusal)
}

var studioID = []string{"CasterId"}
var sceneIDs = []string{"CasterId", "SceneId"}
var streamNames = []string{"DomainName", "AppName", "StreamName"}

var operations = map[string]operation{
	"CopyCaster":            {[]string{"CasterName", "SrcCasterId", "ClientToken"}, (*World).copyCaster},
	"RestartCaster":         {studioID, (*World).restartCaster},
	"StartCaster":           {studioID, (*World).startCaster},
	"StopCaster":            {studioID, (*World).stopCaster},
	"StartCasterScene":      {sceneIDs, (*World).startScene},
	"StopCasterScene":       {sceneIDs, (*World).stopScene},
	"CopyCasterSceneConfig": {[]string{"CasterId", "FromSceneId", "ToSceneId"}, (*World).takeScene},
	"EffectCasterUrgent":    {sceneIDs, (*World).urgent},

	"RealTimeRecordCommand": {append([]string{"Command"}, streamNames...), (*World).recordCommand},

	"DescribeCasters":         {nil, (*World).describeCasters},
	"DescribeCasterScenes":    {studioID, (*World).describeScenes},
	"DescribeCasterConfig":    {studioID, (*World).describeConfig},
	"DescribeCasterStreamUrl": {studioID, (*World).describeStreamURL},

	"DescribeLiveStreamsOnlineList": {[]string{"DomainName"}, (*World).describeOnline},
	"DescribeLiveStreamState":       {streamNames, (*World).describeStreamState},
	"DescribeLiveUserDomains":       {nil, (*World).describeDomains},
	"DescribeLiveRecordConfig":      {[]string{"DomainName"}, (*World).describeRecordConfig},
	"DescribeLiveStreamRecordContent": {append([]string{"StartTime", "EndTime"}, streamNames...),
		(*World).describeContent},
	"DescribeLiveStreamRecordIndexFiles": {append([]string{"StartTime", "EndTime"}, streamNames...),
		(*World).describeFiles},
}

// Required gives the parameters that an operation cannot do without; false for one that this world does not have.
func Required(action string) ([]string, bool) {
	o, known := operations[action]
	return slices.Clone(o.required), known
}

// studio finds the studio that a request names. An id is well formed when it is a
// UUID or begins with LIVEPRODUCER_.
func (w *World) studio(in *request, param string) (*Studio, *refusal) {
	id := in.params[param]
	if !isUUID(id) && !strings.HasPrefix(id, "LIVEPRODUCER_") {
		return nil, refuse("InvalidCasterId.Malformed")
	}
	for _, s := range w.state.Studios {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, refuse("InvalidCaster.NotFound")
}

// scene finds a scene of a studio by the id in the named parameter.
func (s *Studio) scene(in *request, param string) (*Scene, *refusal) {
	id := in.params[param]
	if !isUUID(id) {
		return nil, refuse("InvalidSceneId.Malformed")
	}
	for i := range s.Scenes {
		if s.Scenes[i].ID == id {
			return &s.Scenes[i], nil
		}
	}
	return nil, refuse("InvalidScene.NotFound")
}

func (w *World) studioAndScene(in *request) (*Studio, *Scene, *refusal) {
	studio, bad := w.studio(in, "CasterId")
	if bad != nil {
		return nil, nil, bad
	}
	scene, bad := studio.scene(in, "SceneId")
	return studio, scene, bad
}

func isUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i, c := range []byte(id) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
