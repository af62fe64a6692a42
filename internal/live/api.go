package live

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Config is what New needs. Endpoint and Credentials have no default.
type Config struct {
	// Endpoint is the service's address, "https://live.aliyuncs.com". Plain http is accepted for loopback only.
	Endpoint string
	// Region is sent as RegionId; it does not choose the endpoint. Default cn-shanghai.
	Region      string
	Credentials Credentials
	// TrailEndpoint is ActionTrail's address, for the looks that go there. Default: the one of the region.
	TrailEndpoint string
	// Wait is how long one send may take until its outcome counts as unknown. Default 60 s.
	Wait time.Duration
	// Transport carries reads and writes in place of the own transports; for tests. It must honour net/http/httptrace:
	// without a trace no failure can be told to be NotSent.
	Transport http.RoundTripper
	// Quota says when a call may leave, so that everything together stays under the account's limits. Without one there
	// are no limits.
	Quota *quota.Quota
	// Fresh is how old a look may be that serves somebody else's question as well, counted from when it left; 0: only
	// looks that have not left yet are shared.
	Fresh time.Duration
	// Log, if set, gets a line for each kind of call that is refused or fails, once a minute.
	Log *slog.Logger
	// Waiting, if set, is told before every pause: while a call waits for its turn (why is Throttled), or before a send is
	// tried again that ended as why. A read has no permit.
	Waiting func(ctx context.Context, permit op.SendPermit, action string, why Class, wait time.Duration)
	// Sent, if set, is told of each send that is over, for those who measure: of what class its failure was, empty for
	// none, and how long it took.
	Sent func(action string, class Class, took time.Duration)
}

// Mode is a caster's NormType.
type Mode int

// The modes that the API documents. A NormType of 0, in answers of old, means playlist and is stored as ModePlaylist.
const (
	ModeGeneral     Mode = 1
	ModeLightweight Mode = 3
	ModeVirtual     Mode = 4
	ModePlaylist    Mode = 6
)

// String is the mode's name in plain words, "mode 9" for one that is not documented.
func (m Mode) String() string {
	if name, ok := modeNames[m]; ok {
		return name
	}
	return "mode " + strconv.Itoa(int(m))
}

// modeNames is in the API's numbers.
var modeNames = map[Mode]string{
	ModeGeneral: "general", ModeLightweight: "lightweight", ModeVirtual: "virtual", ModePlaylist: "playlist",
}

// Caster is a production studio as DescribeCasters lists it. Times that the API does not give are zero.
type Caster struct {
	ID, Name                   string
	OnAir                      bool // Status 1: in production
	Untold                     bool // the API did not say whether it is
	Mode                       Mode
	Created, Started, Modified time.Time
	// Token is ClientTokenId, the ClientToken of the CreateCaster or CopyCaster that made this caster.
	Token string
}

// Target is the caster as operations and policies name it.
func (c Caster) Target() op.Target { return op.Target{Kind: "caster", ID: c.ID, Name: c.Name} }

// Scene is one scene of a caster as DescribeCasterScenes lists it.
type Scene struct {
	ID, Name string
	Program  bool // OutputType 1: the PGM scene, which is on air; else a PVW scene
	Open     bool // Status 1
	Untold   bool // the API did not say which of both it is, or whether it is open: nothing is done to it
	// Layout and Components are what the scene shows, by id. Two scenes of one caster that have the same of both show the
	// same picture.
	Layout     string
	Components []string
	// PlayURL is for playback and carries auth_key: whoever has it can watch. Keep it out of logs and of the audit trail.
	PlayURL string
	// WatchURL is the same picture at an address that a browser or player takes a link to, empty where there is none. It
	// carries auth_key too.
	WatchURL string
}

// CasterConfig is the part of DescribeCasterConfig that commands need.
type CasterConfig struct {
	Domain         string        // main streaming domain of the caster's output
	Delay          time.Duration // broadcast delay
	RecordOnDemand int           // OnDemand of the caster's own recording
	Recorded       bool          // the caster's output has a recording configuration
	Standby        bool          // a standby picture, clip or stream is set
	StandbyUntold  bool          // whether one is set is not told
	AutoStandby    bool          // and the caster switches to it by itself when its input fails
}

// Stream names one ingested stream. Domain is the main streaming domain.
type Stream struct{ Domain, App, Name string }

// String is "domain/app/name".
func (s Stream) String() string { return s.Domain + "/" + s.App + "/" + s.Name }

// Online is a stream that is being pushed now.
type Online struct {
	Stream
	Since time.Time
}

// OnDemandUntold stands for an OnDemand that the API did not give.
const OnDemandUntold = -1

// RecordConfig is a recording configuration that applies to a stream. App and Name are as configured and may be "*".
type RecordConfig struct {
	App, Name string
	// OnDemand: 0 records always, 1 by HTTP callback, 2 by ingest parameters, 7 only by RealTimeRecordCommand.
	OnDemand int
	// Delay is how long an interrupted recording waits before its file is made.
	Delay time.Duration
}

// Content is one stretch of recorded material, as DescribeLiveStreamRecordContent lists it.
type Content struct{ From, To time.Time }

// File is one recorded file, as DescribeLiveStreamRecordIndexFiles lists it.
type File struct {
	ID, URL, Format   string
	From, To, Created time.Time
	Duration          time.Duration
}

// Receipt is the service's word that a write was done. CasterID is set by CopyCaster, PlayURL by StartScene; for
// PlayURL see Scene.
type Receipt struct{ RequestID, CasterID, PlayURL string }
