package setup

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// TestWrongAnswersAreAskedAgain: whatever is wrong is said in words that lead on, and asked again.
func TestWrongAnswersAreAskedAgain(t *testing.T) {
	t.Run("kinds of tokens", func(t *testing.T) {
		p := openWorld(t).sits()
		p.reads("app token (not shown)").types("xoxp-of-a-person").reads("that is the token of a person").
			reads("App-Level Tokens")
		p.types("deadbeefdeadbeefdeadbeefdeadbeef").reads("that is a signing secret or client secret")
		p.types("").reads("nothing came").types("https://hooks.slack.com/services/T0/B0/deadbeef").
			reads("the address of a webhook")
		p.types("xapp-two words").reads("white space or odd characters").types(goodApp)
		p.reads("bot token (not shown)").types(goodApp).reads("that is an app-level token, not the bot token").
			reads("Bot User OAuth Token").types("xoxe.xoxb-1-deadbeef").reads("a token that rotates").types(goodBot)
		p.reads("@casterbot is in the workspace")
	})
	t.Run("scopes", func(t *testing.T) {
		w := openWorld(t, func(c *fakeslack.Config) {
			c.Scopes = []string{"commands", "chat:write", "channels:read", "groups:read", "users:read", "im:write",
				"app_mentions:read"}
		})
		p := w.sits().logsIn()
		p.reads("it lacks the scopes pins:write, usergroups:read").reads("Reinstall to Workspace").
			reads("bot token (not shown)")
	})
	t.Run("two apps", func(t *testing.T) {
		const other = "xapp-1-A0SOMEOTHER-canary"
		w := openWorld(t, func(c *fakeslack.Config) { c.AppToken = other })
		p := w.sits().reads("app token (not shown)").types(other).reads("bot token (not shown)").types(goodBot)
		p.reads("the app token is of the app A0SOMEOTHER").reads("bot token (not shown)")
	})
	t.Run("no rights", func(t *testing.T) {
		w := openWorld(t)
		w.refuses("Forbidden.RAM")
		p := w.sits().logsIn().opens("")
		p.reads("may not do this (Forbidden.RAM)").reads(`"live:CopyCaster"`).reads("Enter to try again").types("")
		p.reads("ApsaraVideo Live answers: 8 studios")
	})
	t.Run("no studio", func(t *testing.T) {
		p := openWorld(t).sits().logsIn().opens(emptyRegion)
		p.reads("the account has no studio in eu-central-1").reads("Another region").types("cn-shanghai")
		p.reads("ApsaraVideo Live answers: 8 studios")
	})
	t.Run("no region", func(t *testing.T) {
		w := openWorld(t)
		w.refuses("InvalidRegionId.NotFound")
		p := w.sits().logsIn().opens("cn-shangai").reads("there is no region cn-shangai").reads("Region").types("")
		p.reads("ApsaraVideo Live answers: 8 studios")
	})
	t.Run("another key", func(t *testing.T) {
		p := openWorld(t).sits().logsIn().reads("Region").types("").reads("RAM role").types("")
		p.reads("access key ID (not shown)").types(goodBot).reads("that is a bot token, not the access key ID")
		p.types(goodKey).reads("access key secret (not shown)").types(goodKey).
			reads("that is the ID of an access key, not the access key secret").types("another-secret")
		p.reads("the bot's access key secret is wrong").reads("access key ID (not shown)").types(goodKey)
		p.reads("access key secret (not shown)").types(goodSecret).reads("ApsaraVideo Live answers")
	})
}

// refuses lets the cloud refuse the next list of studios.
func (w *world) refuses(code string) {
	w.t.Helper()
	if _, err := w.live.Inject(fakelive.Fault{Action: "DescribeCasters", Kind: fakelive.Refuse, Code: code}); err != nil {
		w.t.Fatal(err)
	}
}

