package policy

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// TestContact: refusals in a channel without rights name whom to ask about them: that of the channel, else of the file;
// people of other organisations are told nobody.
func TestContact(t *testing.T) {
	p := parse(t, `version: 1
groups: {keepers: [U0KEN, S0OPS]}
contact: [keepers]
channels:
  C0SHOW:
    contact: [U0MIO]
    grants: [{who: [everyone], may: [caster.list]}]
  C0MORN:
    grants: [{who: [everyone], may: [caster.list]}]
`)
	for channel, want := range map[string]string{"C0SHOW": "U0MIO", "C0MORN": "U0KEN S0OPS", "C0RAND": "U0KEN S0OPS",
		"": "U0KEN S0OPS"} {
		if got := strings.Join(p.Contact(channel), " "); got != want {
			t.Errorf("%q: %s", channel, got)
		}
	}
	why := func(p *Policy, person op.Person, channel string) string {
		d := p.Decide(person, op.Channel{ID: channel}, "caster.restart", op.OnAir, op.Target{})
		return d.Why[len(d.Why)-1].Plain()
	}
	if got := why(p, op.Person{ID: "U0ANA"}, "C0RAND"); got != "To have it set up, ask @U0KEN or @S0OPS." {
		t.Error(got)
	}
	for name, got := range map[string]string{
		"an outsider":         why(p, op.Person{ID: "U0OUT", External: true}, "C0RAND"),
		"a direct message":    why(p, op.Person{ID: "U0ANA"}, "D0ANA"),
		"a channel with some": why(p, op.Person{ID: "U0ANA"}, "C0SHOW"),
		"no contact":          why(parse(t, "version: 1\n"), op.Person{ID: "U0ANA"}, "C0RAND"),
	} {
		if strings.Contains(got, "set up, ask") {
			t.Errorf("%s: %s", name, got)
		}
	}
	e := p.Explain(op.Person{ID: "U0ANA"}, op.Channel{ID: "C0MORN"}, "caster.list", op.Read, op.Target{})
	if !strings.Contains(e.String(), "contact    U0KEN, S0OPS\n") {
		t.Error(e.String())
	}
}

