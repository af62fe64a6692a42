package browse

import (
	"strings"
	"testing"

	"casterbot/internal/op"
)

// What is chosen by Enter is the first: it is the one whose name was typed.
func TestWhatWasTypedComesFirst(t *testing.T) {
	option := func(name, note, id string) op.Option { return op.Option{Label: name, Note: op.Text(note), Value: id} }
	scenes := []op.Option{
		option("Preview 1", "PREVIEW · open", "5ce00001-0000-4000-8000-000000000002"),
		option("Preview 12", "PREVIEW · open", "5ce00001-0000-4000-8000-000000000003"),
		option("Wide 2", "PREVIEW · closed", "5ce00001-0000-4000-8000-000000000004"),
		option("Preview 2", "PREVIEW · closed", "5ce00001-0000-4000-8000-000000000005"),
		option("Old Preview 2", "PREVIEW · closed", "5ce00001-0000-4000-8000-000000000006"),
	}
	studios := []op.Option{
		option("Late News", "on air", "4f0c7a1e-0000-4000-8000-000000000001"),
		option("News", "idle", "4f0c7a1e-0000-4000-8000-000000000002"),
		option("On Air Test", "idle", "4f0c7a1e-0000-4000-8000-000000000003"),
		option("Newsroom", "idle", "4f0c7a1e-0000-4000-8000-000000000004"),
		option("晚间新闻", "idle", "4f0c7a1e-0000-4000-8000-000000000005"),
	}
	streams := []op.Option{
		option("main", "live", "live.example.com/show/main"), option("backup", "live", "live.example.com/show/backup"),
		option("cam-1", "not live", "live.example.com/morning/cam-1"),
		option("main-2", "not live", "live.example.com/show/main-2"),
	}
	for _, c := range []struct {
		all         []op.Option
		typed, want string
	}{
		{scenes, "Preview 2", "Preview 2, Old Preview 2, Preview 12, Wide 2"},
		{scenes, "preview 2", "Preview 2, Old Preview 2, Preview 12, Wide 2"},
		{scenes, "Preview 1", "Preview 1, Preview 12"},
		{scenes, "2", "Wide 2, Preview 2, Old Preview 2, Preview 12"},
		{scenes, "open", "Preview 1, Preview 12"},
		{scenes, "old", "Old Preview 2"},
		{scenes, "3", ""},
		{scenes, "5ce0000", ""},
		{scenes, "000000000003", "Preview 12"},
		{scenes, "5ce00001-0000-4000-8000-000000000004", "Wide 2"},
		{studios, "news", "News, Newsroom, Late News"},
		{studios, "NEWS", "News, Newsroom, Late News"},
		{studios, "on air", "On Air Test, Late News"},
		{studios, "4f0c", ""},
		{studios, "4f0c7a1e", "Late News, News, On Air Test, Newsroom, 晚间新闻"},
		{studios, "新闻", "晚间新闻"},
		{studios, "e", "Late News, News, On Air Test, Newsroom, 晚间新闻"},
		{streams, "main", "main, main-2"},
		{streams, "morning", "cam-1"},
		{streams, "live", "main, backup, cam-1, main-2"},
		{streams, "show/main", "main, main-2"},
		{streams, "", "main, backup, cam-1, main-2"},
	} {
		var got []string
		for _, o := range (argument{}).fitting(c.all, c.typed) {
			got = append(got, o.Label)
		}
		if names := strings.Join(got, ", "); names != c.want {
			t.Errorf("%q: %s, want %s", c.typed, names, c.want)
		}
	}
}
