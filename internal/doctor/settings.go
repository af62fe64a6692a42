package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"casterbot/internal/config"
)

// checkSettings tells every mistake that the start would tell one at a time.
func checkSettings(_ context.Context, x *exam) []Finding {
	n := notes{check: "settings"}
	for _, p := range x.Wrong {
		n.bad(x.remedy(p), "%s", unquoted(p.Error()))
	}
	n.strange(x)
	if len(n.list) == 0 {
		n.ok("every setting can be read")
	}
	return n.list
}

// strange looks for what other tools call a setting that is not set: whoever gave it believes that it is used.
func (n *notes) strange(x *exam) {
	for _, other := range []struct {
		name, ours string
		set        bool
	}{
		{"ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", os.Getenv("ALIBABA_CLOUD_REGION_ID") != ""},
		{"ALICLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", os.Getenv("ALIBABA_CLOUD_REGION_ID") != ""},
		{"ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", x.Settings.AccessKeyID != ""},
		{"ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", x.Settings.AccessKeySecret != ""},
	} {
		if os.Getenv(other.name) != "" && !other.set {
			n.warn("set "+other.ours+", or unset "+other.name, "%s is set, which casterbot does not use", other.name)
		}
	}
}

// remedy is what to do against a problem.
func (x *exam) remedy(p config.Problem) string {
	if do := config.Remedy(p); do != "" {
		return unquoted(do)
	}
	if load := x.unloaded(); load != "" && errors.Is(p, config.ErrNotSet) {
		return load
	}
	return mend(p.Name)
}

// unloaded is how to read the file of settings that lies here, where no token is set: it was forgotten.
func (x *exam) unloaded() string {
	if x.unset("SLACK_APP_TOKEN") && x.unset("SLACK_BOT_TOKEN") {
		return config.Unloaded()
	}
	return ""
}

// opaque is a word that may be a secret in the wrong place: long, and neither a name of a setting nor a path, an
// address or a word of people.
var opaque = regexp.MustCompile(`[A-Za-z0-9+=_./:-]{16,}`)

// unquoted takes such words out of the text of a problem, which quotes values.
func unquoted(text string) string {
	return opaque.ReplaceAllStringFunc(text, func(word string) string {
		bare := strings.TrimRight(word, ".:")
		if strings.ContainsAny(bare, "./:") || strings.ToUpper(word) == word && strings.Contains(word, "_") {
			return word
		}
		return "[not shown]" + strings.TrimPrefix(word, bare)
	})
}

// mend says where a setting comes from.
func mend(name string) string {
	for _, row := range config.Rows() {
		if row.Name != name {
			continue
		}
		if _, from, ok := strings.Cut(row.Text, "; from "); ok {
			return "set " + name + ": " + from
		}
		return "set " + name + ": " + plain(row.Text) + byDefault(row.Default)
	}
	if name == "DEBUG" {
		return "unset DEBUG"
	}
	return "unset " + name + ", or name a setting: casterbot run --help lists them"
}

func plain(text string) string { return strings.ReplaceAll(text, "`", "") }

func byDefault(value string) string {
	if value == "" {
		return ""
	}
	return " (default " + value + ")"
}

// What the mode of a file gives to others.
const (
	othersRead  = 0o004
	othersWrite = 0o022 // the group too
)

// checkFiles looks at who may read the files of secrets, and who may write the policy: whoever can gives rights.
func checkFiles(_ context.Context, x *exam) []Finding {
	n := notes{check: "files"}
	for _, f := range x.Files {
		info, err := os.Stat(f.Path)
		switch {
		case err != nil || info.IsDir(): // the settings have told
		case contained(): // there are no others
		case info.Mode()&(othersRead|othersWrite) != 0:
			n.warn("chmod 600 "+f.Path, "%s, which %s names, has mode %04o: others can read or write the secret in it", f.Path,
				f.Name, info.Mode().Perm())
		}
	}
	for _, folder := range x.folders() {
		if info, err := os.Stat(folder); err == nil && !contained() && info.Mode()&othersWrite != 0 &&
			info.Mode()&os.ModeSticky == 0 {
			n.warn("chmod go-w "+folder, "the folder %s has mode %04o: others can put another file in the place of the policy or "+
				"of a secret", folder, info.Mode().Perm())
		}
	}
	if info, err := os.Stat(x.Settings.PolicyFile); err == nil && !info.IsDir() && info.Mode()&othersWrite != 0 {
		n.warn("chmod go-w "+x.Settings.PolicyFile, "%s, the policy, has mode %04o: others can give themselves rights in it",
			x.Settings.PolicyFile, info.Mode().Perm())
	}
	n.token(x.Settings.OIDCTokenFile)
	if len(n.list) == 0 {
		n.ok("nobody else can read a secret or write the policy")
	}
	return n.list
}

// folders are those of the policy and of the secrets, each once.
func (x *exam) folders() []string {
	all := []string{filepath.Dir(x.Settings.PolicyFile)}
	for _, f := range x.Files {
		all = append(all, filepath.Dir(f.Path))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// token looks at the file with the token of Kubernetes, which somebody else keeps.
func (n *notes) token(path string) {
	if path == "" {
		return
	}
	data, err := os.ReadFile(path)
	switch {
	case err != nil:
		n.bad("mount the token of the service account there (RRSA), or correct ALIBABA_CLOUD_OIDC_TOKEN_FILE",
			"ALIBABA_CLOUD_OIDC_TOKEN_FILE: %s", unquoted(err.Error()))
	case len(strings.TrimSpace(string(data))) == 0:
		n.bad("mount the token of the service account there (RRSA)", "ALIBABA_CLOUD_OIDC_TOKEN_FILE: %s is empty", path)
	}
}

// checkZones asks for the tables of the world's time zones, and for the zone of this machine.
func checkZones(context.Context, *exam) []Finding {
	n := notes{check: "time zones"}
	if _, err := time.LoadLocation("Europe/Berlin"); err != nil {
		n.bad("install tzdata, or unset ZONEINFO", "the table of time zones cannot be read")
	}
	name := strings.TrimPrefix(os.Getenv("TZ"), ":")
	if _, err := time.LoadLocation(name); err != nil && !fileOfZone(name) {
		n.warn("set TZ to a name such as Europe/Berlin, or unset it",
			"TZ is %q, which is no time zone: the times of the log are in UTC", name)
	}
	if len(n.list) == 0 {
		n.ok("the time zones are known")
	}
	return n.list
}

// fileOfZone: TZ may name a file.
func fileOfZone(name string) bool {
	info, err := os.Stat(name)
	return strings.HasPrefix(name, "/") && err == nil && !info.IsDir()
}
