package setup

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"casterbot/internal/policy"
)

// plan is what the policy is to say.
type plan struct {
	operators, leads, producers []choice
	channels                    []show
}

// show is one channel with what it may touch.
type show struct {
	channel          choice
	studios, streams []choice
}

// policyStep writes the policy out of names, or keeps the one that is there, and says in words what it allows.
func (r *run) policyStep(ctx context.Context) error {
	r.t.say("  Looking at the workspace …")
	people, err := r.lookAtPeople(ctx)
	if err != nil {
		return err
	}
	if _, err := r.channelChoices(ctx); err != nil {
		return err
	}
	r.settings.set("CASTERBOT_DATABASE_URL", cmp.Or(r.settings.get("CASTERBOT_DATABASE_URL"),
		"sqlite:"+r.files.path(databaseFile)))
	if leave, err := r.leavePolicy(ctx); err != nil {
		return err
	} else if leave {
		return r.keepPolicy(people)
	}
	r.settings.set("CASTERBOT_POLICY", r.files.path(policyFile))
	wanted, err := r.askPlan(ctx, people)
	if err != nil {
		return err
	}
	text, err := wanted.text(r.Program.Example)
	if err != nil {
		return err
	}
	parsed, err := policy.Parse(r.files.path(policyFile), text, r.Program.Verbs)
	if err != nil {
		return fmt.Errorf("the policy would not be taken: %w", err)
	}
	if written, err := r.keep(ctx, policyFile, string(text)); err != nil {
		return err
	} else if !written {
		return r.keepPolicy(people)
	}
	if err := r.save(); err != nil {
		return err
	}
	r.t.done("written: %s", r.files.path(policyFile))
	r.tellPolicy(parsed, people)
	return nil
}

// keepPolicy leaves a policy as it is, which may be one that a person has written.
func (r *run) keepPolicy(people people) error {
	path := r.policyPath()
	parsed, err := policy.Load(path, r.Program.Verbs)
	if err != nil {
		return fmt.Errorf("the policy that is there has mistakes; mend it, or write a new one with casterbot init policy:\n%w", err)
	}
	r.settings.set("CASTERBOT_POLICY", path)
	if err := r.save(); err != nil {
		return err
	}
	r.t.done("policy: kept, %s", strings.TrimPrefix(path, r.files.path("")+"/"))
	r.tellPolicy(parsed, people)
	return nil
}

// people are those that a policy can name: user groups, then persons.
type people struct {
	groups, persons []choice
	guests          map[string]bool
}

func (p people) all() []choice { return append(append([]choice{}, p.groups...), p.persons...) }

func (r *run) lookAtPeople(ctx context.Context) (people, error) {
	found := people{guests: map[string]bool{}}
	groups, err := r.slack.Groups(ctx)
	if err != nil {
		return found, fmt.Errorf("list the user groups: %w", err)
	}
	for _, g := range groups {
		found.groups = append(found.groups, choice{id: g.ID, name: "@" + g.Handle, other: []string{g.Name},
			note: fmt.Sprintf("user group %s, %s", g.Name, members(g.People))})
	}
	persons, err := r.slack.People(ctx)
	if err != nil {
		return found, fmt.Errorf("list the people: %w", err)
	}
	for _, p := range persons {
		if p.External {
			continue
		}
		c := choice{id: p.ID, name: cmp.Or(p.Name, p.Handle), other: []string{p.Handle}, note: "@" + p.Handle}
		if p.Guest {
			c.note += ", a guest"
			found.guests[p.ID] = true
		}
		found.persons = append(found.persons, c)
	}
	return found, nil
}

// askPlan asks who, and then for each channel what.
func (r *run) askPlan(ctx context.Context, people people) (plan, error) {
	p := plan{}
	channels, err := r.askChannels(ctx)
	if err != nil {
		return p, err
	}
	if err := r.askRoles(ctx, people, &p); err != nil {
		return p, err
	}
	for _, c := range channels {
		s, err := r.askShow(ctx, c)
		if err != nil {
			return p, err
		}
		p.channels = append(p.channels, s)
	}
	return p, nil
}

// askShow asks what a channel may touch. Nothing at all is an answer only where the account has nothing.
func (r *run) askShow(ctx context.Context, channel choice) (s show, err error) {
	for {
		s.channel = channel
		if s.studios, err = r.pick(ctx, r.studioPicker(channel), r.Policy.Studios); err != nil {
			return s, err
		}
		if s.streams, err = r.pick(ctx, r.streamPicker(channel), r.Policy.Streams); err != nil {
			return s, err
		}
		switch {
		case len(s.studios)+len(s.streams) > 0 || len(r.account.studios)+len(r.account.streams) == 0:
			return s, nil
		case !r.t.asks():
			return s, silentError("a studio or a stream", "--studios or --streams")
		}
		r.t.wrong("%s needs a studio or a stream", channel.name)
	}
}

