package doctor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What a disk should have free, and how old the last backup may be.
const (
	leastFree   = 16 << 20
	enoughFree  = 256 << 20
	oldBackup   = 7 * 24 * time.Hour
	saveCommand = "casterbot backup /backups/casterbot-$(date +%F).db, every day and on another disk"
)

// checkDatabase looks at the database without opening it as the bot does, whose lock it must not take.
func checkDatabase(ctx context.Context, x *exam) []Finding {
	n := notes{check: "database"}
	if why := x.wrong("CASTERBOT_DATABASE_URL"); why != "" {
		n.skip("the database", why)
		return n.list
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	s, err := store.Examine(ctx, x.Settings.DatabaseURL.Reveal())
	x.bot.database, x.bot.replicas = s.Holder, s.Replicas
	x.bot.other = err == nil && s.Holder == "" && s.Replicas == 0 && s.Watched
	if errors.Is(err, context.DeadlineExceeded) && s.Path != "" {
		n.skip("the database", "it takes too long to read it through")
		return n.list
	}
	if err != nil {
		folder := filepath.Dir(strings.TrimPrefix(x.Settings.DatabaseURL.Reveal(), "sqlite:"))
		n.bad(strings.ReplaceAll(mendDatabase(err), "FOLDER", folder), "CASTERBOT_DATABASE_URL: %v", err)
	}
	n.room(s)
	if err == nil {
		n.database(s)
		n.backup(s, time.Now())
	}
	return n.list
}

// mendDatabase says what to do where the error does not say it itself.
func mendDatabase(err error) string {
	text := err.Error()
	for _, known := range []struct{ says, do string }{
		{"casterbot restore", "casterbot restore BACKUP"},
		{"user and the password", "correct user and password in CASTERBOT_DATABASE_URL; other characters than letters and digits as %XX"},
		{"no such database", "createdb NAME, or name another one in CASTERBOT_DATABASE_URL"},
		{"pg_hba.conf", "let the user in from this machine: pg_hba.conf of the server"},
		{"refuses connections", "start PostgreSQL there, or correct host and port in CASTERBOT_DATABASE_URL"},
		{"nobody knows its name", "correct the host in CASTERBOT_DATABASE_URL"},
		{"does not answer in time", "let this machine reach the server: firewall, security group, host and port"},
		{"is not on this machine", "add ?sslmode=verify-full to CASTERBOT_DATABASE_URL"},
		{"takes no writes", "ALTER ROLE name SET default_transaction_read_only = off"},
		{"and it must be", "ALTER ROLE name SET it, or mend postgresql.conf of the server; and leave it out of CASTERBOT_DATABASE_URL"},
		{"search_path", "CREATE SCHEMA it, or name another one in CASTERBOT_DATABASE_URL"},
		{"the user may not", "GRANT the user of CASTERBOT_DATABASE_URL what it lacks"},
		{"is too old", "use PostgreSQL 13 or later"},
		{"sslmode=verify-full, with other characters", "write CASTERBOT_DATABASE_URL so: other characters than letters and digits as %XX"},
		{"certificate", "add sslrootcert=FILE for an authority of your own to CASTERBOT_DATABASE_URL"},
		{"pooler", "name the server itself, or a pool with pool_mode=session, in CASTERBOT_DATABASE_URL"},
		{"another program", "name another database in CASTERBOT_DATABASE_URL"},
		{"permission denied", "let the user that runs casterbot write the file and its folder: chown"},
		{"operation not permitted", "let the file be written: lsattr, chattr -i"},
		{"database is locked", "end the program that has it open: fuser FILE"},
		{"standby", "name the primary server in CASTERBOT_DATABASE_URL"},
		{"no connection left", "let the server have more connections: max_connections"},
		{"read-only file system", "mount the disk for writing, or name a file elsewhere in CASTERBOT_DATABASE_URL"},
		{"its folder must exist", "make the folder: mkdir -p -m 700 FOLDER"},
		{"network file system", "name a file on a local disk, or PostgreSQL, in CASTERBOT_DATABASE_URL"},
	} {
		if strings.Contains(text, known.says) {
			return known.do
		}
	}
	return "mend that, or name another database in CASTERBOT_DATABASE_URL"
}

// room looks at the disk.
func (n *notes) room(s store.Seen) {
	const mend = "make room on the disk, or name a file on another one in CASTERBOT_DATABASE_URL"
	switch {
	case s.Free == nil:
	case *s.Free < leastFree:
		n.bad(mend, "the disk of %s is full (%s left): nothing can be written down, so no change is made", s.Path, size(*s.Free))
	case *s.Free < enoughFree:
		n.warn(mend, "the disk of %s has %s left", s.Path, size(*s.Free))
	}
}

// database says what it is.
func (n *notes) database(s store.Seen) {
	if s.Version > s.Last {
		n.warn("run the newer casterbot, or put back a backup from before: casterbot restore BACKUP",
			"the database was made by a newer casterbot (its version %d, known here %d)", s.Version, s.Last)
	}
	if s.Holder == "" && len(s.OpenBy) > 0 {
		n.warn("see what it is, and end it: ps -fp "+s.OpenBy[0], "another program (process %s) has %s open: the bot may have to wait for it, or fail",
			strings.Join(s.OpenBy, ", "), s.Path)
	}
	if s.ReadableBy != 0 {
		n.warn("chmod 600 "+s.Path, "%s can be read or written by others: it says who did what", s.Path)
	}
	if s.Unprivate {
		n.warn("sslmode=verify-full in CASTERBOT_DATABASE_URL in place of casterbot_insecure=1",
			"the certificate of the database's server is not checked")
	}
	switch {
	case s.New && s.Path != "":
		n.ok("there is no database yet: the start makes %s", s.Path)
	case s.New:
		n.ok("%s has no tables of casterbot yet: the start makes them", s.Engine)
	case s.Holder != "":
		n.ok("%s, written to the disk at once, %s; in use by %s", s.Engine, op.Count(s.Operations, "operation"), s.Holder)
	case s.Path == "":
		n.ok("%s, written to the disk at once, %s; %s of the bot", s.Engine, op.Count(s.Operations, "operation"),
			op.Count(s.Replicas, "replica"))
	default:
		n.ok("%s, written to the disk at once, %s; no bot has it open", s.Engine, op.Count(s.Operations, "operation"))
	}
}

// backup says how old the last one is.
func (n *notes) backup(s store.Seen, now time.Time) {
	age := now.Sub(s.Saved)
	switch {
	case s.New || s.Operations == 0:
	case s.Path == "":
		n.skip("the age of the backup", "PostgreSQL is saved by its own tools (pg_dump), which do not tell")
	case s.Saved.IsZero():
		n.warn(saveCommand, "no backup of %s is known that casterbot backup made", s.Path)
	case age > oldBackup:
		n.warn(saveCommand, "the last backup of %s is %d days old", s.Path, int(age.Hours()/24))
	default:
		n.ok("the last backup is of %s", s.Saved.UTC().Format(time.RFC3339))
	}
}

func size(bytes uint64) string {
	return fmt.Sprintf("%d MiB", bytes>>20)
}
