// Package helm holds the Helm chart of deploy/helm/casterbot against Helm itself: what it renders is golden, decodes as
// what Kubernetes knows and passes its restricted pod security; values that cannot work are refused with words that say
// what to do.
//
// It is a module of its own, because Helm and the types of Kubernetes are a hundred modules that the bot has no use
// for: in its own go.mod they would decide about the versions that the bot is built with. `make test` runs both. With
// -update the golden files and deploy/kubernetes.yml are written. Go remembers that tests have passed and does not see
// changes outside of the module, hence -count=1:
//
//	go -C test/helm test -count=1 .
//	go -C test/helm test -count=1 . -update
package helm

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

const (
	folder     = "../../deploy/helm/casterbot"
	kubernetes = "../../deploy/kubernetes.yml"
)

var update = flag.Bool("update", false, "write the golden files and deploy/kubernetes.yml")

// kinds is the order of Helm's installations.
var kinds = []string{"NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "ConfigMap", "PersistentVolumeClaim",
	"Deployment", "PodMonitor"}

var install = common.ReleaseOptions{Name: "casterbot", Namespace: "show", IsInstall: true}

func load(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.LoadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// render gives what `helm install casterbot` with these values would send, in its order. Service is who manages it.
func render(t *testing.T, values, service string) (string, error) {
	t.Helper()
	c, given := load(t), map[string]any{}
	if err := yaml.Unmarshal([]byte(values), &given); err != nil {
		t.Fatal(err)
	}
	top, err := util.ToRenderValues(c, given, install, nil)
	if err != nil {
		return "", err
	}
	top["Release"].(map[string]any)["Service"] = service
	files, err := engine.Engine{Strict: true}.RenderWithContext(t.Context(), c, top)
	if err != nil {
		return "", err
	}
	return joined(t, files), nil
}

func joined(t *testing.T, files map[string]string) string {
	t.Helper()
	parts := make([]string, len(kinds))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := strings.TrimSpace(files[name])
		if filepath.Ext(name) != ".yaml" || text == "" {
			continue
		}
		object := struct{ Kind string }{}
		if err := yaml.Unmarshal([]byte(text), &object); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		at := slices.Index(kinds, object.Kind)
		if at < 0 || parts[at] != "" {
			t.Fatalf("%s: there is no place for %s", name, object.Kind)
		}
		parts[at] = text + "\n"
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "---\n")
}

// golden compares with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: run go -C test/helm test -count=1 . -update and look at the difference. It should be\n%s", path, got)
	}
}

// cases are the values of testdata, by name.
func cases(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("%v %v", paths, err)
	}
	all := map[string]string{"kubernetes": read(t, filepath.Join(folder, "kubernetes.yaml"))}
	for _, path := range paths {
		all[strings.TrimSuffix(filepath.Base(path), ".values.yaml")] = read(t, path)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRendered: what the chart makes of each file of values is what was looked at.
func TestRendered(t *testing.T) {
	for name, values := range cases(t) {
		got, err := render(t, values, "Helm")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name != "kubernetes" {
			golden(t, "testdata/"+name+".golden.yaml", got)
		}
	}
}

// TestKubernetesYml: deploy/kubernetes.yml is the comment of its values and what the chart makes of them.
func TestKubernetesYml(t *testing.T) {
	values := read(t, filepath.Join(folder, "kubernetes.yaml"))
	got, err := render(t, values, "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	var head strings.Builder
	for line := range strings.Lines(values) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		head.WriteString(line)
	}
	golden(t, kubernetes, head.String()+got)
}

// TestNotes: what Helm says after an installation names what is still needed.
func TestNotes(t *testing.T) {
	c := load(t)
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(read(t, "testdata/sqlite.values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	top, err := util.ToRenderValues(c, values, install, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.Engine{Strict: true}.RenderWithContext(t.Context(), c, top)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/sqlite.notes.txt", files["casterbot/templates/NOTES.txt"])
}

// TestLint: helm lint has nothing to say but that there is no picture.
func TestLint(t *testing.T) {
	values := map[string]any{"image": map[string]any{"repository": "registry.example.com/casterbot"}}
	for _, m := range lint.RunAll(folder, values, "show").Messages {
		if m.Severity > support.InfoSev {
			t.Error(m)
		}
	}
}
