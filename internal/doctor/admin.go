package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"casterbot/bot/webapi"
	"casterbot/internal/health"
	"casterbot/internal/op"
)

// bot is one that runs beside this look, as far as this machine shows.
type bot struct {
	ready    map[string]map[string]any // its /readyz; nil: none answers
	database string                    // who has the database open, empty: nobody
	replicas int                       // that live, by a database that several share
	other    bool                      // nobody has the database open, as far as that can be seen
}

// elsewhere is why no socket may be opened to count: one would take commands from a bot that cannot be asked.
func (b bot) elsewhere() string {
	switch {
	case b.database != "":
		return "a bot runs (" + b.database + ") and its admin port does not answer; /readyz of it tells"
	case b.replicas > 0:
		return fmt.Sprintf("%s of the bot run; /readyz of each tells", op.Count(b.replicas, "replica"))
	}
	return ""
}

// checkAdmin looks who has the admin port, and asks a bot that runs there.
func checkAdmin(ctx context.Context, x *exam) []Finding {
	n := notes{check: "admin port"}
	addr := x.Settings.AdminAddr
	if why := x.wrong("CASTERBOT_ADMIN_ADDR"); why != "" {
		n.skip("the admin port", why)
		return n.list
	}
	if addr == "" {
		n.ok("CASTERBOT_ADMIN_ADDR is empty: there is no /healthz and /readyz")
		return n.list
	}
	if open(addr) && !contained() {
		n.warn("set CASTERBOT_ADMIN_ADDR=127.0.0.1:9090, or let a firewall keep others out",
			"CASTERBOT_ADMIN_ADDR is %s: whoever reaches this machine can ask how the bot is", addr)
	}
	const other = "set CASTERBOT_ADMIN_ADDR to a free address such as 127.0.0.1:9091, or end the program that has it"
	state, err := health.Ask(ctx, addr)
	switch {
	case err == nil:
		x.bot.ready = state
		n.running(state)
		if x.bot.other {
			n.warn("set another CASTERBOT_ADMIN_ADDR, such as 127.0.0.1:9091, or CASTERBOT_DATABASE_URL as that bot has it",
				"a bot answers on %s, and no bot has this database open: it is another one", addr)
		}
	case errors.Is(err, health.ErrForeign):
		n.bad(other, "CASTERBOT_ADMIN_ADDR: another program answers on %s, so the bot would not start", addr)
	case x.bot.database != "":
		n.warn("end that process, or set CASTERBOT_ADMIN_ADDR as it has it",
			"%s has the database open, and no bot answers on %s", x.bot.database, addr)
	default:
		n.free(addr)
	}
	return n.list
}

// free takes the port for a moment, as the start does.
func (n *notes) free(addr string) {
	listener, err := health.Listen(addr)
	if err != nil {
		n.bad("set CASTERBOT_ADMIN_ADDR to a free address of this machine, such as 127.0.0.1:9091, or empty for none", "%v", err)
		return
	}
	_ = listener.Close()
	if len(n.list) == 0 {
		n.ok("%s is free; no bot runs there", addr)
	}
}

// running says how a bot that runs says it is.
func (n *notes) running(state map[string]map[string]any) {
	if up, ok := state["store"]["writable"].(bool); ok && !up {
		n.bad("make room on the disk, or mend the database: docs/operations.md#a-full-or-read-only-disk",
			"the bot that runs cannot write its database (%v): changes are refused", state["store"]["why"])
	}
	if ok, _ := state["slack"]["ok"].(bool); !ok {
		n.bad("look at its log, then at https://status.slack.com", "the bot that runs hears nothing from Slack: no command comes in")
	}
	if len(n.list) == 0 {
		n.ok("a bot runs here and is ready")
	}
}

// open reports an address that others reach.
func open(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && !webapi.Loopback(host)
}

// contained reports a container of ours or one on Kubernetes: its own network decides who reaches it, and probes come
// from outside.
func contained() bool {
	program, err := os.Executable()
	return os.Getenv("KUBERNETES_SERVICE_HOST") != "" || err == nil && program == "/casterbot"
}