// TestARevokedTokenIsReplaced: what a run before has written is tried again; a person is asked for another one, and
// without a person it is an error. What is still good is kept.
func TestARevokedTokenIsReplaced(t *testing.T) {
	w := openWorld(t)
	w.given()
	if said, err := w.runs(); err != nil {
		t.Fatal(said)
	}
	w.Slack.AppToken, w.Slack.BotToken, w.Cloud.KeyID, w.Cloud.KeySecret = "", "", "", ""
	w.Policy = PolicyAnswers{}
	w.slack.Fail("auth.test", fakeslack.Fault{Error: "token_revoked", Times: 1})
	said, err := w.runs()
	if err == nil || !strings.Contains(said, "kept, secrets/slack_bot_token): the bot token was revoked") {
		t.Fatal(said)
	}
	w.slack.Fail("auth.test", fakeslack.Fault{Error: "token_revoked", Times: 1})
	w.Yes = false
	p := w.sits().reads("app token: kept").reads("was revoked").reads("bot token (not shown)").types(goodBot)
	p.reads("policy: kept").reads("To start it")
	if <-p.ended; p.err != nil {
		t.Error(p.err)
	}
}

// TestWithoutATerminal: everything that is missing or wrong is an error that names its flag, and holds no secret.
func TestWithoutATerminal(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world)
		want   string
	}{
		"no app token": {func(w *world) { w.Slack.AppToken = "" }, "the app token is missing: give --app-token-file"},
		"no bot token": {func(w *world) { w.Slack.BotToken = "" }, "the bot token is missing: give --bot-token-file"},
		"no key":       {func(w *world) { w.Cloud.KeyID = "" }, "the access key ID is missing: give --access-key-id-file"},
		"another token": {func(w *world) { w.Slack.AppToken = w.file("xoxb-canary") },
			"that is a bot token, not the app token"},
		"token as a path": {func(w *world) { w.Slack.AppToken = goodApp }, "--app-token-file names no file"},
		"key as a path":   {func(w *world) { w.Cloud.KeySecret = goodSecret }, "--access-key-secret-file names no file"},
		"another key":     {func(w *world) { w.Cloud.KeySecret = w.file("deadbeef") }, "access key secret is wrong"},
		"no region":       {func(w *world) { w.Cloud.Region = "Shanghai" }, `--region is "Shanghai"`},
		"no account":      {func(w *world) { w.Cloud.Account = "me" }, `--account is "me"`},
		"no channel":      {func(w *world) { w.Policy.Channels = "" }, "the channel is missing: give --channel"},
		"unknown channel": {func(w *world) { w.Policy.Channels = "#show-contrl" },
			`--channel: there is no channel "#show-contrl": did you mean #show-control? (in Slack`},
		"not in it":      {func(w *world) { w.Policy.Channels = "crew-lounge" }, "type /invite @casterbot"},
		"nobody":         {func(w *world) { w.Policy.Operators = "" }, "the operator is missing: give --operators"},
		"unknown person": {func(w *world) { w.Policy.Leads = "@kan" }, "--leads: there is no lead"},
		"unknown studio": {func(w *world) { w.Policy.Studios = "Evening Nws" },
			`--studios: there is no studio "Evening Nws": did you mean Evening News?`},
		"two studios":    {func(w *world) { w.Policy.Studios = "Evening Talk" }, "--studios: there are 2 of the name"},
		"unknown stream": {func(w *world) { w.Policy.Streams = "mian" }, "--streams: there is no stream"},
		"nothing":        {func(w *world) { w.Policy.Studios, w.Policy.Streams = "", "" }, "give --studios or --streams"},
		"odd folder":     {func(w *world) { w.Dir += "/a b" }, "--dir names another one"},
		"no step":        {func(w *world) { w.Step = goodSecret }, "the steps are slack, cloud, policy, check"},
		"plain http": {func(w *world) { w.Slack.API = "http://slack.example.com/api/" },
			"SLACK_API_URL must begin with https://"},
		"no rights": {func(w *world) { w.refuses("Forbidden.RAM") }, "it needs the RAM policy of casterbot"},
	} {
		t.Run(name, func(t *testing.T) {
			w := openWorld(t)
			w.given()
			c.change(w)
			said, err := w.runs()
			if err == nil || !strings.Contains(said, c.want) {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

// TestNothingIsOverwritten: a second run keeps everything; another answer needs --replace, and leaves a copy.
func TestNothingIsOverwritten(t *testing.T) {
	w := openWorld(t)
	w.given()
	if said, err := w.runs(); err != nil {
		t.Fatal(said)
	}
	before := w.written(policyFile)
	settings := "# mine\nCASTERBOT_LOG_LEVEL=debug\n" + w.written(settingsFile)
	if err := os.WriteFile(filepath.Join(w.Dir, settingsFile), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := w.runs(); err != nil || w.written(policyFile) != before || w.written(settingsFile) != settings {
		t.Errorf("the same answers: %s\n%s", said, w.written(settingsFile))
	}
	w.Policy.Studios = "Evening *"
	if said, err := w.runs(); err == nil || !strings.Contains(said, "--replace replaces it") ||
		w.written(policyFile) != before {
		t.Errorf("another answer: %s", said)
	}
	w.Replace = true
	if said, err := w.runs(); err != nil || w.written(policyFile) == before || w.written(policyFile+".old") != before {
		t.Errorf("with --replace: %s", said)
	}
	w.Replace, w.Slack.BotToken = false, w.file("xoxb-fake-of-nobody-canary")
	if said, err := w.runs(); err == nil || w.written("secrets/slack_bot_token") != goodBot+"\n" {
		t.Errorf("a token that is not good: %s", said)
	}
}

// TestAnotherPolicyStays: a policy that a person keeps elsewhere is not left for one of init's unasked.
func TestAnotherPolicyStays(t *testing.T) {
	w := openWorld(t)
	w.given()
	if said, err := w.runs(); err != nil {
		t.Fatal(said)
	}
	own := filepath.Join(w.Dir, policyFile)
	other := w.file(w.written(policyFile) + "# of a person")
	settings := strings.Replace(w.written(settingsFile), own, other, 1)
	if err := os.WriteFile(filepath.Join(w.Dir, settingsFile), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	answers := w.Policy
	w.Policy = PolicyAnswers{}
	if said, err := w.runs(); err != nil || w.written(settingsFile) != settings ||
		!strings.Contains(said, "policy: kept, "+other) || strings.Contains(said, own) ||
		!strings.Contains(said, "-e CASTERBOT_POLICY=/etc/casterbot/given ") {
		t.Errorf("%v %s\n%s", err, said, w.written(settingsFile))
	}
	w.Policy = answers
	want := "names another policy, " + other + ": --replace replaces it"
	if said, err := w.runs(); err == nil || !strings.Contains(said, want) || w.written(settingsFile) != settings {
		t.Errorf("%v %s\n%s", err, said, w.written(settingsFile))
	}
	w.Replace = true
	if said, err := w.runs(); err != nil || !strings.Contains(w.written(settingsFile), "CASTERBOT_POLICY="+own+"\n") {
		t.Errorf("%v %s\n%s", err, said, w.written(settingsFile))
	}
}

// TestFilesBelongToTheirOwner: nobody else can read what is written, also where it was readable before.
func TestFilesBelongToTheirOwner(t *testing.T) {
	w := openWorld(t)
	w.given()
	for range 2 {
		if said, err := w.runs(); err != nil {
			t.Fatal(said)
		}
		for _, name := range []string{settingsFile, policyFile, ramFile, "secrets/slack_app_token",
			"secrets/slack_bot_token", "secrets/access_key_id", "secrets/access_key_secret"} {
			path := filepath.Join(w.Dir, name)
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info, err)
			}
			if strings.HasPrefix(name, secretsDir) {
				if err := os.Chmod(path, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, name := range []string{settingsFile, policyFile, ramFile} {
		w.hidden(w.written(name))
	}
}

// TestRoles: the role of the machine needs no key, one that is assumed does; both stand in the settings, and the
// account is the one of the role.
func TestRoles(t *testing.T) {
	w := openWorld(t)
	w.given()
	w.Cloud.ECSRole = "casterbot-role"
	r := &run{Options: w.Options, t: openTerminal(nil, io.Discard, true), files: folder(w.Dir), settings: &settings{}}
	how, err := r.askLogin(t.Context())
	if err != nil || how != (login{ecsRole: "casterbot-role"}) {
		t.Fatal(how, err)
	}
	if err := r.writeLogin(t.Context(), liveEndpoint, usualRegion, how); err != nil {
		t.Fatal(err)
	}
	if said := w.written(settingsFile); !strings.Contains(said, "ALIBABA_CLOUD_ECS_METADATA=casterbot-role\n") ||
		strings.Contains(said, "ACCESS_KEY") {
		t.Error(said)
	}
	r.Cloud.ECSRole, r.Cloud.Role = "", "acs:ram::1234567890123456:role/casterbot"
	if how, err = r.askLogin(t.Context()); err != nil || how.keyID != goodKey || how.role != r.Cloud.Role {
		t.Error(how.role, err)
	}
	if number, err := r.askAccount(t.Context(), how); err != nil || number != "1234567890123456" {
		t.Error(number, err)
	}
}

// TestAStepIsDoneAnew: by its name, with a question about what is there; the others are left as they are.
func TestAStepIsDoneAnew(t *testing.T) {
	w := openWorld(t)
	w.given()
	if said, err := w.runs(); err != nil {
		t.Fatal(said)
	}
	before := w.written(policyFile)
	w.Yes, w.Slack.AppToken, w.Slack.BotToken, w.Cloud.KeyID, w.Cloud.KeySecret = false, "", "", "", ""
	w.Policy, w.Step = PolicyAnswers{}, "cloud"
	p := w.sits().reads("app token: kept").reads("Keep them? [Y/n]").types("n").opens("cn-shanghai")
	p.reads("Number of the account").types("12").reads("Number").types("1234567890123456")
	p.reads("Replace it? [y/N]").types("y")
	p.reads("policy: kept").reads("To start it")
	if <-p.ended; p.err != nil || !strings.Contains(w.written(ramFile), ":1234567890123456:") {
		t.Error(p.err, w.written(ramFile))
	}
	w.Step = "policy"
	p = w.sits().reads("access key ID: kept").reads("Channels of the show").types("4").reads("Operators").types("U0ANA")
	p.reads("Leads").types("").reads("Producers").types("")
	p.reads("Studios that").types("1").reads("Streams that").types("")
	p.reads("Replace it? [y/N]").types("").reads("policy: kept")
	if <-p.ended; p.err != nil || w.written(policyFile) != before {
		t.Error(p.err, w.written(policyFile))
	}
}

// TestTheBotIsInvitedMeanwhile: a channel that is named is looked for once more.
func TestTheBotIsInvitedMeanwhile(t *testing.T) {
	w := openWorld(t)
	for _, channel := range []string{"C0SHOW", "C0MORN", "C0RAND", "C0EXT", "C0AUDIT"} {
		if err := w.slack.RemoveBot(channel); err != nil {
			t.Fatal(err)
		}
	}
	p := w.sits().logsIn().opens("").reads("Number of the account").types("")
	p.reads("type /invite @casterbot").reads("Channels of the show").types("").reads("name at least one channel")
	p.types("#crew-lounge").reads("none to choose from").reads("Channels of the show")
	if err := w.slack.AddBot("C0NOBOT"); err != nil {
		t.Fatal(err)
	}
	p.types("#crew-lounge").reads("Operators")
}
