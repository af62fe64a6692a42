package policy

import (
	"regexp"
	"strings"
)

var (
	idForm      = regexp.MustCompile(`^[BCDGSTUW][A-Z0-9]{2,}$`) // anything that Slack could call an id
	personID    = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	userGroupID = regexp.MustCompile(`^S[A-Z0-9]{2,}$`)
	channelID   = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
	groupName   = regexp.MustCompile(`^[\pL\pN][\pL\pN\pM_-]*$`)
	aliasName   = regexp.MustCompile(`^[\pL\pN][\pL\pN\pM._-]*$`)
)

// everyone is the principal that means whoever is in the channel.
const everyone = "everyone"

func isPerson(id string) bool    { return personID.MatchString(id) }
func isUserGroup(id string) bool { return userGroupID.MatchString(id) }

// hint says what to write in place of something that looks like a common mistake.
type hint struct {
	form *regexp.Regexp
	text string
}

// whoHints are the common mistakes where a person or a group is named; the first that fits is used.
var whoHints = []hint{
	{regexp.MustCompile(`^<[@!]`), "is a mention: use the bare id, U… or S…"},
	{regexp.MustCompile(`^@`),
		"is a name: use the user id, U…: profile → ⋮ → Copy member ID (a user group: its id, S…)"},
	{regexp.MustCompile(`^[^@]+@[^@]+\.`),
		"is an e-mail address: use the user id, U…: profile → ⋮ → Copy member ID"},
	{regexp.MustCompile(`^[CGD][A-Z0-9]{2,}$`),
		"is a channel id: people are named by U…, W…, S… or a group of this file"},
	{regexp.MustCompile(`^[BT][A-Z0-9]{2,}$`),
		"is the id of a bot or a workspace: people are named by U…, W…, S… or a group of this file"},
	{regexp.MustCompile(`^[uws]0[a-z0-9]+$`), "looks like an id: ids are in capitals"},
}

// channelHints are the common mistakes where a channel is named.
var channelHints = []hint{
	{regexp.MustCompile(`^#`), "use the channel id, C…: channel details → About"},
	{regexp.MustCompile(`^<#`), "use the bare channel id, C…: channel details → About"},
	{regexp.MustCompile(`^D[A-Z0-9]{2,}$`), "a direct message has no rights: use the id of a channel, C…"},
	{regexp.MustCompile(`^[cg]0[a-z0-9]+$`), "channel ids are in capitals"},
	{regexp.MustCompile(``), "not a channel id: use C…: channel details → About"},
}

// hintFor gives the first hint whose form fits, or "".
func hintFor(hints []hint, text string) string {
	for _, h := range hints {
		if h.form.MatchString(text) {
			return h.text
		}
	}
	return ""
}

// pathProblem says what is wrong with a stream pattern, or "".
func pathProblem(pattern string) string {
	parts := strings.Split(pattern, "/")
	switch {
	case strings.Contains(pattern, "://"):
		return "is an address: write domain/app/stream"
	case strings.ContainsAny(pattern, " []{}\\"):
		return "is a bad glob: only * and ? are special, and there are no spaces"
	case strings.Contains(pattern, "**"):
		return "is a bad glob: ** is not known, a * stays within its part"
	case len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "":
		return "must have three parts: domain/app/stream, like live.example.com/show/main"
	case parts[0] != strings.ToLower(parts[0]):
		return "has capitals in its domain: write the domain in small letters"
	}
	return ""
}
