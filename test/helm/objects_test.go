package helm

import (
	"errors"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	network "k8s.io/api/networking/v1"
	disruption "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// objects decodes what was rendered as strictly as the API server does: a field that it does not know is an error.
func objects(t *testing.T, manifest string) []runtime.Object {
	t.Helper()
	known := runtime.NewScheme()
	if err := errors.Join(scheme.AddToScheme(known), monitoring.AddToScheme(known)); err != nil {
		t.Fatal(err)
	}
	strict := serializer.NewCodecFactory(known, serializer.EnableStrict).UniversalDeserializer()
	var all []runtime.Object
	for part := range strings.SplitSeq(manifest, "---\n") {
		object, _, err := strict.Decode([]byte(part), nil, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, part)
		}
		all = append(all, object)
	}
	return all
}

// find gives the one object of a kind, or nil.
func find[T runtime.Object](all []runtime.Object) (found T) {
	for _, object := range all {
		if o, ok := object.(T); ok {
			return o
		}
	}
	return found
}

// rendered are the objects of each file of values.
func rendered(t *testing.T) map[string][]runtime.Object {
	t.Helper()
	all := map[string][]runtime.Object{}
	for name, values := range cases(t) {
		manifest, err := render(t, values, "Helm")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = objects(t, manifest)
	}
	return all
}

// TestRestricted: the pod passes the strictest of Kubernetes' own levels.
func TestRestricted(t *testing.T) {
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	checks, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range rendered(t) {
		pod := find[*apps.Deployment](all).Spec.Template
		result := policy.AggregateCheckResults(checks.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
		if !result.Allowed {
			t.Errorf("%s: %s", name, result.ForbiddenDetail())
		}
	}
}

// TestSelectors: what selects pods selects those of the deployment.
func TestSelectors(t *testing.T) {
	for name, all := range rendered(t) {
		deployment := find[*apps.Deployment](all)
		selectors := []map[string]string{deployment.Spec.Selector.MatchLabels,
			find[*network.NetworkPolicy](all).Spec.PodSelector.MatchLabels}
		if monitor := find[*monitoring.PodMonitor](all); monitor != nil {
			selectors = append(selectors, monitor.Spec.Selector.MatchLabels)
		}
		if budget := find[*disruption.PodDisruptionBudget](all); budget != nil {
			selectors = append(selectors, budget.Spec.Selector.MatchLabels)
		}
		for _, selector := range selectors {
			for label, value := range selector {
				if deployment.Spec.Template.Labels[label] != value {
					t.Errorf("%s: %v selects no pod with %v", name, selector, deployment.Spec.Template.Labels)
				}
			}
			if len(selector) != 2 {
				t.Errorf("%s: %v selects too much", name, selector)
			}
		}
	}
}

// TestVolumes: every mount has its volume, every volume its mount, and none is of a single file.
func TestVolumes(t *testing.T) {
	for name, all := range rendered(t) {
		pod := find[*apps.Deployment](all).Spec.Template.Spec
		if mode := pod.Volumes[0].Secret.DefaultMode; *mode != 0o440 {
			t.Errorf("%s: the secrets have mode %o", name, *mode)
		}
		var volumes, mounts []string
		for _, v := range pod.Volumes {
			volumes = append(volumes, v.Name)
		}
		for _, m := range pod.Containers[0].VolumeMounts {
			mounts = append(mounts, m.Name)
			if m.SubPath != "" || m.Name == "policy" && m.MountPath != "/etc/casterbot" {
				t.Errorf("%s: %s is mounted as a single file", name, m.Name)
			}
		}
		slices.Sort(volumes)
		slices.Sort(mounts)
		if !slices.Equal(volumes, mounts) {
			t.Errorf("%s: volumes %v, mounts %v", name, volumes, mounts)
		}
	}
}

// TestByDatabase: with SQLite one pod ends before the next begins and nothing is promised to whoever drains a node;
// with several replicas one stays.
func TestByDatabase(t *testing.T) {
	for name, all := range rendered(t) {
		deployment, budget := find[*apps.Deployment](all), find[*disruption.PodDisruptionBudget](all)
		claim := find[*core.PersistentVolumeClaim](all)
		sqlite := slices.ContainsFunc(deployment.Spec.Template.Spec.Containers[0].Env, func(e core.EnvVar) bool {
			return strings.HasPrefix(e.Value, "sqlite:")
		})
		if recreate := deployment.Spec.Strategy.Type == apps.RecreateDeploymentStrategyType; recreate != sqlite {
			t.Errorf("%s: SQLite %v, strategy %v", name, sqlite, deployment.Spec.Strategy)
		}
		if several := *deployment.Spec.Replicas > 1; several != (budget != nil) {
			t.Errorf("%s: %d replicas, budget %v", name, *deployment.Spec.Replicas, budget)
		}
		if claim != nil && !sqlite {
			t.Errorf("%s: a volume that nobody uses", name)
		}
	}
}

// TestNobodyAsks: the admin port is closed unless values name who may ask.
func TestNobodyAsks(t *testing.T) {
	for name, all := range rendered(t) {
		rules := find[*network.NetworkPolicy](all).Spec
		asks := name == "rrsa"
		if len(rules.PolicyTypes) != 2 || (len(rules.Ingress) > 0) != asks {
			t.Errorf("%s: %+v", name, rules)
		}
		for _, rule := range rules.Ingress {
			if len(rule.From) == 0 {
				t.Errorf("%s: open to everybody", name)
			}
		}
		if find[*core.Service](all) != nil {
			t.Errorf("%s: there is a Service", name)
		}
	}
}
