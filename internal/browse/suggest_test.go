package browse

import (
	"context"
	"testing"

	"casterbot/internal/op"
)

func TestSuggestions(t *testing.T) {
	g := newFixture(t)
	all := "On air/Evening News · on air=c1; Idle/Evening Talk · idle=c2; Idle/Morning · idle=c3"
	like := asking("caster copy ? X", "")
	like.Typed = "talk"
	for name, c := range map[string]struct {
		query op.Query
		want  string
	}{
		"a message":         {asking("caster restart ?", ""), all},
		"every word counts": {asking("caster restart ?", " TALK eve"), "Idle/Evening Talk · idle=c2"},
		"ids count":         {asking("caster restart ?", "C3"), "Idle/Morning · idle=c3"},
		"nothing fits":      {asking("caster restart ?", "zzz"), ""},
		"what stood there first": {like,
			"Like talk/Evening Talk · idle=c2; On air/Evening News · on air=c1; Idle/Morning · idle=c3"},
		"a field":            {filling("caster", "morn", nil), "Idle/Morning · idle=c3"},
		"a field of another": {filling("scene", "", op.Args{"caster": "c2"}), "Preview of c2=s1"},
		"too early":          {filling("scene", "", nil), "Studio comes first.=?"},
		"free text":          {asking("caster copy c1 ?", ""), ""},
		"nothing is missing": {asking("caster restart c1", ""), ""},
		"no command":         {asking("coffee ?", ""), ""},
		"no such field":      {filling("coffee", "", nil), ""},
	} {
		if got := labels(g.Suggest(context.Background(), c.query)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if n := g.looks.Load(); n != 1 {
		t.Errorf("%d looks for all of it, want 1", n)
	}
}

// TestSuggestionsKnowThePolicy: who may not use a command is offered nothing, not even after others were; and without
// facts about the person there is a notice and no list.
func TestSuggestionsKnowThePolicy(t *testing.T) {
	g := newFixture(t)
	if got := g.Suggest(context.Background(), asking("caster restart ?", "")); len(got) != 3 {
		t.Fatalf("offered %s", labels(got))
	}
	g.forbid = true
	if got := g.Suggest(context.Background(), asking("caster restart ?", "")); len(got) != 0 {
		t.Errorf("without rights: %s", labels(got))
	}
	g.forbid, g.deaf = false, true
	if got := labels(g.Suggest(context.Background(),
		asking("caster restart ?", ""))); got != "Your rights cannot be checked now. Try again in a minute.=?" {
		t.Errorf("with a silent directory: %s", got)
	}
}

// TestOneLookForAll who ask while it is under way, also for those who stopped waiting; what changed in between makes it
// old.
func TestOneLookForAll(t *testing.T) {
	g := newFixture(t)
	g.slow = make(chan struct{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 {
		if got := labels(g.Suggest(ended,
			asking("caster restart ?", ""))); got != "ApsaraVideo Live does not answer. Try again in a moment.=?" {
			t.Fatalf("without an answer: %s", got)
		}
	}
	close(g.slow)
	g.work.Wait()
	if got := g.Suggest(ended, asking("caster restart ?", "")); len(got) != 3 || g.looks.Load() != 1 {
		t.Errorf("%s after %d looks", labels(got), g.looks.Load())
	}
	g.Expire(op.Target{})
	g.slow = make(chan struct{})
	g.Suggest(ended, asking("caster restart ?", ""))
	g.Expire(op.Target{}) // the look under way may have seen what was before
	close(g.slow)
	g.work.Wait()
	g.Suggest(context.Background(), asking("caster restart ?", ""))
	if n := g.looks.Load(); n != 3 {
		t.Errorf("%d looks, want 3", n)
	}
}

// TestFormsWithoutALook keep what was typed, because it is read again when the form is sent.
func TestFormsWithoutALook(t *testing.T) {
	g := newFixture(t)
	form := g.form(`caster copy "Evening Talk" ?`)
	g.slow = make(chan struct{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	filled, err := g.Fill(ended, fills(), form)
	if err != nil || filled.Fields[0].Value != "Evening Talk" || filled.Fields[0].Chosen[0].Label != "Evening Talk" ||
		len(filled.Problem) > 0 {
		t.Errorf("while the look takes long: %+v, %v", filled, err)
	}
	close(g.slow)
	g.work.Wait()
	filled, _ = g.Fill(ended, fills(), form)
	if filled.Fields[0].Value != "c2" {
		t.Errorf("with the list at hand: %+v", filled.Fields[0])
	}
	form.Fields[0].Value = "nobody"
	if filled, _ = g.Fill(ended, fills(),
		form); filled.Fields[0].Value != "" {
		t.Errorf("what means nothing stays: %+v", filled.Fields[0])
	}
}
