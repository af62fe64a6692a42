package commands

import (
	"fmt"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// shelf is a fake with n files, one of each of the last n days at noon, the oldest first as the API lists them.
func fileStore(n int) *fakeCloud {
	f := newFake()
	for day := n; day > 0; day-- {
		at := noon.AddDate(0, 0, -day)
		f.files = append(f.files,
			live.File{ID: fmt.Sprint("f-", day), Format: "mp4", From: at, To: at.Add(time.Hour), Duration: time.Hour})
	}
	return f
}

func readFiles(t *testing.T, f *fakeCloud, args ...string) op.Answer {
	t.Helper()
	got, err := find(t, f, filesUsage).Read(t.Context(), call(args...))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFilesByPages(t *testing.T) {
	f := fileStore(40)
	for page, c := range map[string]struct {
		first, last, next string
		items             int
	}{
		"":  {"of 2027-03-08", "of 2027-02-27", "[Older files] record files " + mainPath + " 2", 10},
		"2": {"of 2027-02-26", "of 2027-02-17", "[Older files] record files " + mainPath + " 3", 10},
		"3": {"of 2027-02-16", "of 2027-02-09", "", 8}, // not farther back than four weeks
	} {
		got := readFiles(t, f, "stream", "main", "page", page)
		if len(got.Items) != c.items {
			t.Fatalf("page %q: %d files", page, len(got.Items))
		}
		wantHas(t, words(got), "Files of main", "Searched back to", c.next)
		first, last := got.Items[0], got.Items[len(got.Items)-1]
		wantHas(t, first.Title.Plain()+" "+first.Facts[0].Plain(), c.first, " 1 h · mp4")
		wantHas(t, last.Title.Plain(), c.last)
		if (c.next == "") != (len(got.Next) == 0) {
			t.Errorf("page %q: ways on %v", page, got.Next)
		}
	}
	wantHas(t, words(readFiles(t, f, "stream", "main", "page", "4")), "page 4", "No files.")
	wantHas(t, words(readFiles(t, newFake(), "stream", "main")), "No files.")
}

func TestFilesThatAreNotWrittenYet(t *testing.T) {
	f := fileStore(1)
	f.contents[mainPath] = []live.Content{{From: noon.Add(-5 * time.Minute), To: noon.Add(-2 * time.Minute)}}
	got := readFiles(t, f, "stream", "main")
	wantHas(t, words(got),
		"- (no file yet)\n  As far as the cloud shows, recording was paused at 2027-03-09 11:58:00 UTC and its file is due at 2027-03-09 12:01:00 UTC.", "File of 2027-03-08")
	wantNot(t, words(got), "No files.")
	if got.Items[0].Mark != op.MarkPaused || got.Items[0].Next[0].Label != "Write it now" {
		t.Errorf("%+v", got.Items[0])
	}
	f.contents[mainPath] = []live.Content{{From: noon.Add(-5 * time.Minute)}}
	wantHas(t, words(readFiles(t, f, "stream", "main")), "(no file yet)", "it has been recording since")
	wantNot(t, words(readFiles(t, f, "stream", "main", "page", "2")), "no file yet")
	f.contents = nil
	wantNot(t, words(readFiles(t, f, "stream", "main")), "no file yet")
}

func TestFilesOfAllStreams(t *testing.T) {
	f := fileStore(3)
	got := readFiles(t, f)
	if len(got.Items) != 6 { // the fake has the same files for both streams
		t.Errorf("%d files", len(got.Items))
	}
	wantHas(t, words(got), "The newest files of this channel", "main · File of 2027-03-08 12:00:00 UTC to 2027-03-08 13:00:00 UTC",
		"friday · File of")
	if n := got.Items[0].Next[0]; n.Text != "record files "+mainPath {
		t.Errorf("way on %v", n)
	}
	f.fail["RecordFiles"] = &live.Error{Class: live.Unknown, Status: 500}
	wantHas(t, words(readFiles(t, f)), "could not look at main")
	f = newFake()
	wantHas(t, words(readFiles(t, f)), "No files.")
}

func TestFilesRefuse(t *testing.T) {
	for _, page := range []string{"0", "-1", "100", "two"} {
		_, err := find(t, fileStore(1), filesUsage).Read(t.Context(), call("stream", "main", "page", page))
		if r := refused(t, err); r.Field != "page" {
			t.Errorf("page %s: %v", page, r)
		}
	}
	f := fileStore(1)
	f.fail["RecordFiles"] = &live.Error{Class: live.Unknown, Status: 500}
	_, err := find(t, f, filesUsage).Read(t.Context(), call("stream", "main"))
	wantHas(t, words(refused(t, err).Answer), "could not look at main", "[Ask again] record files main")
}
