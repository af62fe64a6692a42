package config

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
)

// Log makes the logger that the settings ask for. Whatever looks like a token, a key or a signature is masked in it,
// should one ever get that far.
func (c Config) Log(out io.Writer) (*slog.Logger, error) {
	level, err := Level("CASTERBOT_LOG_LEVEL", c.LogLevel)
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: scrubAttr}
	switch c.LogFormat {
	case "json":
		return slog.New(slog.NewJSONHandler(out, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(out, options)), nil
	}
	return nil, fmt.Errorf("CASTERBOT_LOG_FORMAT is %q: it must be json or text", c.LogFormat)
}

// checkLog says what is wrong with the settings of the log.
func (c Config) checkLog() []Problem {
	var wrong problems
	_, err := Level("CASTERBOT_LOG_LEVEL", c.LogLevel)
	wrong.add("CASTERBOT_LOG_LEVEL", err)
	c.LogLevel = "info"
	_, err = c.Log(io.Discard)
	wrong.add("CASTERBOT_LOG_FORMAT", err)
	return wrong
}

// Level reads a level of the log; name is the setting that it stands in.
func Level(name, text string) (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return level, fmt.Errorf("%s is %q: it must be debug, info, warn or error", name, text)
	}
	return level, nil
}

// secrets matches Slack tokens, keys of the audit log, sockets' tickets, access key ids, and what signs or unlocks an
// address.
var secrets = regexp.MustCompile(
	`xox[a-z]-[\w-]+|PRIVATE\+KEY\+[^+\s]+\+[0-9a-f]{8}\+[\w+/=]+|xapp-[\w-]+|LTAI\w+|STS\.\w+|(auth_key|ticket|Signature|SecurityToken|AccessKeyId)=[^&\s"]+|/commands/T\w+/\w+/\w+|/actions/T\w+/\w+/\w+`)

// Scrub masks what looks like a secret.
func Scrub(text string) string { return secrets.ReplaceAllString(text, hidden) }

func scrubAttr(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Scrub(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(Scrub(err.Error()))
		}
	}
	return a
}
