// Package deploy has tests only: that the ways to run casterbot which stand here agree with its settings.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"casterbot/internal/config"
)

// secrets are the settings that may stand in a file, by the name of that file wherever secrets are files.
func secrets(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, row := range config.Rows() {
		if strings.Contains(row.Text, "`"+row.Name+"_FILE`") {
			name := strings.TrimPrefix(strings.TrimPrefix(row.Name, "CASTERBOT_"), "ALIBABA_CLOUD_")
			found[row.Name] = strings.ToLower(name)
		}
	}
	if len(found) < 6 {
		t.Fatalf("%v", found)
	}
	return found
}

// unit reads the systemd unit: the values of each setting, in their order.
func unit(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for line := range strings.Lines(text(t, "casterbot.service")) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			found[name] = append(found[name], value)
		}
	}
	return found
}

func text(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestServiceSecrets: the unit gives every secret as a credential, lets each be missing, and takes the files that
// casterbot.env names out of its way.
func TestServiceSecrets(t *testing.T) {
	settings := unit(t)
	unset := strings.Fields(strings.Join(settings["UnsetEnvironment"], " "))
	for name, file := range secrets(t) {
		if !slices.Contains(unset, name+"_FILE") {
			t.Errorf("%s_FILE of casterbot.env counts", name)
		}
		if !slices.Contains(settings["LoadCredential"], file+":/etc/casterbot/secrets/"+file) {
			t.Errorf("%s is no credential", file)
		}
		if !slices.Contains(settings["SetCredential"], file+`:\n`) {
			t.Errorf("without %s nothing starts", file)
		}
	}
	if n := len(secrets(t)); len(settings["LoadCredential"]) != n || len(settings["SetCredential"]) != n {
		t.Errorf("%v %v", settings["LoadCredential"], settings["SetCredential"])
	}
}

// TestServiceChecked: systemd has nothing to say about the unit, and counts it among those that are exposed least.
func TestServiceChecked(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" && runtime.GOOS == "linux" {
			t.Fatal("no systemd-analyze: install systemd")
		}
		t.Skip("SKIPPED: the check of the systemd unit. Install systemd, which has systemd-analyze.")
	}
	for _, args := range [][]string{{"verify"}, {"security", "--offline=yes", "--threshold=20", "--no-pager"}} {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", append(args, "casterbot.service")...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "casterbot.service:") && args[0] == "verify" {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}

// container is a service of compose.yml as far as it is held against the image.
type container struct {
	Environment map[string]string `yaml:"environment"`
	Secrets     []string          `yaml:"secrets"`
	Volumes     []string          `yaml:"volumes"`
	ReadOnly    bool              `yaml:"read_only"`
	Drop        []string          `yaml:"cap_drop"`
}

// TestCompose: the policy's folder is mounted, not the file, and every secret is a file of the name that it has
// elsewhere.
func TestCompose(t *testing.T) {
	file := struct {
		Services map[string]container             `yaml:"services"`
		Secrets  map[string]struct{ File string } `yaml:"secrets"`
	}{}
	if err := yaml.Unmarshal([]byte(text(t, "compose.yml")), &file); err != nil {
		t.Fatal(err)
	}
	bot, names := file.Services["casterbot"], secrets(t)
	if !slices.Equal(bot.Volumes, []string{"../policy:/etc/casterbot:ro"}) || !bot.ReadOnly ||
		!slices.Equal(bot.Drop, []string{"ALL"}) {
		t.Errorf("%+v", bot)
	}
	given := 0
	for setting, value := range bot.Environment {
		if value == "" {
			continue
		}
		given++
		name := names[strings.TrimSuffix(setting, "_FILE")]
		if value != "/run/secrets/"+name || !slices.Contains(bot.Secrets, name) ||
			file.Secrets[name].File != "../secrets/"+name {
			t.Errorf("%s: %s, of %v", setting, value, file.Secrets)
		}
	}
	if given != len(bot.Secrets) || given < 5 {
		t.Errorf("%d settings for the secrets %v", given, bot.Secrets)
	}
}

// TestChartKnowsTheSettings: no setting that is a secret can be a value of the chart, and what the chart sets itself
// cannot be set beside it.
func TestChartKnowsTheSettings(t *testing.T) {
	schema := text(t, filepath.Join("helm", "casterbot", "values.schema.json"))
	for name := range secrets(t) {
		for _, refused := range []string{name, name + "_FILE"} {
			if !strings.Contains(schema, `"`+refused+`": {"`) {
				t.Errorf("values.schema.json lets settings.%s through", refused)
			}
		}
	}
	known := map[string]bool{}
	for _, row := range config.Rows() {
		known[row.Name] = true
	}
	sets := 0
	for line := range strings.Lines(text(t, filepath.Join("helm", "casterbot", "templates", "deployment.yaml"))) {
		_, rest, found := strings.Cut(line, "- {name: ")
		name, _, _ := strings.Cut(rest, ",")
		if !found || strings.ToUpper(name) != name || strings.Contains(name, "{") {
			continue
		}
		sets++
		if !known[name] && !known[strings.TrimSuffix(name, "_FILE")] {
			t.Errorf("the chart sets %s, which is no setting", name)
		}
		if !strings.Contains(schema, `"`+name+`": {"`) && name != "ALIBABA_CLOUD_ROLE_ARN" {
			t.Errorf("values.schema.json lets settings.%s through, which the chart sets", name)
		}
	}
	if sets < 6 {
		t.Errorf("the template sets %d settings", sets)
	}
}
