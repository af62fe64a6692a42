package page

import (
	"slices"
	"time"

	"casterbot/internal/sandbox/fakelive"
)

const (
	shownCalls = 120
	shownFiles = 20
)

// wall is the cloud as the wall draws it. Times are unix milliseconds, 0 for none.
type wall struct {
	Studios []studio `json:"studios"`
	Streams []stream `json:"streams"`
	Calls   []call   `json:"calls"` // newest first
}

type studio struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Mode    string  `json:"mode"`
	OnAir   bool    `json:"onAir"`
	Since   int64   `json:"since"`
	Standby bool    `json:"standby"` // the program shows the standby picture
	Scenes  []scene `json:"scenes"`
}

type scene struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Program bool   `json:"program"`
	Open    bool   `json:"open"`
}

type stream struct {
	Domain         string `json:"domain"`
	App            string `json:"app"`
	Name           string `json:"name"`
	Live           bool   `json:"live"`
	Configured     bool   `json:"configured"`
	Delay          int    `json:"delay"` // seconds from stop to the file
	Manual         bool   `json:"manual"`
	RecordingSince int64  `json:"recordingSince"`
	FileDue        int64  `json:"fileDue"`
	Files          []file `json:"files"` // newest first
}

type file struct {
	URL     string  `json:"url"`
	Format  string  `json:"format"`
	From    int64   `json:"from"`
	To      int64   `json:"to"`
	Seconds float64 `json:"seconds"`
}

type call struct {
	Seq       int64             `json:"seq"`
	Time      int64             `json:"time"`
	Action    string            `json:"action"`
	Params    map[string]string `json:"params"`
	RequestID string            `json:"requestId"`
	Status    int               `json:"status"`
	Code      string            `json:"code"`
	Millis    float64           `json:"ms"`
	Received  bool              `json:"received"`
	Applied   bool              `json:"applied"`
	Answered  bool              `json:"answered"`
}

var modes = map[int]string{
	fakelive.General: "general", fakelive.Virtual: "virtual", fakelive.Playlist: "playlist",
}

func (p *Page) wall() wall {
	s := p.cfg.Live.Snapshot()
	w := wall{Studios: []studio{}, Streams: []stream{}, Calls: []call{}}
	for _, x := range s.Studios {
		w.Studios = append(w.Studios, studioOf(x))
	}
	for _, x := range s.Streams {
		w.Streams = append(w.Streams, streamOf(x, s.Files))
	}
	for _, c := range slices.Backward(s.Calls) {
		if len(w.Calls) == shownCalls {
			break
		}
		w.Calls = append(w.Calls, callOf(c))
	}
	return w
}

func studioOf(x fakelive.Studio) studio {
	out := studio{ID: x.ID, Name: x.Name, Mode: modes[x.NormType], OnAir: x.OnAir, Since: millis(x.Started),
		Standby: x.Urgent, Scenes: []scene{}}
	for _, s := range x.Scenes {
		out.Scenes = append(out.Scenes, scene{ID: s.ID, Name: s.Name, Program: s.Program, Open: s.Open})
	}
	return out
}

func streamOf(x fakelive.Stream, all []fakelive.File) stream {
	out := stream{Domain: x.Domain, App: x.App, Name: x.Name, Live: x.Live, Files: []file{}}
	if x.Setup != nil {
		out.Configured, out.Delay = true, x.Setup.Delay
	}
	if r := x.Recording; r.Running() {
		out.RecordingSince, out.Manual = millis(r.Started), r.Manual
	} else if r != nil {
		out.FileDue = millis(r.Due)
	}
	for _, f := range slices.Backward(all) {
		own := f.Domain == x.Domain && f.App == x.App && f.Stream == x.Name
		if own && len(out.Files) < shownFiles {
			out.Files = append(out.Files,
				file{URL: f.URL, Format: f.Format, From: millis(f.Start), To: millis(f.End), Seconds: f.Seconds})
		}
	}
	return out
}

func callOf(c fakelive.Call) call {
	return call{
		Seq: c.Seq, Time: millis(c.Time), Action: c.Action, Params: c.Params, RequestID: c.RequestID,
		Status: c.Status, Code: c.Code, Millis: c.Millis,
		Received: c.Received, Applied: c.Applied, Answered: c.Answered,
	}
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
