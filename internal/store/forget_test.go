package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "casterbot.db")
	for range 2 {
		s, err := Open(context.Background(), "sqlite:"+path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if fresh, err := s.Receive(context.Background(), "key", "command", nil); !fresh || err != nil {
			t.Errorf("the database remembers: %v %v", fresh, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := Forget(path); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
			t.Errorf("%v is left", left)
		}
	}
	if err := Forget(path); err != nil {
		t.Errorf("nothing to forget: %v", err)
	}
}
