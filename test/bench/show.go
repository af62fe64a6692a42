package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// What a show of the bench has: studios st01, st02 …, all on air, and live streams cam01, cam02 …, which record on
// command.
const (
	studios = 40
	streams = 50
	rooms   = 10
)

func studio(i int) string { return fmt.Sprintf("st%02d", i+1) }
func stream(i int) string { return fmt.Sprintf("cam%02d", i+1) }

// studioID and sceneID are those of the cloud. Scene 0 is PROGRAM.
func studioID(i int) string { return fmt.Sprintf("4f0c7a1e-0000-4000-9000-%012d", i+1) }
func sceneID(i, scene int) string {
	return fmt.Sprintf("5ce0%04d-0000-4000-9000-%012d", i+1, scene+1)
}

// scenes are those of every studio; all but the last one are open.
var scenes = []string{"PROGRAM", "Left", "Right", "Spare"}

// showWorld is a workspace and a cloud with a show in ten channels. With a latency both answer as if they were far
// away. The connections of the sockets go through lines.
func showWorld(folder string, slack, live time.Duration, l *lines) (*testbed.World, error) {
	w, err := testbed.Open(testbed.Config{
		Folder: folder, Policy: showPolicy(), InSlack: l.before,
		Slack: fakeslack.Config{Limits: true, Latency: slack},
		Live:  fakelive.Config{Limits: true, Latency: live, Keep: 20_000},
	})
	if err != nil {
		return nil, err
	}
	w.Rooms(rooms, append([]string{testbed.Intruder}, people...)...)
	if err := fill(w.Live, time.Now().UTC()); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// fill puts the show in place of what the cloud has from its seed.
func fill(live *fakelive.World, now time.Time) error {
	var saved map[string]json.RawMessage
	if err := json.Unmarshal(live.Save(), &saved); err != nil {
		return err
	}
	var studioList []fakelive.Studio
	for i := range studios {
		studioList = append(studioList, showStudio(i, now))
	}
	var streamList []fakelive.Stream
	for i := range streams {
		streamList = append(streamList, fakelive.Stream{
			Domain: fakelive.Domain, App: "show", Name: stream(i), Live: true, Since: now.Add(-time.Hour),
			Setup: &fakelive.RecordSetup{OnDemand: 7, Delay: 180, Format: "mp4", Created: now.AddDate(0, 0, -30)},
		})
	}
	for name, list := range map[string]any{"studios": studioList, "streams": streamList} {
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		saved[name] = text
	}
	text, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	return live.Load(text)
}

func showStudio(i int, now time.Time) fakelive.Studio {
	s := fakelive.Studio{
		ID: studioID(i), Name: studio(i), NormType: fakelive.General, Domain: fakelive.Domain, OnAir: true,
		Standby: fmt.Sprintf("57a9d000-0000-4000-9000-%012d", i+1),
		Created: now.AddDate(0, 0, -20), Started: now.Add(-time.Hour), Modified: now.Add(-time.Hour),
	}
	for n, name := range scenes {
		s.Scenes = append(s.Scenes, fakelive.Scene{
			ID: sceneID(i, n), Name: name, Program: n == 0, Open: n < len(scenes)-1,
			Layout: fmt.Sprintf("1a900%03d-0000-4000-9000-%012d", n, i+1),
		})
	}
	return s
}

// showPolicy lets the crew do everything with one press of their own, and one more person look.
func showPolicy() string {
	var b strings.Builder
	b.WriteString("version: 1\ngroups:\n  crew: [S0CREW, S0LEADS]\nchannels:\n")
	for _, id := range testbed.RoomIDs(rooms) {
		fmt.Fprintf(&b, "  %s:\n    studios: [\"st*\"]\n    streams:\n", id)
		for i := range streams {
			fmt.Fprintf(&b, "      %s: %s/show/%s\n", stream(i), fakelive.Domain, stream(i))
		}
		fmt.Fprintf(&b, "    grants:\n      - {who: [crew], may: [\"*\"], confirm: self}\n")
		fmt.Fprintf(&b, "      - {who: [%s], may: [caster.list, caster.show, record.status]}\n", testbed.Intruder)
	}
	return b.String()
}

// The changes that are measured.

func recordAct(i int, person, channel, command, call string) *act {
	return &act{
		kind: "record " + command, person: person, channel: channel, text: "/record " + command + " " + stream(i),
		names: stream(i),
		order: order{"RealTimeRecordCommand", map[string]string{"StreamName": stream(i), "Command": call}},
	}
}

func restartAct(i int, person, channel string) *act {
	return &act{
		kind: "restart", person: person, channel: channel, text: "/caster restart " + studio(i), names: studio(i),
		order: order{"RestartCaster", map[string]string{"CasterId": studioID(i)}},
	}
}

// sceneAct is a command about a scene: take, scene start, scene stop.
func sceneAct(i, scene int, person, channel, command string) *act {
	id, at := map[string]string{"take": "FromSceneId"}[command], map[string]string{
		"take": "CopyCasterSceneConfig", "scene start": "StartCasterScene", "scene stop": "StopCasterScene",
	}[command]
	if id == "" {
		id = "SceneId"
	}
	return &act{
		kind: command, person: person, channel: channel, text: "/caster " + command + " " + studio(i) + " " + scenes[scene],
		names: studio(i),
		order: order{at, map[string]string{"CasterId": studioID(i), id: sceneID(i, scene)}},
	}
}

func standbyAct(i int, person, channel string) *act {
	return &act{
		kind: "standby", person: person, channel: channel, text: "/caster standby " + studio(i), names: studio(i),
		order: order{"EffectCasterUrgent", map[string]string{"CasterId": studioID(i)}},
	}
}

// ack waits until somebody's command was taken; what was lost is an error.
func ack(ctx interface{ Done() <-chan struct{} }, sent fakeslack.Sent) error {
	select {
	case a := <-sent.Done:
		if a.Err != "" {
			return fmt.Errorf("a command was lost: %s", a.Err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a command was not acknowledged in time")
	}
}
