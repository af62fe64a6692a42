package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/op"
)

const sample = `version: 1
channels:
  C0SHOW:
    name: "#show"
    studios: ["Evening*"]
    streams: {main: live.example.com/show/main, cams: "live.example.com/show/cam*"}
    grants:
      - who: [U0ANA, S0CREW]
        may: ["caster.*"]
        confirm: self
`

func program(t *testing.T) (Program, *bytes.Buffer, *bytes.Buffer, string) {
	path := filepath.Join(t.TempDir(), "policy.yml")
	if err := os.WriteFile(path, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs := &bytes.Buffer{}, &bytes.Buffer{}
	verbs := []string{"caster.restart", "record.stop"}
	fail := Command{Name: "fail", Examples: []string{"casterbot fail"}, Run: func(context.Context, Call) error {
		return errors.New("it broke, xoxb-canary-1")
	}}
	first := Command{Name: "run", Default: true, Examples: []string{"casterbot"}, Help: Settings(config.Rows()),
		Run: func(_ context.Context, c Call) error {
			_, err := c.Out.Write([]byte("running"))
			return err
		}}
	version := Command{Name: "version", Run: func(_ context.Context, c Call) error {
		_, err := c.Out.Write([]byte("casterbot 1.2"))
		return err
	}}
	return Program{Name: "casterbot", Short: "Sample.", Out: out, Err: errs, Commands: []Command{
		first, fail, version,
		PolicyCommand(verbs, map[string]op.Effect{"caster.restart": op.OnAir, "record.stop": op.Change}),
	}}, out, errs, path
}

func TestExitCodesAndWords(t *testing.T) {
	for line, want := range map[string]struct {
		code int
		said string
	}{
		"":                          {OK, "running"},
		"run":                       {OK, "running"},
		"--help":                    {OK, "3 denied, or nothing but warnings"},
		"help":                      {OK, "casterbot COMMAND --help"},
		"run --help":                {OK, "CASTERBOT_POLICY"},
		"help run":                  {OK, "CASTERBOT_POLICY"},
		"help policy":               {OK, "policy check"},
		"help policy explain":       {OK, "-person"},
		"help help":                 {OK, "Examples:"},
		"help rum":                  {Misused, `did you mean "run"?`},
		"-v":                        {OK, "casterbot 1.2"},
		"--version":                 {OK, "casterbot 1.2"},
		"version":                   {OK, "casterbot 1.2"},
		"rum":                       {Misused, `did you mean "run"?`},
		"run --nonsense":            {Misused, "there is no flag --nonsense; casterbot run --help"},
		"policy explain --chanel x": {Misused, "there is no flag --chanel (did you mean --channel?)"},
		"policy explain --channel":  {Misused, "--channel needs its ID"},
		"policy explain --guest=x":  {Misused, `--guest is "x": it should be true or false`},
		"policy explain -h":         {OK, "-person"},
		"run too much":              {Misused, `"too" is too much`},
		"fail":                      {Failure, "it broke, [secret]"},
		"policy":                    {Misused, "which command?"},
		"policy --help":             {OK, "policy check"},
		"policy check":              {Misused, "takes one FILE"},
		"policy check FILE":         {OK, "is good: 1 channel,"},
		"policy check FILE --help":  {OK, "Read a policy file"},
		"policy check FILE --no":    {Misused, "there is no flag --no"},
		"policy check -- --no":      {Failure, "open --no"},
		"policy check /nowhere.yml": {Failure, "/nowhere.yml"},
		"policy explain --help":     {OK, "-person"},
		"policy explain":            {Misused, "needs --person"},
		"policy explain --file FILE --person U0ANA --channel C0SHOW --verb caster.nap": {
			Misused, "caster.restart, record.stop"},
		"policy explain --file FILE --person U0ANA --channel C0SHOW --verb caster.restart --studio EveningNews": {
			OK, "policy.yml:8"},
		"policy explain --file FILE --person U0BO --groups S0NONE,S0CREW --channel C0SHOW --verb caster.restart": {
			OK, "allowed"},
		"policy explain --file FILE --person U0ANA --channel #show --verb caster.restart":            {OK, "policy.yml:8"},
		"policy explain --file FILE --person U0ANA --channel show --verb caster.urls":                {OK, "allowed"},
		"policy explain --file FILE --person U0BO --channel show --verb caster.urls":                 {Denied, "denied"},
		"policy explain --file FILE --person U0ANA --channel #show --verb record.stop --stream main": {Denied, "/main"},
		"policy explain --file FILE --person U0ANA --channel #other --verb caster.restart": {
			Misused, `"#other" is none of the channels of policy.yml: C0SHOW #show`},
		"policy explain --file FILE --person U0ANA --channel show --verb record.stop --stream mian": {
			Misused, "aliases of the channel: main, cams"},
		"policy explain --file FILE --person U0ANA --channel show --verb record.stop --stream cams": {
			Misused, "stands for the pattern live.example.com/show/cam*"},
		"policy explain --file FILE --person U0ANA --channel show --verb record.stop --stream live.example.com/show/*": {
			Misused, "is a pattern"},
		"policy explain --file FILE --person @ana --channel show --verb caster.restart":   {Misused, "Copy member ID"},
		"policy explain --file FILE --person ana --channel show --verb caster.restart":    {Misused, "no user id"},
		"policy explain --file FILE --person S0CREW --channel show --verb caster.restart": {Misused, "no user id"},
		"policy explain --file FILE --person U0BO --groups crew --channel show --verb caster.restart": {
			Misused, "--groups"},
		"policy explain --file FILE --person U0ANA --channel show --verb caster.restrt": {
			Misused, `did you mean "caster.restart"?`},
		"policy explain --file FILE --person U0ANA --channel show --verb record.stop --studio Evening": {
			Misused, "is about a stream"},
		"policy explain --file FILE --person U0ANA --channel show --verb caster.restart --stream main": {
			Misused, "is about a studio"},
		"policy explain --file FILE --person U0BO --channel C0SHOW --verb caster.restart": {
			Denied, "denied"},
		"policy explain --file FILE --person U0ANA --guest --channel C0SHOW --verb caster.restart": {
			Denied, "guests"},
		"policy explain --file FILE --person U0ANA --channel C0SHOW --verb record.stop --stream live.example.com/show/main": {
			Denied, "denied"},
		"policy explain --file FILE --person U0ANA --channel C0SHOW --verb caster.restart --studio Morning": {
			Denied, "denied"},
	} {
		t.Run(line, func(t *testing.T) {
			p, out, errs, path := program(t)
			code := p.Run(context.Background(), strings.Fields(strings.ReplaceAll(line, "FILE", path)))
			said := out.String() + errs.String()
			if code != want.code || !strings.Contains(said, want.said) {
				t.Errorf("exit %d, said %q", code, said)
			}
			if strings.Contains(said, "canary") {
				t.Error("a token was printed")
			}
		})
	}
}