// TestDenialTexts holds the words of refusals against testdata/denied.txt.
func TestDenialTexts(t *testing.T) {
	p := example(t)
	show, rand := op.Channel{ID: "C0SHOW"}, op.Channel{ID: "C0RAND"}
	news := op.Target{Kind: "caster", ID: "1", Name: "Evening News"}
	var said bytes.Buffer
	for _, c := range []struct {
		name   string
		person op.Person
		where  op.Channel
		verb   string
		effect op.Effect
		target op.Target
	}{
		{"a channel without rights", op.Person{ID: "U0BO"}, rand, "caster.restart", op.OnAir, news},
		{"a channel without rights, right elsewhere", op.Person{ID: "U0KEN"}, rand, "caster.restart", op.OnAir, news},
		{"a channel without rights, a guest", op.Person{ID: "U0GUS", Guest: true}, rand, "caster.list", op.Read, op.Target{}},
		{"not in the group", op.Person{ID: "U0ANA", Groups: []string{"S0CREW"}}, show, "caster.restart", op.OnAir, news},
		{"in none of the groups", op.Person{ID: "U0PIA"}, show, "record.stop", op.Change,
			op.Target{Kind: "stream", ID: "live.example.com/show/main"}},
		{"one of those who can", op.Person{ID: "U0MIO"}, op.Channel{ID: "C0EXT"}, "record.stop", op.Change, op.Target{}},
		{"no rule at all", op.Person{ID: "U0ANA"}, show, "caster.nosuch", op.Change, op.Target{}},
		{"a guest", op.Person{ID: "U0ZOE", Guest: true}, show, "caster.list", op.Read, op.Target{}},
		{"a guest without a grant", op.Person{ID: "U0ZOE", Guest: true}, show, "caster.copy", op.Change, op.Target{}},
		{"an outsider", op.Person{ID: "U0OUT", External: true}, show, "caster.list", op.Read, op.Target{}},
		{"an outsider without a grant", op.Person{ID: "U0OUT", External: true}, op.Channel{ID: "C0EXT", External: true},
			"caster.copy", op.Change, op.Target{}},
		{"a shared channel", op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW", External: true}, "caster.show", op.Read,
			op.Target{}},
		{"a studio of another channel", op.Person{ID: "U0ANA"}, show, "caster.show", op.Read,
			op.Target{Kind: "caster", ID: "5", Name: "Morning Show"}},
		{"a studio of another channel, right there", op.Person{ID: "U0KEN"}, show, "caster.restart", op.OnAir,
			op.Target{Kind: "caster", ID: "5", Name: "Morning Show"}},
		{"a studio without a name", op.Person{ID: "U0ANA"}, show, "caster.show", op.Read, op.Target{Kind: "caster", ID: "5"}},
		{"a stream of another channel", op.Person{ID: "U0ANA"}, show, "record.stop", op.Change,
			op.Target{Kind: "stream", ID: "live.example.com/morning/main"}},
		{"no streams", op.Person{ID: "U0ANA"}, op.Channel{ID: "C0EXT", External: true}, "caster.show", op.Read,
			op.Target{Kind: "stream", ID: "live.example.com/show/main"}},
		{"a new name outside", op.Person{ID: "U0KEN"}, show, "caster.copy", op.Change,
			op.Target{Kind: "caster", ID: "1", Name: "Evening News", NewName: "Copy of News"}},
		{"another kind of thing", op.Person{ID: "U0KEN"}, show, "caster.show", op.Read,
			op.Target{Kind: "planet", ID: "Mars"}},
		{"deactivated", op.Person{ID: "U0KEN", Deleted: true}, show, "caster.list", op.Read, op.Target{}},
		{"a bot", op.Person{ID: "U0KEN", Bot: true}, show, "caster.list", op.Read, op.Target{}},
		{"nobody", op.Person{}, show, "caster.list", op.Read, op.Target{}},
		{"a person who cannot be looked up", op.Person{ID: "U0KEN", Stale: true}, show, "caster.copy", op.Change,
			op.Target{}},
		{"a channel that cannot be looked up", op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW", Stale: true}, "caster.copy",
			op.Change, op.Target{}},
		{"an archived channel", op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW", Archived: true}, "caster.copy", op.Change,
			op.Target{}},
	} {
		say(t, &said, c.name, p.Decide(c.person, c.where, c.verb, c.effect, c.target))
	}
	golden(t, "testdata/denied.txt", said.Bytes())
}

func TestDenialTextsOfOtherPolicies(t *testing.T) {
	var said bytes.Buffer
	copying := op.Target{Kind: "caster", ID: "4f0c-01", Name: "News", NewName: "News 2"}
	for _, c := range []struct{ name, text string }{
		{"only ids as studios",
			"version: 1\nchannels:\n  C0A:\n    studios: [4f0c-01]\n    grants:\n      - {who: [everyone], may: [caster.copy]}\n"},
		{"no studios", "version: 1\nchannels:\n  C0A:\n    grants:\n      - {who: [everyone], may: [caster.copy]}\n"},
		{"a user group", "version: 1\nchannels:\n  C0A:\n    grants:\n      - {who: [S0LEADS], may: [caster.copy]}\n    studios: [\"News?\", \"*\"]\n"},
		{"five rules", "version: 1\nchannels:\n  C0A:\n    grants:\n      - {who: [U0B, U0C], may: [caster.copy]}\n      - {who: [U0D, U0E, U0F, U0G], may: [caster.copy]}\n      - {who: [S0B, U0D], may: [caster.copy]}\n      - {who: [U0E], may: [caster.copy]}\n    studios: [\"*\"]\n  C0B:\n    studios: [\"*\"]\n    grants: [{who: [everyone], may: [caster.copy]}]\n"},
	} {
		d := parse(t, c.text).Decide(op.Person{ID: "U0A"}, op.Channel{ID: "C0A"}, "caster.copy", op.Change, copying)
		say(t, &said, c.name, d)
	}
	golden(t, "testdata/denied-other.txt", said.Bytes())
}

