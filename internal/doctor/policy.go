package doctor

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// checkPolicy reads the policy as the start does, which says the same.
func checkPolicy(_ context.Context, x *exam) []Finding {
	n := notes{check: "policy"}
	if why := x.wrong("CASTERBOT_POLICY"); why != "" {
		n.skip("the policy", why)
		return n.list
	}
	file := x.Settings.PolicyFile
	p, err := policy.Load(file, x.Verbs)
	broken := policy.Problems{}
	switch {
	case errors.As(err, &broken):
		for _, problem := range broken {
			n.bad("correct it, then: casterbot policy check "+file, "%s", problem.String())
		}
		return n.list
	case err != nil:
		n.bad(x.remedyUnread(file, err), "%s",
			unquoted(policy.Unreadable("CASTERBOT_POLICY", file, err).Error()))
		return n.list
	}
	x.policy = p
	for _, warning := range p.Warnings() {
		n.warn("correct it, then: casterbot policy check "+file, "%s", warning)
	}
	if len(n.list) == 0 {
		n.ok("%s is good: %s", file, op.Count(len(p.Channels()), "channel"))
	}
	return n.list
}

// remedyUnread is what to do against a policy that cannot be read.
func (x *exam) remedyUnread(file string, err error) string {
	load := x.unloaded()
	switch {
	case errors.Is(err, fs.ErrPermission):
		return unquoted("let the user that runs casterbot read it and its folder: chown USER " + file)
	case load != "":
		return load
	}
	return "set CASTERBOT_POLICY to a file that the bot may read, such as a copy of docs/policy.example.yml"
}

// noPolicy is why something that goes by the policy is not checked, empty when there is one.
func (x *exam) noPolicy() string {
	if x.policy == nil {
		return "the policy cannot be read"
	}
	return ""
}

// cause joins why something is not checked: the first reason that there is.
func cause(reasons ...string) string {
	for _, why := range reasons {
		if why != "" {
			return strings.TrimSuffix(why, ".")
		}
	}
	return ""
}
