// Package setup takes somebody from nothing to a bot that runs: it asks for what is missing, checks each answer at once
// with Slack and the cloud, and writes the files with which casterbot starts.
//
// It keeps true: a step writes its files when all of it is checked, each file in one step, so that whoever stops in
// the middle leaves nothing half done and goes on there the next time; nothing that is there is overwritten unasked; a
// secret is read without echo, stands in a file of its own with mode 0600, and in no other text. It only looks at Slack
// and the cloud. Everything that is asked can be given by a flag, and then nobody is asked.
package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"casterbot/bot/survey"
	"casterbot/internal/config"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Steps are the parts that can be done anew, each by its name.
var Steps = []string{"slack", "cloud", "policy", "check"}

// ErrStep says that a step was named which there is not. It does not repeat the name: it may be a secret, by mistake.
var ErrStep = fmt.Errorf("there is no such step: the steps are %s", strings.Join(Steps, ", "))

// Options say what is known already.
type Options struct {
	Dir     string
	Step    string // one of Steps, to do that one anew; empty: whatever is missing
	Yes     bool   // nobody is asked
	Replace bool   // what is there may be replaced

	Slack  SlackAnswers
	Cloud  CloudAnswers
	Policy PolicyAnswers

	Program Program
	In      *os.File
	Out     io.Writer
}

// SlackAnswers are what is asked in the first step. Secrets are names of files.
type SlackAnswers struct{ API, AppToken, BotToken string }

// CloudAnswers are what is asked in the second one.
type CloudAnswers struct{ Endpoint, Region, Account, KeyID, KeySecret, Role, ECSRole string }

// PolicyAnswers are what is asked in the third one, as people type it: names, numbers or ids with commas.
type PolicyAnswers struct{ Channels, Operators, Leads, Producers, Studios, Streams string }

// Program is what of casterbot the setup needs.
type Program struct {
	Name     string   // how it is called in a shell
	Manifest Manifest // of the Slack app
	Example  []byte   // the example policy, whose grants the three usual roles get
	Verbs    []string // of the command table
	Effects  map[string]op.Effect
	// Check looks whether a bot with the settings of the environment would work, tells it, and whether it would.
	Check func(ctx context.Context, out io.Writer) (bool, error)
}

// run is one run of the setup.
type run struct {
	Options
	t        *terminal
	files    folder
	settings *settings
	slack    *survey.Survey
	bot      survey.Bot
	rooms    []choice // channels of the bot
	account  account
	given    []string // secrets that stand in the environment
	broken   bool     // the check found something that keeps a bot from working
	fresh    bool     // the secrets of this step are asked anew: those of before may be replaced
}

// account is what the cloud has.
type account struct {
	looked  bool
	studios []live.Caster
	domains []string
	streams []live.Stream
	online  map[string]bool // by the stream's path
}

// Run does what is missing, step by step.
func Run(ctx context.Context, o Options) error {
	if o.Step != "" && !slices.Contains(Steps, o.Step) {
		return ErrStep
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	if strings.ContainsAny(dir, " \t\n\"'`:\\") {
		return fmt.Errorf("the folder %s has a space, a colon or a quotation mark in its path, which shells, containers and "+
			"the address of the database stumble over: --dir names another one", dir)
	}
	r := &run{Options: o, t: openTerminal(o.In, o.Out, o.Yes), files: folder(dir), given: givenSecrets()}
	defer r.t.close()
	if r.settings, err = r.files.settings(); err != nil {
		return err
	}
	r.keepAddress()
	r.t.say("casterbot init: everything is written into %s, and what is there already is kept.", dir)
	if err := r.steps(ctx); errors.Is(err, errStopped) {
		return fmt.Errorf("%w; casterbot init%s goes on where it was", err, r.ofFolder())
	} else if err != nil {
		return err
	}
	r.howToStart()
	if r.broken {
		return fmt.Errorf("everything is written; mend what is broken above, and look again with: %s", r.inShell("doctor"))
	}
	return nil
}

// keepAddress lets another cloud than the usual one be written with the first settings: whoever stops before the cloud's
// step, and goes on without the flag, must not send a key there.
func (r *run) keepAddress() {
	if config.SecureURL("", r.Cloud.Endpoint) == nil && r.Cloud.Endpoint != liveEndpoint {
		r.settings.set("CASTERBOT_LIVE_ENDPOINT", r.Cloud.Endpoint)
	}
}

// ofFolder is the flag that names the folder, where it is not the one that everybody is in.
func (r *run) ofFolder() string {
	if filepath.Clean(r.Dir) == "." {
		return ""
	}
	return " --dir " + r.Dir
}

func (r *run) steps(ctx context.Context) error {
	for _, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"1. The Slack app", r.slackStep}, {"2. The cloud", r.cloudStep}, {"3. Who may do what", r.policyStep},
		{"4. Check", r.checkStep},
	} {
		r.t.say("\n%s", step.title)
		err := step.do(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return errStopped
		case err != nil:
			return err
		}
	}
	return nil
}

// anew reports that a step was asked for by its name.
func (r *run) anew(step string) bool { return r.Step == step }

// save writes the settings that a step has changed.
func (r *run) save() error { return r.files.write(settingsFile, r.settings.text()) }

// setting is the value of a setting that is no secret: by flag, from before, out of the environment, or as it is
// without one.
func (r *run) setting(name, flag, fallback string) string {
	return cmp.Or(flag, r.settings.get(name), os.Getenv(name), fallback)
}

// secretOf finds a secret and asks for it where there is none or where it is wrong. check tries it; what it says is
// told. A file of before is kept as long as it is good and no other is given.
func (r *run) secretOf(ctx context.Context, n need, flag string, check func(string) error) (string, error) {
	text, from, err := r.known(n, flag)
	if err != nil {
		return "", err
	}
	if text != "" {
		if err = check(text); err == nil {
			r.t.done("%s: %s", n.name, from)
			return text, nil
		}
		if err = r.stays(n, from, err); err != nil {
			return "", err
		}
	}
	for {
		if !r.t.asks() {
			return "", silentError("the "+n.name, n.flag)
		}
		if text, err = r.t.secret(ctx, "  "+n.name); err != nil {
			return "", err
		}
		if err = check(text); err == nil {
			r.t.done("%s", n.name)
			return text, nil
		}
		if ctx.Err() != nil {
			return "", errStopped
		}
		r.t.wrong("%s", err)
	}
}

// stays says that a secret which was given is wrong. Somebody who is there is asked for another one.
func (r *run) stays(n need, from string, wrong error) error {
	if errors.Is(wrong, context.Canceled) {
		return errStopped
	}
	if !r.t.asks() {
		return fmt.Errorf("the %s (%s): %w", n.name, from, wrong)
	}
	r.fresh = r.fresh || strings.HasPrefix(from, kept)
	r.t.wrong("the %s (%s): %s", n.name, from, wrong)
	return nil
}

// kept begins where a secret is from that a run before has written.
const kept = "kept, "

// known is a secret that need not be asked for, and where it is from.
func (r *run) known(n need, flag string) (text, from string, err error) {
	if flag != "" {
		text, err = readSecret(n.flag, flag)
		return text, "from the file of " + n.flag, err
	}
	if r.fresh {
		return "", "", nil
	}
	stored, err := r.files.read(n.path())
	if err != nil {
		return "", "", err
	}
	if stored != "" {
		return stored, kept + n.path(), nil
	}
	text, err = n.fromEnvironment()
	return text, "from the environment, " + n.env, err
}
