package fakelive

import "time"

// Mode numbers of a studio (NormType).
const (
	General  = 1
	Virtual  = 4
	Playlist = 6
)

// Studio is a production studio: a "caster" in the API.
type Studio struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	NormType      int       `json:"normType"`
	OnAir         bool      `json:"onAir"`
	Domain        string    `json:"domain,omitempty"`
	ResourceGroup string    `json:"resourceGroup,omitempty"`
	Template      string    `json:"template,omitempty"`
	Standby       string    `json:"standby,omitempty"`     // id of the material for emergencies
	AutoStandby   bool      `json:"autoStandby,omitempty"` // and it is shown when the input fails
	Urgent        bool      `json:"urgent,omitempty"`      // the program shows the standby material
	Token         string    `json:"token,omitempty"`       // ClientToken it was made with
	CopyOf        string    `json:"copyOf,omitempty"`      // id of the studio it was copied from
	Created       time.Time `json:"created"`
	Started       time.Time `json:"started,omitzero"`
	Modified      time.Time `json:"modified"`
	Scenes        []Scene   `json:"scenes"`
}

// Scene is one picture of a studio. The program scene (PGM) is on air, the
// others are previews (PVW). An open scene can be played.
type Scene struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Program    bool     `json:"program"`
	Open       bool     `json:"open"`
	Layout     string   `json:"layout,omitempty"`
	Components []string `json:"components,omitempty"`
}

// Stream is an ingest point and what is recorded of it.
type Stream struct {
	Domain    string       `json:"domain"`
	App       string       `json:"app"`
	Name      string       `json:"name"`
	Live      bool         `json:"live"`
	Since     time.Time    `json:"since,omitzero"` // begin of the present ingest
	Setup     *RecordSetup `json:"setup,omitempty"`
	Recording *Recording   `json:"recording,omitempty"`
}

// RecordSetup is a stream's recording configuration. OnDemand 0 records by
// itself whenever the stream is live, 7 only on command. Delay is in seconds.
type RecordSetup struct {
	OnDemand int       `json:"onDemand"`
	Delay    int       `json:"delay"`
	Format   string    `json:"format"`
	Created  time.Time `json:"created"`
}

// Recording is a recording whose file does not exist yet. It runs while Stopped
// is zero; after that its file appears at Due.
type Recording struct {
	ID      string    `json:"id"`
	Manual  bool      `json:"manual"` // begun by a command, not by the ingest
	Started time.Time `json:"started"`
	Stopped time.Time `json:"stopped,omitzero"`
	Due     time.Time `json:"due,omitzero"`
}

// Running tells a recording that runs from one that waits for its file.
func (r *Recording) Running() bool { return r != nil && r.Stopped.IsZero() }

// File is a finished recording. Seconds is its length.
type File struct {
	ID      string    `json:"id"`
	Domain  string    `json:"domain"`
	App     string    `json:"app"`
	Stream  string    `json:"stream"`
	Format  string    `json:"format"`
	Object  string    `json:"object"`
	URL     string    `json:"url"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Created time.Time `json:"created"`
	Seconds float64   `json:"seconds"`
}

// Call is one request and what became of it. Params holds the operation's own
// parameters; credentials, signature and protocol parameters are never kept.
// Status is 0 and Answered false when the client was left without an answer.
// Throttled means that it was over the limit of its operation; a fault that says
// so leaves it false.
type Call struct {
	Seq       int64             `json:"seq"`
	Time      time.Time         `json:"time"`             // by the world's clock
	Arrived   time.Time         `json:"arrived,omitzero"` // by the gateway's clock
	Action    string            `json:"action"`
	Params    map[string]string `json:"params"`
	RequestID string            `json:"requestId"`
	Status    int               `json:"status"`
	Code      string            `json:"code,omitempty"`
	Fault     Kind              `json:"fault,omitempty"`
	Throttled bool              `json:"throttled,omitempty"`
	Received  bool              `json:"received"`
	Applied   bool              `json:"applied"`
	Answered  bool              `json:"answered"`
	Session   string            `json:"session,omitempty"` // the role session in which it was signed
	Millis    float64           `json:"ms"`
}

// Effect is one change that a call made. A call makes one or none.
type Effect struct {
	Seq       int64             `json:"seq"`
	Time      time.Time         `json:"time"`
	Call      int64             `json:"call"`
	Action    string            `json:"action"`
	Params    map[string]string `json:"params"`
	RequestID string            `json:"requestId"`
}

// Snapshot is a copy of the whole world; changing it changes nothing.
type Snapshot struct {
	Now     time.Time `json:"now"`
	Studios []Studio  `json:"studios"`
	Streams []Stream  `json:"streams"`
	Files   []File    `json:"files"`
	Calls   []Call    `json:"calls"` // oldest first
	Faults  []Fault   `json:"faults"`
}

// Studio finds a studio by id.
func (s Snapshot) Studio(id string) (Studio, bool) {
	for _, studio := range s.Studios {
		if studio.ID == id {
			return studio, true
		}
	}
	return Studio{}, false
}

// Stream finds a stream by its three names.
func (s Snapshot) Stream(domain, app, name string) (Stream, bool) {
	for _, stream := range s.Streams {
		if stream.Domain == domain && stream.App == app && stream.Name == name {
			return stream, true
		}
	}
	return Stream{}, false
}
