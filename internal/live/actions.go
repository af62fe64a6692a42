package live

import "slices"

// Action is one API operation that this package calls. The RAM action's name is "live:" + Name.
type Action struct {
	Name  string
	Write bool
	// Resource is the form on which RAM authorises it, with {account}, {CasterId} and {DomainName} to be filled in.
	Resource string
}

const (
	onCaster = "acs:live:*:{account}:caster/{CasterId}"
	onDomain = "acs:cdn:*:{account}:domain/{DomainName}"
	onAny    = "*"
)

// actions is everything that is ever sent. CopyCaster is authorised on its source; the record command on the domain,
// in the name space of the CDN.
var actions = []Action{
	{"CopyCaster", true, onCaster},
	{"RestartCaster", true, onCaster},
	{"StartCaster", true, onCaster},
	{"StopCaster", true, onCaster},
	{"StartCasterScene", true, onCaster},
	{"StopCasterScene", true, onCaster},
	{"CopyCasterSceneConfig", true, onCaster},
	{"EffectCasterUrgent", true, onCaster},
	{"RealTimeRecordCommand", true, onDomain},
	{"DescribeCasters", false, onAny},
	{"DescribeCasterScenes", false, onAny},
	{"DescribeCasterConfig", false, onAny},
	{ForSetup, false, onAny},
	{"DescribeLiveStreamsOnlineList", false, onAny},
	{"DescribeLiveRecordConfig", false, onAny},
	{"DescribeLiveStreamRecordContent", false, onAny},
	{"DescribeLiveStreamRecordIndexFiles", false, onAny},
}

// ForSetup is the one action that no command needs: whoever sets casterbot up is shown the account's domains.
const ForSetup = "DescribeLiveUserDomains"

// Actions is a copy of the table of operations that this package calls: what a RAM policy for casterbot must allow.
func Actions() []Action { return slices.Clone(actions) }

// find is the table's row. An unknown name is a mistake in this package; it has no limit, so that the first test of the
// call fails.
func find(name string) Action {
	i := slices.IndexFunc(actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return Action{}
	}
	return actions[i]
}
