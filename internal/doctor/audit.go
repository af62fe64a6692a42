package doctor

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/store"
)

// oldCheckpoint is how long entries may be without a checkpoint elsewhere.
const oldCheckpoint = 10 * time.Minute

// checkAudit looks at the key of the audit log, and how much of the log stands elsewhere.
func checkAudit(ctx context.Context, x *exam) []Finding {
	n := notes{check: "audit log"}
	const own = "CASTERBOT_AUDIT_KEY"
	switch text := x.Settings.AuditKey.Reveal(); {
	case x.wrong(own) != "":
		n.skip("the audit log", x.wrong(own))
		return n.list
	case text == "":
		n.skip("whether somebody has changed the record", "it is not signed: CASTERBOT_AUDIT_KEY is not set; casterbot audit keygen makes a key, docs/audit.md tells more")
		return n.list
	default:
		if _, err := audit.ParseKey(text); err != nil {
			n.bad("set CASTERBOT_AUDIT_KEY_FILE to a file that casterbot audit keygen made", "%s: %v", own, err)
			return n.list
		}
	}
	if len(x.auditPlaces()) == 0 {
		n.warn("set CASTERBOT_AUDIT_FILE or CASTERBOT_AUDIT_WITNESS, or write audit: {channel: C…} into the policy",
			"checkpoints of the audit log go nowhere: who has the database can still cut it off")
		if x.Settings.AuditArchive == "" {
			return n.list
		}
	}
	if why := x.wrong("CASTERBOT_DATABASE_URL"); why != "" {
		n.skip("how much of the audit log stands elsewhere", why)
		return n.list
	}
	n.outside(ctx, x)
	return n.list
}

// outside says how old the last checkpoint is that has come somewhere.
func (n *notes) outside(ctx context.Context, x *exam) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var s audit.Status
	err := store.Look(ctx, x.Settings.DatabaseURL.Reveal(), func(tx *sql.Tx) (err error) {
		s, err = audit.ReadStatus(ctx, tx, time.Now())
		return err
	})
	if err != nil || s.Entries == 0 {
		n.skip("how much of the audit log stands elsewhere", cause(unread(err), "it has no entries yet"))
		return
	}
	n.places(s, x.auditPlaces())
	n.archive(s, x)
}

// archive says whether the folder to which the oldest entries go has those that were moved.
func (n *notes) archive(s audit.Status, x *exam) {
	dir := x.Settings.AuditArchive
	key, err := audit.ParseKey(x.Settings.AuditKey.Reveal())
	if dir == "" || err != nil {
		return
	}
	if err := (audit.Tiles{Dir: dir, Key: key.Verifier()}).Has(s.Moved); err != nil {
		n.bad("set CASTERBOT_AUDIT_ARCHIVE to the folder that has them, or put a copy of it in its place",
			"the audit log has moved %d entries to an archive, and %s is not it: %v", s.Moved, dir, err)
		return
	}
	n.ok("the archive of the audit log has the first %d of %d entries", s.Moved, s.Entries)
}

// places says of each place that is set what has come there.
func (n *notes) places(s audit.Status, set []string) {
	const mend = "see why in the bot's log: the audit log"
	for _, place := range set {
		i := slices.IndexFunc(s.Outside, func(o audit.Outside) bool { return o.Place == place })
		if i < 0 {
			n.warn(mend, "no checkpoint of the audit log has come to the %s yet; it has %d entries", place, s.Entries)
			continue
		}
		o := s.Outside[i]
		age := time.Since(o.At).Round(time.Second)
		if o.Size < s.Entries && age > oldCheckpoint {
			n.warn(mend, "the last checkpoint that has come to the %s is %s old, and has %d of %d entries", place, age, o.Size,
				s.Entries)
			continue
		}
		n.ok("the last checkpoint that has come to the %s is %s old, and has %d of %d entries", place, age, o.Size, s.Entries)
	}
}

// auditPlaces are where checkpoints go, by the names that the log has for them.
func (x *exam) auditPlaces() []string {
	var set []string
	for name, is := range map[string]bool{"file": x.Settings.AuditFile != "", "witness": x.Settings.AuditWitness != "",
		"channel": x.policy != nil && x.policy.AuditChannel() != ""} {
		if is {
			set = append(set, name)
		}
	}
	slices.Sort(set)
	return set
}

// unread is why the log was not read; empty when it was.
func unread(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "it takes too long to read it"
	}
	return "the database cannot be read, or is of an older casterbot"
}
