package fakelive

import (
	"maps"
	"slices"
	"strings"
)

// operation is one action of the API: the parameters it cannot do without, and
// what it does. A handler runs under the lock; it calls apply exactly when it has
// changed something. Its limit is in limits.
type operation struct {
	required []string
	handle   func(w *World, in *request) (fields, *refusal)
	missing  string // code for a parameter that is missing, where it is not the gateway's own
}

// lacks refuses a call without a required parameter: at the gateway, which names it in the code, unless the page of the
// operation lists a code for it.
func (o operation) lacks(param string) *refusal {
	if o.missing == "" {
		return missing(param)
	}
	return refuseWith(o.missing, param+" is mandatory for this action.")
}

var studioID = []string{"CasterId"}
var sceneIDs = []string{"CasterId", "SceneId"}
var streamNames = []string{"DomainName", "AppName", "StreamName"}

var operations = map[string]operation{
	"CopyCaster":            {required: []string{"CasterName", "SrcCasterId", "ClientToken"}, handle: (*World).copyCaster},
	"RestartCaster":         {required: studioID, handle: (*World).restartCaster},
	"StartCaster":           {required: studioID, handle: (*World).startCaster},
	"StopCaster":            {required: studioID, handle: (*World).stopCaster},
	"StartCasterScene":      {required: sceneIDs, handle: (*World).startScene},
	"StopCasterScene":       {required: sceneIDs, handle: (*World).stopScene},
	"CopyCasterSceneConfig": {required: []string{"CasterId", "FromSceneId", "ToSceneId"}, handle: (*World).takeScene},
	"EffectCasterUrgent":    {required: sceneIDs, handle: (*World).urgent},

	"RealTimeRecordCommand": {required: append([]string{"Command"}, streamNames...), handle: (*World).recordCommand,
		missing: "MissingParam"},

	"DescribeCasters":         {handle: (*World).describeCasters},
	"DescribeCasterScenes":    {required: studioID, handle: (*World).describeScenes},
	"DescribeCasterConfig":    {required: studioID, handle: (*World).describeConfig},
	"DescribeCasterStreamUrl": {required: studioID, handle: (*World).describeStreamURL},

	"DescribeLiveStreamsOnlineList": {required: []string{"DomainName"}, handle: (*World).describeOnline},
	"DescribeLiveStreamState":       {required: streamNames, handle: (*World).describeStreamState},
	"DescribeLiveUserDomains":       {handle: (*World).describeDomains},
	"DescribeLiveRecordConfig":      {required: []string{"DomainName"}, handle: (*World).describeRecordConfig},
	"DescribeLiveStreamRecordContent": {required: append([]string{"StartTime", "EndTime"}, streamNames...),
		handle: (*World).describeContent},
	"DescribeLiveStreamRecordIndexFiles": {required: append([]string{"StartTime", "EndTime"}, streamNames...),
		handle: (*World).describeFiles},
}

// services are the APIs that answer at this endpoint, by the version that a request names.
var services = map[string]map[string]operation{
	apiVersion: operations, stsVersion: stsOperations, trailVersion: trailOperations,
}

// Operations are the names of all of them: first what changes something, then what only reads.
func Operations() []string {
	var changes, looks []string
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		if strings.HasPrefix(name, "Describe") {
			looks = append(looks, name)
		} else {
			changes = append(changes, name)
		}
	}
	return append(changes, looks...)
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
