package quota

// Where the limits stand. They count for each operation of its own, per account and region, for everybody who uses the
// account. The figures are those of each operation's own page.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live

// limit is how often an operation may be called in one second.
type limit struct {
	calls   int
	changes bool // it changes something: it is never made without a turn that all replicas know of
}

// limits has a row for every operation that casterbot calls.
var limits = map[string]limit{
	"CopyCaster":            {10, true},
	"RestartCaster":         {10, true},
	"StartCaster":           {10, true},
	"StopCaster":            {10, true},
	"StartCasterScene":      {10, true},
	"StopCasterScene":       {10, true},
	"CopyCasterSceneConfig": {10, true},
	"EffectCasterUrgent":    {10, true},
	"RealTimeRecordCommand": {50, true},

	"DescribeCasters":                    {15, false},
	"DescribeCasterScenes":               {15, false},
	"DescribeCasterConfig":               {15, false},
	"DescribeLiveStreamRecordContent":    {50, false},
	"DescribeLiveStreamRecordIndexFiles": {15, false},
	"DescribeLiveRecordConfig":           {100, false},
	"DescribeLiveUserDomains":            {100, false},
	"DescribeLiveStreamsOnlineList":      {166, false}, // 10,000 a minute

	"LookupEvents": {2, false}, // of ActionTrail
}

// Limit is how many calls of an operation the account allows in one second; 0 for one without a row.
func Limit(operation string) int { return limits[operation].calls }

// usualShare is the part of a limit that is used, in percent, where nothing else is said.
const usualShare = 90

// leftFree is what all replicas together leave of a limit for the looks of those who cannot ask for a shared turn.
const leftFree = 2

// slotsOf is how many calls of an operation may be made in one second out of a share in percent.
func slotsOf(operation string, share int, shared bool) int {
	l := limits[operation]
	n := l.calls * share / 100
	if shared && !l.changes {
		n = min(n, l.calls-leftFree)
	}
	return max(1, n)
}
