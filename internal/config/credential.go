package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// credential is the file in which systemd gives a secret to a service (LoadCredential=), when the environment does not
// give it. It is named like the setting, in lower case and without whose it is: access_key_id. A blank one is none: so
// a unit says that a secret may be missing.
func (f field) credential() string {
	folder := os.Getenv("CREDENTIALS_DIRECTORY")
	if folder == "" || os.Getenv(f.name) != "" {
		return ""
	}
	path := filepath.Join(folder, credentialName(f.name))
	if text, err := os.ReadFile(path); os.IsNotExist(err) || err == nil && len(bytes.TrimSpace(text)) == 0 {
		return ""
	}
	return path
}

func credentialName(setting string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(setting, "CASTERBOT_"), "ALIBABA_CLOUD_")
	return strings.ToLower(name)
}
