package helm

import (
	"strings"
	"testing"
)

// needed is what every installation has to say.
const needed = "image: {repository: registry.example.com/casterbot}\n"

// refused are values that cannot work, with the words that say what is to be there instead.
var refused = []struct{ values, want string }{
	{"replicas: 2", "at '/replicas': value must be '1 with SQLite, whose file one process at a time uses; for several set"},
	{"replicas: 5\ndatabase: {kind: postgres}", "at '/replicas': value must be '4 at most: a Slack app has ten sockets"},
	{"replicas: -1", "at '/replicas': minimum: got -1, want 0"},
	{"replicas: two", "at '/replicas': got string, want integer"},
	{"database: {kind: mysql}", "at '/database/kind': value must be one of 'sqlite', 'postgres'"},
	{"database: {url: 'postgres://fake'}", "at '/database/url': value must be 'left out: the address holds a password"},
	{"database: {volume: {storageClass: alicloud-nas}}", "value must be 'a class of disks: SQLite loses data on a network"},
	{"database: {volume: {accessModes: [ReadWriteMany]}}", "value must be 'left out: one pod at a time has the volume"},
	{"policy: {subPath: policy.yml}", "at '/policy/subPath': value must be 'left out: the folder /etc/casterbot is mounted"},
	{"policy: {file: policy.yml}", "A single file would stay the old one when the policy is changed"},
	{"policy: {mountPath: /etc/casterbot/policy.yml}", "at '/policy/mountPath': value must be 'left out: the folder"},
	{"settings: {CASTERBOT_POLICY: /p.yml}", "at '/settings/CASTERBOT_POLICY': value must be 'left out: the folder"},
	{"extraVolumeMounts: [{name: a, mountPath: /a/policy.yml, subPath: policy.yml}]",
		"at '/extraVolumeMounts/0/subPath': value must be 'left out: mount the folder."},
	{"extraVolumeMounts: [{name: a, mountPath: /etc/casterbot/policy.yml}]", "'another one: the chart mounts something there'"},
	{"extraVolumeMounts: [{name: a, mountPath: /data}]", "'another one: the chart mounts something there'"},
	{"extraVolumeMounts: [{name: a, mountPath: /}]", "'a folder of its own: this one hides the program, the authorities or"},
	{"extraVolumeMounts: [{name: a, mountPath: /etc}]", "'a folder of its own: this one hides the program, the authorities"},
	{"extraVolumeMounts: [{name: a, mountPath: /var/run/secrets/}]", "'a folder of its own: this one hides the program, the auth"},
	{"extraVolumeMounts: [{name: a, mountPath: /casterbot}]", "'a folder of its own: this one hides the program, the authorit"},
	{"extraVolumeMounts: [{name: a, mountPath: /a/../data}]", "'written without // and ..'"},
	{"extraVolumeMounts: [{name: a, mountPath: /etc//casterbot}]", "'written without // and ..'"},
	{"extraVolumes: [{name: policy, emptyDir: {}}]", "'another one: the chart has a volume of that name'"},
	{"extraVolumes: [{name: node, hostPath: {path: /}}]", "value must be 'left out: the pod keeps to what Kubernetes calls restr"},
	{"securityContext: {privileged: true}", "value must be 'left out: the pod keeps to what Kubernetes calls restricted"},
	{"service: {type: LoadBalancer}", "at '/service': value must be 'left out: the admin port is for probes and metrics"},
	{"ingress: {enabled: true}", "at '/ingress': value must be 'left out: the admin port is for probes and metrics"},
	{"hostNetwork: true", "at '/hostNetwork': value must be 'left out: the admin port is for probes and metrics"},
	{"admin: {hostPort: 9090}", "at '/admin/hostPort': value must be 'left out: the admin port is for probes and metrics"},
	{"admin: {port: 80}", "at '/admin/port': value must be '1024 or higher: the bot is not root'"},
	{"admin: {from: [{ipBlock: {cidr: 0.0.0.0/0}}]}", "'the addresses of whoever collects metrics: the admin port is not for"},
	{"admin: {from: [{ipBlock: {cidr: '::/0'}}]}", "'the addresses of whoever collects metrics: the admin port is not for"},
	{"admin: {from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}", "'in an entry of its own: selectors do not go with it'"},
	{"admin: {from: [{}]}", "at '/admin/from/0': minProperties: got 0, want 1"},
	{"podMonitor: {enabled: true}", "at '/admin/from': value must be 'who collects the metrics, with podMonitor.enabled: the"},
	{"network: {enabled: false}", "'left out: without its NetworkPolicy the admin port is open to every pod'"},
	{"settings: {CASTERBOT_ADMIN_ADDR: '0.0.0.0:9090'}", "at '/settings/CASTERBOT_ADMIN_ADDR': value must be 'left out: it is"},
	{"settings: {SLACK_BOT_TOKEN: xoxb-fake}", "value must be 'left out: a secret is a key of the Secret, not a value'"},
	{"settings: {slack_bot_token: xoxb-fake}", "value must be 'left out: a secret is a key of the Secret, not a value'"},
	{"cloud: {credentials: rrsa, roleArn: 'acs:ram::1:role/a', oidcProviderArn: 'acs:ram::1:oidc-provider/a'}\n" +
		"settings: {ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1:role/b'}", "value must be 'left out: it is cloud.roleArn, with"},
	{"cloud: {accessKeySecret: fake}", "value must be 'left out: it is the key access_key_secret of the Secret'"},
	{"cloud: {credentials: rrsa, oidcProviderArn: 'acs:ram::1:oidc-provider/a'}",
		"at '/cloud/roleArn': value must be 'acs:ram::ACCOUNT_ID:role/NAME, the role to assume, with credentials=rrsa'"},
	{"cloud: {credentials: rrsa, roleArn: 'acs:ram::1:role/a'}", "at '/cloud/oidcProviderArn': value must be 'acs:ram::ACCOUNT"},
	{"cloud: {credentials: ecs}", "at '/cloud/ecsRole': value must be 'the name of the RAM role that the nodes have"},
	{"cloud: {region: Shanghai}", "at '/cloud/region': 'Shanghai' does not match pattern"},
	{"autoscaling: {enabled: true}", "at '/autoscaling': value must be 'left out: more replicas make nothing faster"},
	{"strategy: {type: RollingUpdate}", "at '/strategy': value must be 'left out: it follows from database.kind'"},
	{"replica: 2", "additional properties 'replica' not allowed"},
	{"podLabels: {app.kubernetes.io/name: other}", "value must be 'left out: the chart sets it'"},
}

