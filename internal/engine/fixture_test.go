package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/authz"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/records"
	"casterbot/internal/store"
)

// stage is an engine among simple people: a clock that stands, one command, a policy that can be changed.
type stage struct {
	t     *testing.T
	e     *Engine
	store *store.Store
	path  string
	work  sync.WaitGroup

	mu        sync.Mutex
	now       time.Time
	applied   []string // tokens of the calls made
	apply     func(n int) op.Outcome
	verify    func() (op.Evidence, error)
	seen      string    // what Plan sees
	more      []op.Line // what else it says, beside what viewers notice
	planErr   error
	planErrs  map[string]error // by studio
	planned   func()           // called once by Plan
	plans     []op.Call
	confirm   op.Confirm
	forbid    map[string]bool // people without rights
	urls      bool            // everybody may see addresses for playback
	policy    string          // hash of the policy
	second    []string        // who may approve
	deaf      bool            // the directory does not answer
	remembers time.Time       // when it was told what it still knows; zero: nothing
	rooms     map[string][]string
	absent    bool // the bot is not in the channel
	shared    bool // with another organisation
	hidden    bool // Slack does not show the channel to the bot
	shown     []op.Operation
	showErr   []error // errors of the next shows
	told      []string
	hinted    []string
	tell      func()                               // called while somebody is told something
	tellAll   func(op.Answer)                      // the same, with what it is
	tellTo    func(op.Address)                     // the same, with the way
	turn      func()                               // called while a card waits for its turn
	blocking  chan struct{}                        // Apply waits for it when set
	calling   func(context.Context, op.SendPermit) // called by Apply when set
	lost      bool                                 // nobody can be told anything
	mute      bool                                 // telling fails for the moment
	waited    chan struct{}                        // ends the wait for a late answer when closed
}

const (
	ana = "U0ANA"
	bo  = "U0BO"
	ken = "U0KEN"
)

func newStage(t *testing.T) *stage {
	s := &stage{
		t: t, path: filepath.Join(folder(t), "db"), now: time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC),
		confirm: op.ConfirmSelf, forbid: map[string]bool{}, seen: "idle", second: []string{ken},
	}
	empty, err := emptyDatabase()
	if err == nil {
		err = os.WriteFile(s.path, empty, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.open()
	t.Cleanup(s.close)
	return s
}

// auditKey seals what engines write: every call of every test is vouched for by it.
var auditKey = sync.OnceValue(func() *audit.Key {
	secret, _, _ := audit.NewKey("example.com/test")
	key, err := audit.ParseKey(secret)
	if err != nil {
		panic(err)
	}
	return key
})

// emptyDatabase is a database as it is made: most of what a stage costs, and the same for all.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "casterbot-engine-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "db")
	db, err := store.Open(context.Background(), "sqlite:"+path, store.Options{})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// folder is one in memory where there is such a thing: what a disk guarantees is the store's to test.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "casterbot-engine-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *stage) open() {
	s.t.Helper()
	replica := op.NewID()
	db, err := store.Open(context.Background(), "sqlite:"+s.path,
		store.Options{Now: s.clock, Replica: replica, Patient: true, Seal: auditKey().Seal})
	if err != nil {
		s.t.Fatal(err)
	}
	s.store = db
	table := s.table()
	s.e = New(Config{
		Table: &table, Store: db, Authz: s.judge(&table, (*people)(s)), Chat: (*chat)(s), Now: s.clock, Replica: replica,
		Patient: true,
		Pause: func(ctx context.Context, d time.Duration) bool {
			if d < tellWaiting {
				return pause(ctx, d/100)
			}
			select {
			case <-ctx.Done():
				return false
			case <-s.waited:
				return true
			}
		},
	})
}

func (s *stage) judge(table *op.Table, people authz.Directory) *authz.Judge {
	return authz.New(authz.Config{Table: table, Directory: people, Policy: (*rules)(s),
		Locks: records.NewLockBook(s.store), Trail: s.store, Now: s.clock,
		Vouches: func(ctx context.Context, o op.Operation) error {
			return audit.New(audit.Config{Store: s.store, Key: auditKey()}).Vouches(ctx, o)
		}})
}

func (s *stage) close() {
	s.settle()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.e.Close(ctx)
	_ = s.store.Close()
}