// askChannels offers the channels that the bot is in. One that is not among them is looked for once more: somebody may
// just have invited it.
func (r *run) askChannels(ctx context.Context) ([]choice, error) {
	invite := fmt.Sprintf("in Slack, open the channel and type /invite @%s", r.bot.Name)
	found, err := r.channelChoices(ctx)
	if err != nil {
		return nil, err
	}
	p := picker{what: "channel", question: "Channels of the show (numbers or names)", flag: "--channel", list: found,
		again: r.channelChoices, hint: invite}
	if len(found) == 1 {
		p.fallback = found[0].name
	}
	if r.t.asks() {
		r.t.say("  Channels that @%s is in. Another one? %s, then answer with its name.", r.bot.Name,
			strings.ToUpper(invite[:1])+invite[1:])
	}
	picked, err := r.pick(ctx, p, r.Policy.Channels)
	for _, c := range picked {
		if strings.HasPrefix(c.note, "shared") {
			r.t.wrong("%s is %s: nobody may do anything there until a grant says external: true (docs/policy.md)", c.name, c.note)
		}
	}
	return picked, err
}

func (r *run) channelChoices(ctx context.Context) ([]choice, error) {
	found, err := r.slack.Channels(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the channels of the bot: %w", err)
	}
	var list []choice
	for _, c := range found {
		one := choice{id: c.ID, name: "#" + c.Name}
		if c.Private {
			one.note = "private"
		}
		if c.Shared {
			one.note = "shared with another organisation"
		}
		list = append(list, one)
	}
	r.rooms = list
	return list, nil
}

// askRoles asks who has the three usual roles.
func (r *run) askRoles(ctx context.Context, people people, p *plan) error {
	if r.t.asks() {
		r.t.say("\n  Three roles. Operators run the show; leads may also approve and break locks; producers only look. Each is a list")
		r.t.say("  of user groups and people, with commas. User groups are better: who leaves one has no rights any more.")
		picker{list: people.all()}.show(r.t)
	}
	for _, role := range []struct {
		to              *[]choice
		question, given string
		what            string
		none            bool
	}{
		{&p.operators, "Operators", r.Policy.Operators, "operator", false},
		{&p.leads, "Leads (Enter: nobody, operators approve for each other)", r.Policy.Leads, "lead", true},
		{&p.producers, "Producers (Enter: nobody)", r.Policy.Producers, "producer", true},
	} {
		picked, err := r.pick(ctx, picker{what: role.what, question: role.question, flag: "--" + role.what + "s",
			list: people.all(), none: role.none, quiet: true}, role.given)
		if err != nil {
			return err
		}
		*role.to = picked
		for _, c := range picked {
			if people.guests[c.id] {
				r.t.wrong("%s is a guest: guests may do nothing until a grant says guests: true (docs/policy.md)", c.name)
			}
		}
	}
	return nil
}

// studioPicker offers the account's studios; a pattern over names is an answer too.
func (r *run) studioPicker(channel choice) picker {
	p := picker{what: "studio", flag: "--studios", none: true, hint: "a pattern over names has a * in it, and * alone is all of them",
		question: fmt.Sprintf("Studios that %s may touch: numbers, names, or a pattern like Evening *, which covers copies too",
			channel.name)}
	names := map[string]int{}
	for _, c := range r.account.studios {
		names[c.Name]++
	}
	for _, c := range r.account.studios {
		one := choice{id: c.ID, name: c.Name, note: onAir(c)}
		if names[c.Name] > 1 {
			one.note += ", " + c.ID
		}
		p.list = append(p.list, one)
	}
	p.free = func(text string) (choice, error) {
		if text = strings.Trim(text, `"'`); strings.ContainsAny(text, "*?") {
			return choice{id: text}, nil
		}
		if c, err := (picker{what: p.what, list: p.list}).find(text); err == nil {
			return c, nil
		}
		return choice{}, p.unknown(text)
	}
	return p
}

// streamPicker offers the streams that the cloud knows of. One that was never live is typed in full.
func (r *run) streamPicker(channel choice) picker {
	p := picker{what: "stream", flag: "--streams", none: true,
		hint:     "one that is not listed is typed as domain/app/stream",
		question: fmt.Sprintf("Streams that %s may record: numbers, or domain/app/stream (Enter: none)", channel.name)}
	for _, s := range r.account.streams {
		p.list = append(p.list, choice{id: s.String(), name: s.String(), other: []string{s.Name, s.App + "/" + s.Name},
			note: r.account.state(s)})
	}
	p.free = func(text string) (choice, error) {
		if strings.Count(text, "/") == 2 && !strings.ContainsAny(text, " :") {
			return choice{id: text, name: text}, nil
		}
		return choice{}, p.unknown(text)
	}
	return p
}

// members are so many people of a user group.
func members(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}
