package main

import (
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// people are those who type. The policy knows them by their user groups, as a real one would.
var people = []string{"U0ANA", "U0BO", "U0KEN", "U0MIO"}

// channels are many, because Slack takes about one message a second in a channel.
var channels = testbed.RoomIDs(128)

func newWorld(folder string) (*testbed.World, error) {
	w, err := testbed.Open(testbed.Config{
		Folder: folder, Policy: testbed.Rights("S0CREW, S0LEADS", channels...),
		Slack: fakeslack.Config{Grace: time.Second}, Live: fakelive.Config{Limits: true},
	})
	if err != nil {
		return nil, err
	}
	w.Rooms(len(channels), people...)
	return w, nil
}

func channel(i int) string { return channels[i%len(channels)] }
