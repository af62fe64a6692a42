package setup

import (
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// tellPolicy says in words what a policy allows: for each channel who may what, and who confirms it, as the bot's own
// `/caster who` does. What is allowed but probably not meant is said too.
func (r *run) tellPolicy(p *policy.Policy, people people) {
	names := r.names(people)
	for _, channel := range p.Channels() {
		r.t.say("\n  In %s:", names.Replace("#"+channel))
		for _, group := range r.allowed(p, channel) {
			r.t.say("    %s\n      %s", strings.Join(group.verbs, ", "), names.Replace(group.who))
		}
	}
	r.t.say("  Whatever is not said here is refused.")
	for _, warning := range r.doubts(p) {
		r.t.wrong("%s", warning)
	}
}

// doubts are what is likely not meant: by the file alone, and by what the account has.
func (r *run) doubts(p *policy.Policy) []string {
	all := p.Warnings()
	if r.account.looked && len(r.account.studios) > 0 {
		all = append(all, p.Unmatched(op.Each(r.account.studios, live.Caster.Target))...)
	}
	return all
}

// names puts names in place of ids.
func (r *run) names(people people) *strings.Replacer {
	var pairs []string
	for _, c := range people.all() {
		pairs = append(pairs, "@"+c.id, c.label())
	}
	for _, s := range r.rooms {
		pairs = append(pairs, "#"+s.id, s.label())
	}
	return strings.NewReplacer(pairs...)
}

// allowance is a set of verbs that the same people have in the same way.
type allowance struct {
	who   string
	verbs []string
}

// allowed groups the verbs of a channel by who may use them.
func (r *run) allowed(p *policy.Policy, channel string) []allowance {
	var all []allowance
	for _, verb := range policy.Verbs(r.Program.Verbs) {
		lines := p.Who(op.Person{}, channel, verb, policy.EffectOf(verb, r.Program.Effects), op.Target{})
		var here []string
		for _, line := range lines {
			rule, text, _ := strings.Cut(line.Plain(), ", #"+channel+": ")
			if text != "" {
				here = append(here, fmt.Sprintf("%s (%s)", strings.TrimSuffix(text, "."), rule))
			}
		}
		who := strings.Join(here, "; ")
		if who == "" {
			continue
		}
		if i := slices.IndexFunc(all, func(a allowance) bool { return a.who == who }); i >= 0 {
			all[i].verbs = append(all[i].verbs, verb)
			continue
		}
		all = append(all, allowance{who, []string{verb}})
	}
	return all
}
