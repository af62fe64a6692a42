package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// File is a file to which checkpoints are appended. It is worth something where this process can only append to it, or
// where it is copied to another machine.
type File struct {
	Path string
	Key  note.Verifier // of the log
}

// Name implements Place.
func (f File) Name() string { return "file" }

// Bring implements Place. It adds nothing to a file whose last checkpoint is of another log.
func (f File) Bring(_ context.Context, o Outgoing) (string, error) {
	file, err := os.OpenFile(f.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return "", err
	}
	written, err := f.add(file, o)
	if err == nil && written {
		err = file.Sync()
	}
	return "", errors.Join(err, file.Close())
}

func (f File) add(file *os.File, o Outgoing) (written bool, err error) {
	last, err := f.last(file)
	if err != nil {
		return false, err
	}
	if last.Size > o.Size {
		return false, fmt.Errorf("%s: %w", f.Path, ErrForked)
	}
	if last.Size > 0 {
		root, err := o.RootAt(last.Size)
		if err != nil {
			return false, err
		}
		if root != last.Root {
			return false, fmt.Errorf("%s: %w", f.Path, ErrForked)
		}
	}
	if last.Size == o.Size {
		return false, nil
	}
	_, err = file.WriteString("\n" + o.Note) // the line before may be of a note that was not written to its end
	return true, err
}

// tail is how much of the end of the file is read: some notes.
const tail = 64 << 10

// last is the last checkpoint of this log in the file; the zero one when there is none.
func (f File) last(file *os.File) (Checkpoint, error) {
	info, err := file.Stat()
	if err != nil {
		return Checkpoint{}, err
	}
	text := make([]byte, min(info.Size(), tail))
	if _, err := file.ReadAt(text, info.Size()-int64(len(text))); err != nil && !errors.Is(err, io.EOF) {
		return Checkpoint{}, err
	}
	for _, text := range slices.Backward(SplitNotes(string(text))) {
		if c, err := ParseCheckpoint(text, f.Key); err == nil {
			return c, nil
		}
	}
	return Checkpoint{}, nil
}
