// Package policy answers one question: may this person use this verb on this studio or stream in this channel, and who
// must confirm it? The answer comes out of one strict YAML file; docs/policy.md is its reference.
//
// It keeps true that nothing is allowed unless a grant says so, that ids decide and names never do, that the first
// grant which fits a person and a verb decides alone, that guests, people of other organisations and shared channels
// are refused unless that grant names them, and that a file with any mistake in it is refused as a whole with every
// mistake listed. A Policy never changes once it is read, so a reload swaps the whole of it (Keeper).
//
// It must know neither Slack nor the cloud nor the store: the caller looks people and channels up and hands the facts
// in.
package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"casterbot/internal/op"
)

// MaxSize is the largest policy file that is read, in bytes.
const MaxSize = 1 << 20

// Help is the verb that needs no grant: whoever is in a channel of the policy may ask what they may do.
const Help = "help"

// URLs is the verb of those who may see addresses for playback: they carry keys. No command has it.
const URLs = "caster.urls"

// Policy is one policy file, read and checked. It is safe for concurrent use, because it never changes.
type Policy struct {
	file     string // base name, for rules
	hash     string
	text     string
	blank    bool // the file held nothing at all
	groups   map[string]*group
	contact  principals // whom people ask about the bot itself, where their channel names nobody
	audit    string     // id of the channel to which checkpoints of the audit log go
	channels []*channel // in the order of the file
	byID     map[string]*channel
	crews    []string // ids of all user groups, sorted
	warnings []string
}

// group is a named group of user ids and user group ids.
type group struct {
	name    string
	place   place
	members []string
	used    bool
}

// channel is what one channel may touch and who may do what in it.
type channel struct {
	id       string
	name     string // for people, never decides
	line     int
	studios  []string // ids and name globs
	streams  []op.StreamAlias
	deflt    op.Args
	watch    []op.Target
	call     principals // who is called by an alert
	contact  principals // whom people ask about the bot itself
	language string
	grants   []*grant

	studiosLine int // where the studios stand, or the channel when there are none
	streamsLine int
}

// grant is one rule: who may use which verbs, and who must confirm.
type grant struct {
	place        place
	who          principals
	verbs        map[string]bool
	confirm      op.Confirm
	onAir        op.Confirm // while viewers may notice; empty: no difference
	approvers    principals
	expires      time.Duration
	onAirExpires time.Duration
	guests       bool
	external     bool
}

// principals is a list of people as written, and the ids that it stands for.
type principals struct {
	written  []string
	everyone bool
	ids      []string // user ids and user group ids, each once, in the order written
	line     int
}

// add adds ids that are not there yet.
func (w *principals) add(ids ...string) {
	for _, id := range ids {
		if !slices.Contains(w.ids, id) {
			w.ids = append(w.ids, id)
		}
	}
}

// has reports whether the person is meant, by id or through a user group.
func (w principals) has(p op.Person) bool {
	return w.everyone || among(w.ids, p)
}

// Load reads and checks a policy file; verbs are the names of the command table.
func Load(path string, verbs []string) (*Policy, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return Parse(path, data, verbs)
}

// readFile reads at most one byte more than a policy may have, so that a device or a huge file cannot fill the memory.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

// Parse checks the text of a policy file; file is its name for messages and rules, verbs are the names of the command
// table. The error is of type Problems and lists everything that is wrong. An empty text is a policy that denies all.
func Parse(file string, data []byte, verbs []string) (*Policy, error) {
	p := &Policy{
		file: filepath.Base(file), hash: hashOf(data), text: string(data),
		groups: map[string]*group{}, byID: map[string]*channel{},
	}
	r := &reader{file: file, verbs: Verbs(verbs), policy: p}
	r.read(data)
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	p.crews = p.userGroups()
	r.warn()
	p.warnings = r.warnings.sorted().texts()
	return p, nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Hash is the SHA-256 of the file in hexadecimal, as sha256sum prints it.
func (p *Policy) Hash() string { return p.hash }

// Text is the file.
func (p *Policy) Text() string { return p.text }

// Warnings lists what is allowed in a policy but is probably a mistake.
func (p *Policy) Warnings() []string { return slices.Clone(p.warnings) }

// Channels lists the ids of the channels that the policy names, in the order of the file.
func (p *Policy) Channels() []string {
	return op.Each(p.channels, func(c *channel) string { return c.id })
}

// UserGroups lists the ids of the user groups (S…) that occur anywhere in the policy, sorted.
func (p *Policy) UserGroups() []string { return slices.Clone(p.crews) }

func (p *Policy) userGroups() []string {
	var all []string
	for _, g := range p.groups {
		all = append(all, g.members...)
	}
	for _, c := range p.channels {
		all = append(all, c.call.ids...)
		for _, g := range c.grants {
			all = append(append(all, g.who.ids...), g.approvers.ids...)
		}
	}
	all = slices.DeleteFunc(all, func(id string) bool { return !isUserGroup(id) })
	slices.Sort(all)
	return slices.Compact(all)
}

// Scope gives what a channel may touch; false when the policy does not name the channel.
func (p *Policy) Scope(id string) (op.Scope, bool) {
	c, ok := p.byID[id]
	if !ok {
		return op.Scope{Channel: id, Studio: func(string, string) bool { return false }, Stream: func(string) bool {
			return false
		}}, false
	}
	return op.Scope{
		Channel: id, Studio: c.studio, Stream: c.stream,
		Streams: slices.Clone(c.streams), Default: maps.Clone(c.deflt), Watch: slices.Clone(c.watch), Watched: c.watched,
		Call:     slices.Clone(c.call.ids),
		Language: c.language, External: slices.ContainsFunc(c.grants, func(g *grant) bool { return g.external }),
	}, true
}

// Contact is whom people in a channel ask about the bot itself: people and user groups by id. It is empty where the
// policy names nobody.
func (p *Policy) Contact(channel string) []string {
	if c := p.byID[channel]; c != nil && len(c.contact.ids) > 0 {
		return slices.Clone(c.contact.ids)
	}
	return slices.Clone(p.contact.ids)
}

// AuditChannel is where checkpoints of the audit log go; empty: to none.
func (p *Policy) AuditChannel() string { return p.audit }

// studio reports whether the channel may touch a studio: its id is listed, or its name fits an entry.
func (c *channel) studio(id, name string) bool {
	return slices.ContainsFunc(c.studios, func(entry string) bool {
		return entry == id || (name != "" && matchText(entry, name))
	})
}

// stream reports whether the channel may touch a stream domain/app/stream.
func (c *channel) stream(path string) bool {
	return slices.ContainsFunc(c.streams, func(s op.StreamAlias) bool { return matchPath(s.Pattern, path) })
}

// rule names a line of the policy: "policy.yml:14".
func (p *Policy) rule(line int) string { return p.file + ":" + strconv.Itoa(line) }

// line is where the grant stands.
func (g *grant) line() int { return g.place.node.Line }
