package setup

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"casterbot/bot/webapi"
)

// checkStep looks whether a bot with what was written would work. Nothing that it finds keeps anybody from going on.
func (r *run) checkStep(ctx context.Context) error {
	if r.Program.Check == nil {
		return nil
	}
	if err := r.settings.enter(); err != nil {
		return err
	}
	r.t.say("  casterbot doctor looks at all of it; it changes nothing.")
	well, err := r.Program.Check(ctx, r.Out)
	r.broken = err == nil && !well
	return err
}

// howToStart says how the bot is started with what was written: each way is a command.
func (r *run) howToStart() {
	r.t.say("\nTo start it, one of:\n")
	for _, way := range []struct{ name, command string }{
		{"here", r.inShell("")}, {"systemd", r.systemd()}, {"container", r.container()}, {"Kubernetes", r.helm()},
	} {
		r.t.say("  %s\n%s\n", way.name, indented("    ", way.command))
	}
	r.t.say("Then type /caster help in the channel.")
}

// inShell is a command of casterbot in a shell, with the settings that were written.
func (r *run) inShell(command string) string {
	return r.enter() + "; " + strings.TrimSpace(r.Program.Name+" "+command)
}

// enter takes the settings into a shell.
func (r *run) enter() string {
	enter := "set -a; . " + quoted(r.files.path(settingsFile)) + "; set +a"
	if len(r.given) > 0 { // of a secret and its file only one may be set
		enter = "unset " + strings.Join(r.given, " ") + "; " + enter
	}
	return enter
}

// systemd installs the unit, which looks for everything in /etc/casterbot and keeps its database in /var/lib/casterbot.
func (r *run) systemd() string {
	program, lines := quoted(r.Program.Name), []string{}
	switch {
	case strings.HasPrefix(r.Program.Name, "go run"):
		program, lines = "casterbot", []string{"make build"}
	case r.Program.Name == "casterbot":
		program = `"$(command -v casterbot)"`
	}
	in := func(name string) string { return quoted(r.files.path(name)) }
	return strings.Join(append(lines,
		"sudo useradd --system --home-dir /var/lib/casterbot --shell /usr/sbin/nologin casterbot",
		"sudo install -D -m 755 "+program+" /usr/local/bin/casterbot",
		"sudo install -D -m 644 "+quoted(r.policyPath())+" /etc/casterbot/policy/policy.yml",
		"sudo install -m 600 "+in(settingsFile)+" /etc/casterbot/casterbot.env",
		"sudo install -d -m 700 /etc/casterbot/secrets && sudo install -m 600 "+in(secretsDir)+"/* /etc/casterbot/secrets/",
		"sudo install -m 644 deploy/casterbot.service /etc/systemd/system/casterbot.service",
		"sudo systemctl daemon-reload && sudo systemctl enable --now casterbot"), "\n")
}

// container runs the image with the folders of the setup in the places where the image expects them.
func (r *run) container() string {
	lines := []string{"make image",
		"mkdir -p " + quoted(r.files.path("data")), r.enter(),
		`docker run --rm --name casterbot --read-only --cap-drop ALL --stop-timeout 30 --user "$(id -u):$(id -g)"` +
			r.ownNetwork() + ` \`,
		fmt.Sprintf(`  -v %s:/etc/casterbot:ro -v %s:/run/secrets:ro -v %s:/data \`, quoted(filepath.Dir(r.policyPath())),
			quoted(r.files.path(secretsDir)), quoted(r.files.path("data")))}
	var settings []string
	if name := filepath.Base(r.policyPath()); name != filepath.Base(policyFile) {
		settings = append(settings, "-e CASTERBOT_POLICY="+quoted("/etc/casterbot/"+name))
	}
	for _, name := range r.settings.names() {
		if value := inContainer(name, r.settings.get(name)); value != "" {
			settings = append(settings, "-e "+quoted(value))
		}
	}
	lines = append(lines, "  "+strings.Join(settings, " \\\n  ")+" \\", "  casterbot")
	return strings.Join(lines, "\n")
}

// inContainer is a setting as it is inside; empty for those that the image has itself. The value of one that a person
// has added may be a secret: the container takes it out of the shell.
func inContainer(name, value string) string {
	switch name {
	case "CASTERBOT_POLICY", "CASTERBOT_DATABASE_URL", "CASTERBOT_ADMIN_ADDR":
		return ""
	case "SLACK_API_URL", "CASTERBOT_LIVE_ENDPOINT", "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_ROLE_ARN",
		"ALIBABA_CLOUD_ECS_METADATA":
		return name + "=" + value
	}
	if strings.HasSuffix(name, "_FILE") {
		return name + "=/run/secrets/" + value[strings.LastIndexByte(value, '/')+1:]
	}
	return name
}

// ownNetwork is what a container needs to reach services of this machine, such as those of the sandbox. The image leaves
// its admin port open to whoever reaches the container, which is then everybody who reaches this machine.
func (r *run) ownNetwork() string {
	if r.onThisMachine() {
		return " --network host -e CASTERBOT_ADMIN_ADDR=127.0.0.1:9090"
	}
	return ""
}

func (r *run) onThisMachine() bool {
	return own(r.settings.get("SLACK_API_URL")) || own(r.settings.get("CASTERBOT_LIVE_ENDPOINT"))
}

// own reports an address of this machine, such as the sandbox has.
func own(address string) bool {
	u, err := url.Parse(address)
	return err == nil && webapi.Loopback(u.Hostname())
}

// helm installs the chart with the secrets and the policy of the setup.
func (r *run) helm() string {
	if r.onThisMachine() {
		return "# not with this sandbox: a cluster does not reach addresses of this machine"
	}
	set := "--set image.repository=REGISTRY/casterbot --set cloud.region=" + r.settings.get("ALIBABA_CLOUD_REGION_ID")
	if role := r.settings.get("ALIBABA_CLOUD_ECS_METADATA"); role != "" {
		set += " --set cloud.credentials=ecs --set cloud.ecsRole=" + quoted(role)
	}
	if role := r.settings.get("ALIBABA_CLOUD_ROLE_ARN"); role != "" {
		set += " --set settings.ALIBABA_CLOUD_ROLE_ARN=" + quoted(role)
	}
	return strings.Join([]string{
		"kubectl create secret generic casterbot --from-file=" + quoted(r.files.path(secretsDir)),
		`helm install casterbot deploy/helm/casterbot ` + set + ` \`,
		"  --set-file policy.text=" + quoted(r.policyPath()),
	}, "\n")
}

// givenSecrets are the secrets that this process was started with.
func givenSecrets() []string {
	var all []string
	for _, n := range []need{appToken, botToken, keyID, keySecret} {
		if os.Getenv(n.env) != "" {
			all = append(all, n.env)
		}
	}
	return all
}