// restart is a new process over the same file; nothing of the old one is told to the new one. Before it takes up what
// is left, it is prepared.
func (s *stage) restart(prepare ...func()) {
	s.t.Helper()
	s.close()
	s.open()
	for _, do := range prepare {
		do()
	}
	if err := s.e.recover(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.settle()
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stage) advance(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.mu.Unlock()
	s.e.sweep(context.Background())
	s.settle()
}

func (s *stage) with(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *stage) settle() {
	s.work.Wait()
	s.e.work.all.Wait()
	s.e.notify.Wait()
}

func (s *stage) table() op.Table {
	return op.Table{
		Commands: []op.Command{
			{Usage: "caster restart {caster}", Short: "Restart.", Verb: "caster.restart", Effect: op.OnAir,
				Sends: "RestartCaster", Plan: s.plan, Apply: s.call, Verify: s.look},
			{Usage: "caster copy {caster} {name}", Short: "Copy.", Verb: "caster.copy", Effect: op.Change, Sends: "CopyCaster",
				Plan: s.plan, Apply: s.call, Verify: s.look, Repeatable: true},
			{Usage: "caster list", Short: "List.", Verb: "caster.list", Effect: op.Read,
				Read: func(context.Context, op.Call) (op.Answer, error) {
					return op.Answer{Title: op.L("two studios")}, nil
				}},
			{Usage: "caster start {caster}", Short: "Start.", Verb: "caster.start", Effect: op.Change, Sends: "StartCaster",
				Plan: s.plan, Apply: s.call, Verify: s.look,
				Many: &op.Several{Of: "caster", Title: [2]op.Text{"Start ", " studios"}, Button: "Start {} studios",
					Done: "Started ", Next: "caster restart {caster}", Label: "Restart {}", One: "Restart"}},
		},
		Kinds: []op.Kind{
			{Name: "caster", Label: "Studio", Options: func(context.Context, op.Call) ([]op.Option, error) {
				return []op.Option{{Label: "Evening News · on air", Value: "c1"}, {Label: "Evening Talk", Value: "c2"}}, nil
			}, Expand: func(_ context.Context, _ op.Call, words []string) (found []op.Option, err error) {
				for _, word := range words {
					found = append(found, op.Option{Label: word, Value: word})
				}
				return found, nil
			}},
			{Name: "name", Label: "Name", Max: 64},
		},
	}
}

func (s *stage) plan(_ context.Context, call op.Call) (op.Plan, error) {
	s.mu.Lock()
	planned := s.planned
	s.planned, s.plans = nil, append(s.plans, call)
	s.mu.Unlock()
	if planned != nil {
		planned()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := op.Plan{
		Args: call.Args, Target: op.Target{Kind: "caster", ID: call.Args["caster"]},
		Title: op.L("Restart ", call.Args["caster"]),
		Facts: []op.Line{op.L("it is ", s.seen)}, Fingerprint: s.seen,
	}
	if len(s.more) > 0 {
		p.Viewers, p.Facts = op.L("Viewers notice nothing."), append(p.Facts, s.more...)
	}
	return p, cmp.Or(s.planErrs[call.Args["caster"]], s.planErr)
}

func (s *stage) call(ctx context.Context, _ op.Plan, token string, permit op.SendPermit) op.Outcome {
	s.mu.Lock()
	calling := s.calling
	s.mu.Unlock()
	if calling == nil && permit.Leave() != nil { // else that asks itself
		return op.Outcome{State: op.Failed, Text: op.L("not sent")}
	}
	s.mu.Lock()
	s.applied = append(s.applied, token)
	n, apply, blocking := len(s.applied), s.apply, s.blocking
	s.mu.Unlock()
	if calling != nil {
		calling(ctx, permit)
	}
	if blocking != nil {
		<-blocking
	}
	if apply != nil {
		return apply(n)
	}
	return op.Outcome{State: op.Succeeded, Text: op.L("done")}
}

// untilCalled waits until a call is under way.
func (s *stage) untilCalled() {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		n := len(s.applied)
		s.mu.Unlock()
		if n > 0 {
			return
		}
	}
	s.t.Fatal("no call is made")
}

func (s *stage) look(context.Context, op.Attempt) (op.Evidence, error) {
	s.mu.Lock()
	verify := s.verify
	s.mu.Unlock()
	if verify != nil {
		return verify()
	}
	return op.Evidence{Happened: true, Seen: op.L("it runs")}, nil
}

// type takes a command as the bot would, and does its work.
func (s *stage) typed(person, text string) Accepted {
	s.t.Helper()
	return s.request(op.Request{Key: op.NewID(), Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: s.clock()}),
		Text: text})
}

func (s *stage) request(r op.Request) Accepted {
	s.t.Helper()
	accepted, err := s.e.Accept(context.Background(), r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.do(accepted)
	return accepted
}

func (s *stage) do(a Accepted) {
	if a.Reply != nil {
		s.with(func() { s.told = append(s.told, a.Reply.Title.Plain()) })
	}
	if a.Work != nil {
		a.Work(context.Background())
	}
	s.settle()
}

// asked is a fresh pending operation, a moment younger than those before.
func (s *stage) asked(text string) op.Operation { return s.askedBy(ana, text) }

func (s *stage) askedBy(person, text string) op.Operation {
	s.t.Helper()
	s.with(func() { s.now = s.now.Add(time.Millisecond) })
	s.typed(person, text)
	list, err := s.store.List(context.Background(), store.Query{Newest: true, Limit: 1})
	if err != nil || len(list) == 0 {
		s.t.Fatalf("nothing was created: %v, told %q", err, s.told)
	}
	return list[0]
}

func (s *stage) click(person string, o op.Operation, act op.Action) string {
	s.t.Helper()
	before := len(s.told)
	accepted, err := s.e.Press(context.Background(), s.press(person, o, act))
	if err != nil {
		s.t.Fatal(err)
	}
	s.do(accepted)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.told) == before {
		return ""
	}
	return s.told[len(s.told)-1]
}

