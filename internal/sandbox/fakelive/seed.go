package fakelive

import (
	"fmt"
	"time"
)

// Domain is the one domain of the seed.
const Domain = "live.example.com"

type seedStudio struct {
	name     string
	normType int
	onAir    time.Duration // 0 means idle
	group    string
	previews int
	bare     bool // without material for emergencies
}

var seedStudios = []seedStudio{
	{"Evening News", General, 62 * time.Minute, "rg-fakeevening", 2, false},
	{"Evening Sports", General, 0, "rg-fakeevening", 1, false},
	{"Evening Loop", Playlist, 3 * time.Hour, "rg-fakeevening", 1, false},
	{"Evening Virtual", Virtual, 20 * time.Minute, "rg-fakeevening", 1, true},
	{"Morning Show", General, 0, "rg-fakemorning", 1, false},
	{"Morning Loop", Playlist, 5 * time.Hour, "rg-fakemorning", 1, false},
	{"Evening Talk", General, 0, "rg-fakeevening", 1, false},
	{"Evening Talk", General, 0, "rg-fakeevening", 1, false},
}

type seedStream struct {
	app, name string
	live      time.Duration // 0 means not live
	delay     int           // seconds; 0 means no recording configuration
	onDemand  int
}

var seedStreams = []seedStream{
	{"show", "main", 62 * time.Minute, 180, 7},
	{"show", "backup", 62 * time.Minute, 60, 7},
	{"show", "friday", 0, 180, 7},
	{"show", "raw", 15 * time.Minute, 0, 0},
	{"morning", "main", 30 * time.Minute, 180, 0},
}

// seed is the world that everything begins with, told from the moment now.
func seed(now time.Time) state {
	now = now.Truncate(time.Second)
	s := state{Domains: []string{Domain}, Files: []File{}, Tokens: map[string]copied{},
		Calls: []*Call{}, Effects: []Effect{}, Counters: map[string]int64{}}
	for i, from := range seedStudios {
		s.Studios = append(s.Studios, from.studio(i+1, now))
	}
	for _, from := range seedStreams {
		s.addStream(from, now)
	}
	return s
}

func (s *state) addStream(from seedStream, now time.Time) *Stream {
	stream := &Stream{Domain: Domain, App: from.app, Name: from.name}
	if from.delay > 0 {
		stream.Setup = &RecordSetup{OnDemand: from.onDemand, Delay: from.delay, Format: "mp4",
			Created: now.AddDate(0, 0, -30)}
	}
	s.Streams = append(s.Streams, stream)
	if from.live > 0 {
		s.ingest(stream, now.Add(-from.live))
	}
	return stream
}

func (from seedStudio) studio(number int, now time.Time) *Studio {
	s := &Studio{
		ID:   fmt.Sprintf("4f0c7a1e-0000-4000-8000-%012d", number),
		Name: from.name, NormType: from.normType, Domain: Domain, ResourceGroup: from.group,
		Template: "lp_hd",
		Created:  now.AddDate(0, 0, -20).Add(time.Duration(number) * time.Hour),
		Modified: now.AddDate(0, 0, -1).Add(time.Duration(number) * time.Minute),
	}
	if !from.bare {
		s.Standby = derivedID(fmt.Sprintf("standby/%d", number))
	}
	for i := 0; i <= from.previews; i++ {
		scene := Scene{ID: fmt.Sprintf("5ce0%04d-0000-4000-8000-%012d", number, i+1), Name: "Main", Program: i == 0}
		if i > 0 {
			scene.Name = fmt.Sprintf("Preview %d", i)
		}
		scene.Layout = derivedID("layout/" + scene.ID)
		scene.Components = []string{derivedID("component/" + scene.ID)}
		s.Scenes = append(s.Scenes, scene)
	}
	if from.onAir > 0 {
		s.OnAir, s.Started, s.Modified = true, now.Add(-from.onAir), now.Add(-from.onAir)
		s.Scenes[0].Open = true
		s.Scenes[1].Open = number == 1
	}
	return s
}
