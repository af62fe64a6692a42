package scenario

import (
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

// rows draws a table: a line for each row.
func (e *observer) rows(rows [][]cell) []string {
	var lines []string
	for _, row := range rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, e.plain(c.words()))
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
	}
	return lines
}

// files writes down the files that people got alone.
func (e *observer) files(log []fakeslack.Call) []string {
	var lines []string
	for _, c := range log {
		if c.Method != "files.completeUploadExternal" || c.Error != "" {
			continue
		}
		name, body, _ := strings.Cut(c.Text, "\n")
		lines = append(lines, "bot sends "+e.channelName(c.Channel)+"> "+name)
		for line := range strings.Lines(body) {
			line = strings.TrimRight(line, "\r\n")
			for ref, known := range e.names.refs {
				line = strings.ReplaceAll(line, ref, known)
			}
			lines = append(lines, "  "+e.plain(line))
		}
	}
	return lines
}
