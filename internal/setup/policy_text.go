package setup

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const policyHead = `# Who may do what, where; written by casterbot init. Edit it as you like: it is read again at once, and a mistake keeps
# the version before. docs/policy.md explains each line. casterbot policy check FILE reads it as the bot does.`

// text is the policy file: ids, with names as comments, and the grants of the example policy for the three usual roles.
func (p plan) text(example []byte) ([]byte, error) {
	usual, err := usualGrants(example)
	if err != nil {
		return nil, err
	}
	groups, channels := mapping(), mapping()
	for _, role := range p.roles() {
		if len(role.who) > 0 {
			add(groups, role.name, list(role.who))
		}
	}
	for _, s := range p.channels {
		add(channels, s.channel.id, s.node(p, usual))
	}
	root := mapping()
	root.HeadComment = policyHead
	add(root, "version", &yaml.Node{Kind: yaml.ScalarNode, Value: "1"})
	add(root, "groups", groups)
	add(root, "channels", channels)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(root), encoder.Close()); err != nil {
		return nil, fmt.Errorf("write the policy: %w", err)
	}
	return out.Bytes(), nil
}

// role is a group of the file.
type role struct {
	name string
	who  []choice
}

func (p plan) roles() []role {
	return []role{{"operators", p.operators}, {"leads", p.leads}, {"producers", p.producers}}
}

// has reports whether somebody has the role.
func (p plan) has(name string) bool {
	return slices.ContainsFunc(p.roles(), func(r role) bool { return r.name == name && len(r.who) > 0 })
}

// usualGrants are those of the first channel of the example policy.
func usualGrants(example []byte) ([]*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(example, &doc); err != nil || len(doc.Content) == 0 {
		return nil, fmt.Errorf("read the example policy: %w", err)
	}
	channels := value(doc.Content[0], "channels")
	if channels == nil || len(channels.Content) < 2 {
		return nil, errors.New("read the example policy: it has no channel")
	}
	grants := value(channels.Content[1], "grants")
	if grants == nil {
		return nil, errors.New("read the example policy: its first channel has no grants")
	}
	return grants.Content, nil
}

// node is the entry of a channel.
func (s show) node(p plan, usual []*yaml.Node) *yaml.Node {
	n := mapping()
	add(n, "name", quotedText(s.channel.name))
	if len(s.studios) > 0 {
		add(n, "studios", list(s.studios))
	}
	streams, standard := s.aliases(), mapping()
	if len(streams.Content) > 0 {
		add(n, "streams", streams)
	}
	if len(s.studios) == 1 && s.studios[0].name != "" {
		add(standard, "studio", quotedText(s.studios[0].id))
	}
	if len(s.streams) == 1 && !isPattern(s.streams[0].id) {
		add(standard, "stream", streams.Content[0])
	}
	if standard.Style = yaml.FlowStyle; len(standard.Content) > 0 {
		add(n, "default", standard)
	}
	grants := &yaml.Node{Kind: yaml.SequenceNode}
	for _, g := range usual {
		if own := s.grant(p, g); own != nil {
			grants.Content = append(grants.Content, own)
		}
	}
	add(n, "grants", grants)
	return n
}

// grant is one of the usual ones without the roles that nobody has; nil when nobody is left. Copies need a pattern
// among the studios, because a copy has a new name.
func (s show) grant(p plan, usual *yaml.Node) *yaml.Node {
	own := clone(usual)
	for _, key := range []string{"who", "approvers"} {
		if n := value(own, key); n != nil {
			n.Content = slices.DeleteFunc(n.Content, func(who *yaml.Node) bool { return !p.has(who.Value) })
		}
	}
	if len(value(own, "who").Content) == 0 {
		return nil
	}
	if !slices.ContainsFunc(s.studios, func(c choice) bool { return isPattern(c.id) }) {
		may := value(own, "may")
		may.Content = slices.DeleteFunc(may.Content, func(verb *yaml.Node) bool { return verb.Value == "caster.copy" })
	}
	return own
}

func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

var noAlias = regexp.MustCompile(`[^\pL\pN\pM._-]+`)

// aliases gives each stream a short name: its own, with its app's before it when that is taken.
func (s show) aliases() *yaml.Node {
	n := mapping()
	taken := map[string]bool{}
	for _, stream := range s.streams {
		parts := strings.Split(stream.id, "/")
		name := alias(parts[2])
		if taken[name] {
			name = alias(parts[1] + "-" + parts[2])
		}
		for base, i := name, 2; taken[name]; i++ {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		taken[name] = true
		add(n, name, quotedIfPattern(stream.id))
	}
	return n
}

func alias(name string) string {
	return cmp.Or(strings.Trim(noAlias.ReplaceAllString(name, "-"), "-._"), "stream")
}

// The few nodes of YAML that are needed.

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func add(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
}

func plainText(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

func quotedText(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

func quotedIfPattern(text string) *yaml.Node {
	if isPattern(text) {
		return quotedText(text)
	}
	return plainText(text)
}

// list writes choices by id, each on its line with its name.
func list(all []choice) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range all {
		item := quotedIfPattern(c.id)
		if c.name != "" && c.name != c.id {
			item.LineComment = "# " + c.label()
		}
		n.Content = append(n.Content, item)
	}
	return n
}

func value(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func clone(n *yaml.Node) *yaml.Node {
	own := *n
	own.Content = nil
	for _, child := range n.Content {
		own.Content = append(own.Content, clone(child))
	}
	return &own
}