func (s *stage) press(person string, o op.Operation, act op.Action) op.Click {
	return op.Click{Key: op.NewID(), Operation: o.ID, Action: act,
		Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: s.clock()}), Message: "card-" + o.ID}
}

func (s *stage) state(o op.Operation) op.State { return s.get(o).State }

func (s *stage) get(o op.Operation) op.Operation {
	s.t.Helper()
	now, err := s.store.Get(context.Background(), o.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return now
}

func (s *stage) want(o op.Operation, state op.State, calls int) {
	s.t.Helper()
	if got := s.get(o); got.State != state || len(s.applied) != calls {
		s.t.Fatalf("it is %s after %d calls, not %s after %d; outcome %+v, told %q", got.State, len(s.applied), state, calls,
			got.Outcome, s.told)
	}
}

type rules stage

func (r *rules) Decide(p op.Person, _ op.Channel, verb string, _ op.Effect, _ op.Target) op.Decision {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.forbid[p.ID] || r.forbid[verb] {
		return op.Decision{Rule: "policy.yml:9", Why: []op.Line{op.L("not allowed")}, Policy: r.policy}
	}
	return op.Decision{Allowed: true, Rule: "policy.yml:1", Role: "asker " + p.ID, Confirm: r.confirm, Approvers: r.second,
		Expires: 5 * time.Minute, URLs: r.urls, Policy: r.policy}
}

func (r *rules) Approves(_ op.Decision, asker string, p op.Person) (bool, op.Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.ID == asker || r.forbid[p.ID] || !slices.Contains([]string{ken, ana}, p.ID) {
		return false, op.L("not an approver")
	}
	return true, nil
}

func (r *rules) ApprovesAs(_ op.Decision, p op.Person) string { return "approver " + p.ID }

func (r *rules) Explain(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) policy.Explanation {
	return policy.Explanation{Decision: r.Decide(p, c, verb, effect, target)}
}

func (r *rules) Who(op.Person, string, string, op.Effect, op.Target) []op.Line { return nil }

func (r *rules) Scope(string) (op.Scope, bool) {
	return op.Scope{Default: op.Args{"caster": "c1"}, Studio: func(string, string) bool { return true }}, true
}

type people stage

func (d *people) Person(_ context.Context, id, team string, _ time.Time) (op.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deaf {
		return op.Person{}, errors.New("slack is silent")
	}
	return op.Person{ID: id, Team: team, External: team == "T9"}, nil
}

func (d *people) Channel(_ context.Context, id string, _ time.Time) (op.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return op.Channel{ID: id, Member: !d.absent, External: d.shared, Hidden: d.hidden}, nil
}

func (d *people) Rooms(_ context.Context, id string, _ time.Time) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deaf {
		return nil, errors.New("slack is silent")
	}
	if d.rooms == nil {
		return []string{"C0"}, nil
	}
	return d.rooms[id], nil
}

func (d *people) Peek(person, team, channel string, _ time.Time) (op.Person, op.Channel, bool) {
	return op.Person{ID: person, Team: team}, op.Channel{ID: channel, Member: true}, !(*stage)(d).isDeaf()
}

func (d *people) Last(person, team, channel string) (authz.Remembered, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	facts := authz.Facts{Person: op.Person{ID: person, Team: team}, Channel: op.Channel{ID: channel, Member: true}}
	return authz.Remembered{Facts: facts, Asked: d.remembers}, !d.remembers.IsZero()
}

func (s *stage) isDeaf() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deaf
}

type chat stage

func (c *chat) Turn(context.Context, op.Operation) (notify.Show, error) {
	if c.turn != nil {
		c.turn()
	}
	return c.show, nil
}

func (c *chat) Hint(_ context.Context, _ op.Address, a op.Answer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hinted = append(c.hinted, a.Title.Plain())
	return nil
}

func (c *chat) show(_ context.Context, o op.Operation) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.showErr) > 0 {
		err := c.showErr[0]
		c.showErr = c.showErr[1:]
		if errors.Is(err, notify.ErrUnproven) {
			c.shown = append(c.shown, o)
			return "card-" + o.ID, err
		}
		if err != nil {
			return "", err
		}
	}
	c.shown = append(c.shown, o)
	return "card-" + o.ID, nil
}

func (c *chat) Tell(_ context.Context, to op.Address, a op.Answer) error {
	if c.tellTo != nil {
		c.tellTo(to)
	}
	if c.tellAll != nil {
		c.tellAll(a)
	}
	if c.tell != nil {
		c.tell()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mute {
		return errors.New("slack is silent")
	}
	if c.lost {
		return fmt.Errorf("user_disabled: %w", notify.ErrUnreachable)
	}
	c.told = append(c.told, a.Title.Plain())
	return nil
}

// ofTeam is somebody of the workspace itself.
func ofTeam(a op.Address) op.Origin { return op.Origin{Team: "T0", PersonTeam: "T0", Address: a} }