// TestRefused: values that cannot work are refused before anything is sent, by one line for each that says what to do.
func TestRefused(t *testing.T) {
	for _, c := range refused {
		_, err := render(t, needed+c.values, "Helm")
		if err == nil {
			t.Errorf("%s: not refused", c.values)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n- at") != 1 {
			t.Errorf("%s: want %q once and alone, got\n%v", c.values, c.want, err)
		}
	}
	if _, err := render(t, "", "Helm"); err == nil || !strings.Contains(err.Error(),
		"at '/image/repository': value must be 'where you have pushed the image that make image builds") {
		t.Errorf("without an image: %v", err)
	}
}

// TestAccepted: what looks like the refused ones and works is let through.
func TestAccepted(t *testing.T) {
	for _, values := range []string{
		"replicas: 0",
		"replicas: 4\ndatabase: {kind: postgres}",
		"global: {anything: 1}",
		"database: {volume: {storageClass: alicloud-disk-essd}}",
		"database: {volume: {storageClass: bananas-ssd, claim: mine}}",
		"admin: {from: [{namespaceSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]}",
		"settings: {ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1:role/b'}",
		"settings: {CASTERBOT_LOG_LEVEL: debug, CASTERBOT_QUOTA_SHARE: 50, HTTPS_PROXY: 'http://proxy:3128'}",
		"extraVolumes: [{name: authority, configMap: {name: authority}}]\n" +
			"extraVolumeMounts: [{name: authority, mountPath: /etc/authority, readOnly: true}]",
	} {
		if _, err := render(t, needed+values, "Helm"); err != nil {
			t.Errorf("%s: %v", values, err)
		}
	}
}

// TestSettingsAreTexts: a number or a truth is written as it stands in the values.
func TestSettingsAreTexts(t *testing.T) {
	out, err := render(t, needed+"settings: {A: 1234567, B: 0.5, C: true, D: '1e+06', E: 'a \"b\" <c>'}", "Helm")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`A, value: "1234567"}`, `B, value: "0.5"}`, `C, value: "true"}`, `D, value: "1e+06"}`,
		`E, value: "a \"b\" <c>"}`} {
		if !strings.Contains(out, "- {name: "+want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}
