// Package nextcmd has the commands that lead on from where another one ended, as buttons.
package nextcmd

import (
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// nextCommands are the commands that lead on from where another one ended. Text is a usage; its places are filled by
// name.
var nextCommands = map[string]op.Next{
	"list":    {Label: "Show studios", Text: "caster list"},
	"show":    {Label: "Show studio", Text: "caster show {caster}"},
	"start":   {Label: "Start studio", Text: "caster start {caster}"},
	"instead": {Label: "Start it instead", Text: "caster start {caster}"},
	"stop":    {Label: "Stop studio…", Text: "caster stop {caster}"},
	"take":    {Label: "Take…", Text: "caster take {caster} {scene}"},
	"back":    {Label: "Back to the last picture", Text: "caster take {caster} {scene}"},
	"before":  {Label: "Take the one before", Text: "caster take {caster} {scene}"},
	"standby": {Label: "Standby…", Text: "caster standby {caster}"},
	"slate":   {Label: "Standby", Text: "caster standby {caster}"},
	"restart": {Label: "Restart…", Text: "caster restart {caster}"},
	"copy":    {Label: "Copy…", Text: "caster copy {caster} {name}"},
	"open":    {Label: "Open preview", Text: "caster scene start {caster} {scene}"},
	"close":   {Label: "Close preview", Text: "caster scene stop {caster} {scene}"},
	"lock":    {Label: "Lock it", Text: "caster lock {caster} {until?} {why?}"},
	"unlock":  {Label: "Unlock", Text: "caster unlock {caster}"},
	"ask":     {Label: "Ask the holder", Text: "caster ask {caster} {why?}"},
	"status":  {Label: "Status", Text: "record status {stream}"},
	"pause":   {Label: "Pause recording", Text: "record stop {stream}"},
	"resume":  {Label: "Resume", Text: "record start {stream}"},
	"record":  {Label: "Start recording", Text: "record start {stream}"},
	"cut":     {Label: "Close file, start a new one", Text: "record restart {stream}"},
	"write":   {Label: "Write it now", Text: "record finish {stream}"},
	"files":   {Label: "Show files", Text: "record files {stream?} {page?}"},
}

// Command fills a way on with arguments. A place that is not filled is asked for when the button is pressed.
func Command(name string, args op.Args) op.Next {
	next := nextCommands[name]
	return op.Next{Label: next.Label, Text: grammar.Format(next.Text, args)}
}

// OnCaster is a way on with one studio.
func OnCaster(name, studio string) op.Next { return Command(name, op.Args{"caster": studio}) }

// OnScene is a way on with one scene of a studio.
func OnScene(name, studio, scene string) op.Next {
	return Command(name, op.Args{"caster": studio, "scene": scene})
}

// OnStream is a way on with one stream.
func OnStream(name, path string) op.Next { return Command(name, op.Args{"stream": path}) }

// Complete reports whether the arguments fill every place of a way on.
func Complete(name string, args op.Args) bool {
	for _, place := range grammar.Placeholders(nextCommands[name].Text) {
		if args[place.Name] == "" {
			return false
		}
	}
	return nextCommands[name].Text != ""
}
