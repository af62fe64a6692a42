package render

import (
	"strings"
	"time"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack's limits of a table (docs.slack.dev/reference/block-kit/blocks/table-block).
const (
	maxRows    = 100
	maxColumns = 20
)

// grid draws a table. What people and the cloud have named is text there, and no markup.
func grid(g op.Grid) *slack.TableBlock {
	table := slack.NewTableBlock("")
	for _, line := range append([][]op.Line{g.Head}, g.Rows...) {
		cells := make([]slack.TableCell, 0, len(line))
		for _, cell := range line[:min(len(line), maxColumns)] {
			cells = append(cells, slack.NewTableRichTextCell(slack.NewRichTextSection(pieceOf(cell)...)))
		}
		if len(table.Rows) < maxRows {
			table.Rows = append(table.Rows, cells)
		}
	}
	return table
}

// pieceOf draws a line as rich text.
func pieceOf(l op.Line) []slack.RichTextSectionElement {
	var all []slack.RichTextSectionElement
	for _, s := range l {
		switch style := (*slack.RichTextSectionTextStyle)(nil); {
		case isID(s.Person):
			all = append(all, slack.NewRichTextSectionUserElement(s.Person, nil))
		case s.At != 0:
			all = append(all, slack.NewRichTextSectionDateElement(time.UnixMilli(s.At).Unix(),
				"{time_secs} {date_short_pretty}", nil, pointer(moment(s))))
		default:
			if s.Bold {
				style = &slack.RichTextSectionTextStyle{Bold: true}
			}
			if text := Clean(s.Text, MaxName); text != "" {
				all = append(all, slack.NewRichTextSectionTextElement(text, style))
			}
		}
	}
	if len(all) == 0 {
		all = append(all, slack.NewRichTextSectionTextElement("–", nil))
	}
	return all
}

func pointer[T any](v T) *T { return &v }

// gridText is a table for clients that know none: a line for each row.
func gridText(t *slack.TableBlock) string {
	var rows []string
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, cellText(cell))
		}
		rows = append(rows, strings.Join(cells, aside))
	}
	return strings.Join(rows, "\n")
}

func cellText(cell slack.TableCell) string {
	text := ""
	rich, _ := cell.(*slack.TableRichTextCell)
	for _, e := range rich.Elements {
		for _, piece := range e.(*slack.RichTextSection).Elements {
			switch piece := piece.(type) {
			case *slack.RichTextSectionTextElement:
				text += escape(tame(piece.Text))
			case *slack.RichTextSectionUserElement:
				text += "<@" + piece.UserID + ">"
			case *slack.RichTextSectionDateElement:
				text += *piece.Fallback
			}
		}
	}
	return text
}
