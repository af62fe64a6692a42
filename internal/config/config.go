// Package config reads casterbot's settings from the environment, says in one line what is wrong with them, and makes
// the log. It keeps true that a secret prints as [secret] wherever it goes, and that plain http is accepted only to
// this machine. It knows nothing of what the settings are for.
package config

import "reflect"

// Config holds every setting. The tags are the documentation: Rows lists them for --help and the README.
type Config struct {
	SlackAppToken Secret `envconfig:"SLACK_APP_TOKEN" desc:"app-level token (xapp-…) with connections:write" from:"api.slack.com/apps → your app → Basic Information → App-Level Tokens" prefix:"xapp-" need:"true"`
	SlackBotToken Secret `envconfig:"SLACK_BOT_TOKEN" desc:"bot token (xoxb-…)" from:"api.slack.com/apps → your app → OAuth & Permissions, after installing it" prefix:"xoxb-" need:"true"`
	SlackAPIURL   string `envconfig:"SLACK_API_URL" default:"https://slack.com/api/" desc:"Slack's Web API; another one for tests"`

	AccessKeyID     Secret `envconfig:"ALIBABA_CLOUD_ACCESS_KEY_ID" desc:"access key id of a RAM user with the policy of the README" from:"the RAM console"`
	AccessKeySecret Secret `envconfig:"ALIBABA_CLOUD_ACCESS_KEY_SECRET" desc:"its secret" from:"the RAM console, once, when the key is made"`
	SecurityToken   Secret `envconfig:"ALIBABA_CLOUD_SECURITY_TOKEN" desc:"STS token, when the key is a temporary one"`
	RoleARN         string `envconfig:"ALIBABA_CLOUD_ROLE_ARN" desc:"RAM role to assume"`
	RoleSessionName string `envconfig:"ALIBABA_CLOUD_ROLE_SESSION_NAME" default:"casterbot" desc:"name of the role session in which casterbot looks; each change has one of its own, PERSON.REFERENCE"`
	OIDCProviderARN string `envconfig:"ALIBABA_CLOUD_OIDC_PROVIDER_ARN" desc:"OIDC provider, on Kubernetes with RRSA"`
	OIDCTokenFile   string `envconfig:"ALIBABA_CLOUD_OIDC_TOKEN_FILE" desc:"file with the OIDC token"`
	ECSRole         string `envconfig:"ALIBABA_CLOUD_ECS_METADATA" desc:"RAM role of the ECS instance"`
	Profile         string `envconfig:"ALIBABA_CLOUD_PROFILE" desc:"profile of the vendor's command line"`
	Region          string `envconfig:"ALIBABA_CLOUD_REGION_ID" default:"cn-shanghai" desc:"region id sent with every call"`
	LiveEndpoint    string `envconfig:"CASTERBOT_LIVE_ENDPOINT" default:"https://live.aliyuncs.com" desc:"ApsaraVideo Live's endpoint; another one for tests"`
	STSEndpoint     string `envconfig:"CASTERBOT_STS_ENDPOINT" desc:"where a role is assumed, when not at https://sts.aliyuncs.com or where ALIBABA_CLOUD_STS_REGION says"`
	ActionTrail     string `envconfig:"CASTERBOT_ACTIONTRAIL" default:"off" desc:"on: ask ActionTrail what became of a call without an answer, and who changed a studio by other hands; see docs/operations.md"`
	TrailEndpoint   string `envconfig:"CASTERBOT_ACTIONTRAIL_ENDPOINT" desc:"ActionTrail's endpoint, when it is not that of the region"`

	PolicyFile      string `envconfig:"CASTERBOT_POLICY" default:"policy.yml" desc:"who may do what, where; see docs/policy.md"`
	DatabaseURL     Secret `envconfig:"CASTERBOT_DATABASE_URL" default:"sqlite:casterbot.db" desc:"where operations are kept: sqlite:FILE, or postgres://… for several processes, see docs/scaling.md"`
	AuditKey        Secret `envconfig:"CASTERBOT_AUDIT_KEY" desc:"key that signs the audit log's checkpoints, see docs/audit.md" from:"casterbot audit keygen"`
	AuditFile       string `envconfig:"CASTERBOT_AUDIT_FILE" desc:"file to which checkpoints are appended; on another machine's disk, or where the bot can only append"`
	AuditWitness    string `envconfig:"CASTERBOT_AUDIT_WITNESS" desc:"address of a witness that signs checkpoints (c2sp.org/tlog-witness)"`
	AuditWitnessKey string `envconfig:"CASTERBOT_AUDIT_WITNESS_KEY" desc:"its public key"`

	AuditArchive string `envconfig:"CASTERBOT_AUDIT_ARCHIVE" desc:"folder to which the oldest entries of the audit log are moved; empty: none are"`
	Keep         int    `envconfig:"CASTERBOT_KEEP" default:"400" desc:"after how many days they are" form:"a number of days, 30 or more, such as 400"`

	AdminAddr  string `envconfig:"CASTERBOT_ADMIN_ADDR" default:"127.0.0.1:9090" desc:"address of /healthz, /readyz and /metrics; empty for none" empty:"none"`
	WatchShare int    `envconfig:"CASTERBOT_WATCH_SHARE" default:"10" desc:"how much of the account's limits the guardian and the boards may use, in percent" form:"a number of percent from 1 to 100, such as 10"`
	QuotaShare int    `envconfig:"CASTERBOT_QUOTA_SHARE" default:"90" desc:"how much of the account's limits casterbot may use, all its processes together, in percent; the rest is for other tools" form:"a number of percent from 1 to 100, such as 90"`
	LogLevel   string `envconfig:"CASTERBOT_LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat  string `envconfig:"CASTERBOT_LOG_FORMAT" default:"json" desc:"json or text"`
}

// Row documents one setting.
type Row struct{ Name, Default, Text string }

// Rows lists the settings in their order. Secrets can also be given as a file, by NAME_FILE.
func Rows() []Row {
	var rows []Row
	for _, f := range fields(&Config{}) {
		text := f.tag.Get("desc")
		if f.secret != nil {
			text += "; or `" + f.name + "_FILE`"
		}
		if from := f.tag.Get("from"); from != "" {
			text += "; from " + from
		}
		rows = append(rows, Row{Name: f.name, Default: f.tag.Get("default"), Text: text})
	}
	return rows
}

type field struct {
	name   string
	tag    reflect.StructTag
	secret *Secret
}

func fields(c *Config) []field {
	value := reflect.ValueOf(c).Elem()
	list := make([]field, value.NumField())
	for i := range list {
		tag := value.Type().Field(i).Tag
		secret, _ := value.Field(i).Addr().Interface().(*Secret)
		list[i] = field{name: tag.Get("envconfig"), tag: tag, secret: secret}
	}
	return list
}