func say(t *testing.T, to *bytes.Buffer, name string, d op.Decision) {
	t.Helper()
	if d.Allowed {
		t.Errorf("%s: allowed", name)
	}
	fmt.Fprintf(to, "# %s (rule %q)\n", name, d.Rule)
	for _, line := range d.Why {
		to.WriteString(line.Plain() + "\n")
	}
}

// Names must come as spans of their own, so that whoever draws them can tell them from the sentence.
func TestForeignTextIsNeverMixedIntoSentences(t *testing.T) {
	evil := "<!channel> *x*"
	d := example(t).Decide(op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW"}, "caster.show", op.Read,
		op.Target{Kind: "caster", ID: "1", Name: evil})
	found := false
	for _, line := range d.Why {
		for _, span := range line {
			found = found || span == op.B(evil)
			if span.Text != evil && bytes.Contains([]byte(span.Text), []byte("channel>")) {
				t.Errorf("mixed: %q", span.Text)
			}
		}
	}
	if !found {
		t.Errorf("not named: %v", d.Why)
	}
}

func TestApproves(t *testing.T) {
	p := example(t)
	d := p.Decide(op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW"}, "caster.restart", op.OnAir, op.Target{})
	open := d
	open.Guests, open.External = true, true
	none := d
	none.Approvers = nil
	many := d
	many.Approvers = []string{"U0A", "U0B", "S0C", "U0D", "U0E", "U0F"}
	self := d
	self.Confirm = op.ConfirmSelf
	denied := d
	denied.Allowed = false
	for _, c := range []struct {
		name string
		d    op.Decision
		p    op.Person
		why  string
	}{
		{"by id", d, op.Person{ID: "U0MIO"}, ""},
		{"by user group", d, op.Person{ID: "U0BO", Groups: []string{"S0OTHER", "S0CREW"}}, ""},
		{"the asker", d, op.Person{ID: "U0KEN"}, "You asked for this yourself: somebody else must approve it."},
		{"the asker through a group", d, op.Person{ID: "U0KEN", Groups: []string{"S0CREW"}},
			"You asked for this yourself: somebody else must approve it."},
		{"not named", d, op.Person{ID: "U0PIA"},
			"You are not an approver of this. It needs @U0KEN, @U0MIO, @U0ANA or @S0CREW (policy.yml:20)."},
		{"lost the group", d, op.Person{ID: "U0BO"},
			"You are not an approver of this. It needs @U0KEN, @U0MIO, @U0ANA or @S0CREW (policy.yml:20)."},
		{"a person's id in place of a group", d, op.Person{ID: "U0PIA", Groups: []string{"U0MIO"}},
			"You are not an approver of this. It needs @U0KEN, @U0MIO, @U0ANA or @S0CREW (policy.yml:20)."},
		{"many", many, op.Person{ID: "U0PIA"},
			"You are not an approver of this. It needs @U0A, @U0B, @S0C, @U0D, @U0E, …and 1 more (policy.yml:20)."},
		{"nobody named", none, op.Person{ID: "U0MIO"}, "You are not an approver of this. It needs  (policy.yml:20)."},
		{"a bot", d, op.Person{ID: "U0MIO", Bot: true}, "Only a person with an active account can approve this."},
		{"deactivated", d, op.Person{ID: "U0MIO", Deleted: true}, "Only a person with an active account can approve this."},
		{"nobody", d, op.Person{}, "Only a person with an active account can approve this."},
		{"stale", d, op.Person{ID: "U0MIO", Stale: true},
			"Your rights cannot be checked now, so nothing was done. Try again in a minute."},
		{"a guest", d, op.Person{ID: "U0MIO", Guest: true}, "Guests can't approve this. It needs @U0KEN, @U0MIO, @U0ANA or @S0CREW (policy.yml:20)."},
		{"an outsider", d, op.Person{ID: "U0MIO", External: true},
			"People of other organisations can't approve this. It needs @U0KEN, @U0MIO, @U0ANA or @S0CREW (policy.yml:20)."},
		{"a welcome guest", open, op.Person{ID: "U0MIO", Guest: true}, ""},
		{"a welcome outsider", open, op.Person{ID: "U0MIO", External: true}, ""},
		{"no second person needed", self, op.Person{ID: "U0MIO"}, "This needs no second person."},
		{"not allowed at all", denied, op.Person{ID: "U0MIO"}, "This needs no second person."},
	} {
		ok, why := p.Approves(c.d, "U0KEN", c.p)
		if ok != (c.why == "") || why.Plain() != c.why {
			t.Errorf("%s: %v %q, want %q", c.name, ok, why.Plain(), c.why)
		}
	}
}

// TestApprovesAs: the entry as the file has it, for several of any of their lines; without the line the id.
func TestApprovesAs(t *testing.T) {
	p, err := Parse("policy.yml", []byte(`version: 1
groups:
  crew: [U0MIO, S0CREW]
channels:
  C0SHOW:
    grants:
      - {who: [U0KEN], may: [caster.restart], confirm: other, approvers: [crew, U0ANA]}
`), []string{"caster.restart"})
	if err != nil {
		t.Fatal(err)
	}
	d := p.Decide(op.Person{ID: "U0KEN"}, op.Channel{ID: "C0SHOW"}, "caster.restart", op.OnAir, op.Target{})
	of := func(rule string) op.Decision {
		other := d
		other.Rule = rule
		return other
	}
	for _, c := range []struct {
		d    op.Decision
		p    op.Person
		want string
	}{
		{d, op.Person{ID: "U0MIO"}, "crew"},
		{d, op.Person{ID: "U0BO", Groups: []string{"S0CREW"}}, "crew"},
		{d, op.Person{ID: "U0ANA"}, "U0ANA"},
		{d, op.Person{ID: "U0EVE"}, ""},
		{of("policy.yml:90, " + d.Rule), op.Person{ID: "U0MIO"}, "crew"},
		{of("policy.yml:90"), op.Person{ID: "U0MIO"}, "U0MIO"},
		{of("policy.yml:90"), op.Person{ID: "U0BO", Groups: []string{"S0CREW"}}, "S0CREW"},
	} {
		if got := p.ApprovesAs(c.d, c.p); got != c.want {
			t.Errorf("%s by %s: %q, want %q", c.p.ID, c.d.Rule, got, c.want)
		}
	}
}

// TestExplanations holds the terminal's words against testdata/explained.txt, and the decision against Decide.
func TestExplanations(t *testing.T) {
	p := example(t)
	var said bytes.Buffer
	for _, c := range []struct {
		person op.Person
		where  string
		verb   string
		effect op.Effect
		target op.Target
	}{
		{op.Person{ID: "U0BO", Groups: []string{"S0CREW"}}, "C0SHOW", "record.stop", op.Change, op.Target{}},
		{op.Person{ID: "U0KEN"}, "C0SHOW", "caster.restart", op.OnAir,
			op.Target{Kind: "caster", ID: "1", Name: "Evening News"}},
		{op.Person{ID: "U0PIA"}, "C0SHOW", "caster.restart", op.OnAir, op.Target{}},
		{op.Person{ID: "U0PIA"}, "C0MORN", "caster.list", op.Read, op.Target{}},
		{op.Person{ID: "U0PIA"}, "C0SHOW", "caster.list", op.Read, op.Target{}},
		{op.Person{ID: "U0PIA"}, "C0RAND", "caster.list", op.Read, op.Target{}},
		{op.Person{ID: "U0PIA"}, "C0SHOW", Help, op.Read, op.Target{}},
	} {
		channel := op.Channel{ID: c.where}
		e := p.Explain(c.person, channel, c.verb, c.effect, c.target)
		if d := p.Decide(c.person, channel, c.verb, c.effect, c.target); fmt.Sprint(d) != fmt.Sprint(e.Decision) {
			t.Errorf("%s: explains %v, decides %v", c.verb, e.Decision, d)
		}
		e.Decision.Policy = "0123456789abcdef"
		fmt.Fprintf(&said, "# %s in %s: %s\n%s", c.person.ID, c.where, c.verb, e)
	}
	golden(t, "testdata/explained.txt", said.Bytes())
}
