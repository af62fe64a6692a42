package render

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// lastName is the last name in a title: of "Open PREVIEW of Evening News / Preview 2" the scene.
func lastName(title op.Line) string {
	for _, s := range slices.Backward(title) {
		if s.Bold && s.Text != "" {
			return s.Text
		}
	}
	return title.Plain()
}

// player says what plays an address that a browser does not.
func player(address string) op.Line {
	switch {
	case strings.HasPrefix(address, "rtmp"):
		return op.L(" (RTMP, needs VLC or ffplay)")
	case strings.Contains(address, ".flv"):
		return op.L(" (FLV, needs VLC or ffplay)")
	}
	return nil
}
