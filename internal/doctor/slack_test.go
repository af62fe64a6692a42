package doctor

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/gorilla/websocket"
)

// fails lets a method of Slack answer with an error.
func fails(method, code string) func(*stand) {
	return func(s *stand) { s.world.Slack.Fail(method, fakeslack.Fault{Error: code}) }
}

// installed puts another workspace in the place of the stand's.
func installed(c fakeslack.Config) func(*stand) {
	return func(s *stand) {
		c.AppToken, c.BotToken = sandbox.AppToken, sandbox.BotToken
		other := fakeslack.New(c)
		server := httptest.NewServer(other)
		s.Cleanup(func() { other.Close(); server.Close() })
		other.SetBase(server.URL)
		s.Setenv("SLACK_API_URL", server.URL+"/api/")
	}
}

// manifest are the scopes of manifest.yml.
const manifest = "app_mentions:read channels:read chat:write commands groups:read im:write pins:write usergroups:read users:read"

// opens makes a connection as another deployment would.
func opens(s *stand) {
	s.Helper()
	answer, err := http.Post(s.world.SlackURL+"apps.connections.open?token="+sandbox.AppToken, "", nil)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text := make([]byte, 1000)
	n, _ := answer.Body.Read(text)
	_, address, _ := strings.Cut(string(text[:n]), `"url":"`)
	address, _, _ = strings.Cut(address, `"`)
	c, _, err := websocket.DefaultDialer.Dial(strings.ReplaceAll(address, `\u0026`, "&"), nil)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c.Close() })
	for deadline := time.Now().Add(time.Minute); len(s.world.Slack.Sockets()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatal("no socket within a minute")
		}
	}
}

// otherApp lets Slack take the app token of another app.
func otherApp(s *stand) {
	other := fakeslack.New(fakeslack.Config{AppToken: "xapp-1-A0OTHER-1-fake", BotToken: sandbox.BotToken,
		Scopes: strings.Fields(manifest)})
	server := httptest.NewServer(other)
	s.Cleanup(func() { other.Close(); server.Close() })
	other.SetBase(server.URL)
	s.Setenv("SLACK_API_URL", server.URL+"/api/")
}

// What is wrong with the tokens, and with the way to Slack.
func TestFaultsOfTokens(t *testing.T) {
	const app, bot = "apps.connections.open", "auth.test"
	const noChannels = "not checked channels | SLACK_BOT_TOKEN does not work"
	dead := httptest.NewServer(nil)
	dead.Close()
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	secure := unknownTLS(t)
	find(t, []fault{
		{"another bot token", set("SLACK_BOT_TOKEN", "xoxb-fake-of-another-app"), []string{
			"broken tokens | SLACK_BOT_TOKEN is not a valid token of an installed app | copy it again from api.slack.com/apps", noChannels}},
		{"another app token", set("SLACK_APP_TOKEN", "xapp-fake-of-another-app"), []string{
			"broken sockets | SLACK_APP_TOKEN is not a valid token | api.slack.com/apps"}},
		{"revoked", fails(bot, "token_revoked"), []string{
			"broken tokens | SLACK_BOT_TOKEN was revoked | make a new token", noChannels}},
		{"expired", fails(bot, "token_expired"), []string{"broken tokens | SLACK_BOT_TOKEN has expired | rotation"}},
		{"removed", fails(bot, "account_inactive"), []string{"broken tokens | was removed | install the app again"}},
		{"revoked app token", fails(app, "token_revoked"), []string{
			"broken sockets | SLACK_APP_TOKEN was revoked | api.slack.com/apps"}},
		{"Socket Mode off", fails(app, "socket_mode_not_enabled"), []string{
			"broken sockets | Socket Mode is switched off for the app of SLACK_APP_TOKEN | switch it on at api.slack.com/apps"}},
		{"no connections:write", fails(app, "missing_scope"), []string{
			"broken sockets | SLACK_APP_TOKEN lacks a scope | connections:write"}},
		{"a scope too few", installed(fakeslack.Config{Scopes: strings.Fields(strings.Replace(manifest, "pins:write ", "", 1))}), []string{
			"broken tokens | SLACK_BOT_TOKEN lacks scopes: pins:write | manifest.yml"}},
		{"no scope for channels", installed(fakeslack.Config{Scopes: strings.Fields(strings.Replace(manifest, "channels:read ", "", 1))}),
			[]string{"broken tokens | SLACK_BOT_TOKEN lacks scopes: channels:read",
				"not checked channels | because SLACK_BOT_TOKEN lacks the scope channels:read"}},
		{"no scope for groups", installed(fakeslack.Config{Scopes: strings.Fields(strings.Replace(manifest, "usergroups:read ", "", 1))}),
			[]string{"broken tokens | SLACK_BOT_TOKEN lacks scopes: usergroups:read",
				"not checked people | because SLACK_BOT_TOKEN lacks the scope usergroups:read"}},
		{"no scope for people", installed(fakeslack.Config{Scopes: strings.Fields(strings.Replace(manifest, " users:read", "", 1))}),
			[]string{"broken tokens | SLACK_BOT_TOKEN lacks scopes: users:read",
				"not checked people | because SLACK_BOT_TOKEN lacks the scope users:read"}},
		{"tokens of two apps", func(s *stand) { s.Setenv("SLACK_APP_TOKEN", "xapp-1-A0OTHER-1-fake"); otherApp(s) }, []string{
			"broken sockets | SLACK_APP_TOKEN is of the app A0OTHER and SLACK_BOT_TOKEN of the app A0CASTER | from one app"}},
		{"no more sockets", func(s *stand) {
			for range 10 {
				opens(s)
			}
		}, []string{"broken sockets | Slack closes the socket at once (too_many_websockets) | other deployments"}},
		{"a scope of Slack's own", installed(fakeslack.Config{Scopes: strings.Fields(manifest + " identify")}), nil},
		{"the optional scope", installed(fakeslack.Config{Scopes: strings.Fields(manifest + " files:write")}), []string{
			string(OK) + " tokens | files:write is among the scopes: /caster report comes as a file too"}},
		{"without the optional scope", installed(fakeslack.Config{Scopes: strings.Fields(manifest)}), []string{
			string(OK) + " tokens | files:write is not among the scopes, and need not be: /caster report then comes without a file"}},
		{"a scope too many", installed(fakeslack.Config{Scopes: strings.Fields(manifest + " channels:history")}), []string{
			"warning tokens | SLACK_BOT_TOKEN has scopes that casterbot does not need: channels:history | manifest.yml"}},
		{"a stranger", opens, []string{
			"warning sockets | 1 socket of the app is open that no bot known here has | end the other deployment"}},
		{"Slack away", set("SLACK_API_URL", dead.URL+"/api/"), []string{
			"broken tokens | Slack cannot be asked (it refuses connections) | HTTPS_PROXY",
			"broken sockets | Slack cannot be asked (it refuses connections) | firewall",
			"not checked channels | Slack cannot be asked"}},
		{"no Slack", set("SLACK_API_URL", page.URL+"/api/"), []string{
			"broken tokens | SLACK_API_URL has no Slack API behind it (404) | https://slack.com/api/",
			"broken sockets | SLACK_API_URL has no Slack API"}},
		{"no authority", set("SLACK_API_URL", secure.URL+"/api/"), []string{
			"broken tokens | its certificate is of an unknown authority | SSL_CERT_FILE", "broken sockets | of an unknown authority"}},
		{"left alone", func(s *stand) { s.world.Slack.Fail(bot, fakeslack.Fault{RetryAfter: time.Minute}) }, []string{
			"not checked tokens | Slack asks to be left alone for 1m0s"}},
		{"an error of Slack's", func(s *stand) { s.world.Slack.Fail("*", fakeslack.Fault{Status: 503}) }, []string{
			"broken tokens | Slack cannot be asked (it answers with HTTP 503)", "broken sockets | HTTP 503"}},
	})
}

// What is wrong with the channels of the policy.
func TestFaultsOfChannels(t *testing.T) {
	must := func(do func(*stand) error) func(*stand) {
		return func(s *stand) {
			if err := do(s); err != nil {
				s.Fatal(err)
			}
		}
	}
	const extra = "    grants:\n      - who: [operators]\n"
	find(t, []fault{
		{"archived", must(func(s *stand) error { return s.world.Slack.Archive("C0SHOW") }), []string{
			"broken channels | #show-control (C0SHOW, policy.yml:6) is archived | unarchive it"}},
		{"renamed", must(func(s *stand) error { return s.world.Slack.Rename("C0SHOW", "show-old") }), []string{
			"warning channels | C0SHOW (policy.yml:6) is called #show-control in the policy, and is #show-old | name: \"#show-old\""}},
		{"the bot is out", must(func(s *stand) error { return s.world.Slack.RemoveBot("C0SHOW") }), []string{
			"broken channels | the bot is not in #show-control (C0SHOW, policy.yml:6) | /invite @casterbot in #show-control"}},
		{"shared", must(func(s *stand) error { return s.world.Slack.Share("C0SHOW") }), []string{
			"warning channels | is shared with another organisation, and no grant is external | external: true"}},
		{"shared, as the policy says", func(s *stand) {
			s.edit("        may: [caster.list, caster.show", "        external: true\n        may: [caster.list, caster.show")
			must(func(s *stand) error { return s.world.Slack.Share("C0SHOW") })(s)
		}, nil},
		{"another id", must(func(s *stand) error { return s.world.Slack.ChangeID("C0SHOW", "C0NEW") }), []string{
			"broken channels | channel C0SHOW (#show-control) (policy.yml:6) is not there, or private without the bot | channel details"}},
		{"another workspace", func(s *stand) {
			s.edit("  C0SHOW:", "  C0OTHER:")
			s.edit("    grants:", "    grants: &none\n")
		}, []string{"broken policy | policy.yml"}},
		{"private without the bot", func(s *stand) {
			s.world.Slack.AddChannel("C0PRIV", "private", true, "U0ANA")
			s.edit("  C0SHOW:", "  C0PRIV:")
			s.edit("    name: \"#show-control\"\n", "")
		}, []string{
			"broken channels | channel C0PRIV (policy.yml:6) is not there, or private without the bot | /invite @casterbot"}},
		{"none of two", func(s *stand) {
			s.edit("  C0SHOW:", "  C0ONE:")
			s.edit(extra, extra+"        may: [caster.list]\n  C0TWO:\n    studios: [\"Evening News\"]\n"+extra)
		}, []string{"broken channels | C0ONE", "broken channels | C0TWO",
			"warning channels | none of the policy's channels is seen in the workspace Show Workspace (T0SHOW)"}},
		{"Slack does not tell", fails("conversations.info", "fatal_error"), []string{
			"not checked channels | channel C0SHOW: not checked, because Slack cannot be asked (fatal_error)"}},
	})
}

// What is wrong with the people of the policy.
func TestFaultsOfPeople(t *testing.T) {
	change := func(id string, how func(*fakeslack.User)) func(*stand) {
		return func(s *stand) { s.world.Slack.SetUser(id, how) }
	}
	approvers := func(list string, more ...func(*stand)) func(*stand) {
		return func(s *stand) {
			s.edit("approvers: [leads, operators]", "approvers: ["+list+"]")
			for _, do := range more {
				do(s)
			}
		}
	}
	group := func(id string, members ...string) func(*stand) {
		return func(s *stand) { s.world.Slack.SetGroup(id, members) }
	}
	find(t, []fault{
		{"a group that is gone", func(s *stand) { s.world.Slack.SetGroup("S0CREW", nil) }, []string{
			"broken people | user group S0CREW (policy.yml:3: groups.operators) is disabled or not there | enable it in Slack"}},
		{"an empty group", group("S0CREW", []string{}...), []string{
			"warning people | user group S0CREW (policy.yml:3: groups.operators) has no members | add people"}},
		{"a typo in a group", func(s *stand) { s.edit("S0LEADS", "S0LEAD") }, []string{
			"broken people | user group S0LEAD (policy.yml:4: groups.leads)"}},
		{"somebody who left", change("U0ANA", func(u *fakeslack.User) { u.Deleted = true }), []string{
			"warning people | U0ANA (policy.yml:3: groups.operators) is deactivated | take the id out"}},
		{"nobody", func(s *stand) { s.edit("U0ANA", "U0NOBODY") }, []string{
			"broken people | U0NOBODY (policy.yml:3: groups.operators) is nobody in this workspace | Copy member ID"}},
		{"a bot", func(s *stand) { s.edit("U0ANA", "U0BOT") }, []string{
			"warning people | U0BOT (policy.yml:3: groups.operators) is a bot"}},
		{"a guest as approver", approvers("U0GUS, leads"), []string{
			"warning people | policy.yml:14: channels.C0SHOW.grants[1]: U0GUS is a guest, and cannot approve there | guests: true"}},
		{"a guest who asks", func(s *stand) { s.edit("leads: [U0KEN", "leads: [U0GUS, U0KEN") }, []string{
			"warning people | U0GUS is a guest, and cannot ask there | guests: true", "warning people | U0GUS is a guest, and cannot approve"}},
		{"a stranger as approver", approvers("U0OUT, leads"), []string{
			"warning people | U0OUT is of another organisation, and cannot approve | external: true"}},
		{"only guests approve", approvers("U0GUS"), []string{
			"broken people | policy.yml:14: channels.C0SHOW.grants[1]: nobody can approve: of its approvers U0GUS is a guest | name more",
			"warning people | U0GUS is a guest, and cannot approve there"}},
		{"an empty group approves", approvers("S0NONE", group("S0NONE", "U0LIN"), group("S0NONE", []string{}...)), []string{
			"broken people | nobody can approve: of its approvers nobody is in the groups", "warning people | user group S0NONE"}},
		{"one is left", approvers("S0LEADS", change("U0MIO", func(u *fakeslack.User) { u.Deleted = true })), []string{
			"warning people | U0KEN is the only one left who can approve, so nobody can approve what U0KEN asks for | name more"}},
		{"nobody who approves is there", approvers("S0NIGHT", group("S0NIGHT", "U0BO"), func(s *stand) {
			if err := s.world.Slack.SetMember("C0SHOW", "U0BO", false); err != nil {
				s.Fatal(err)
			}
		}), []string{
			"warning people | none of those who can approve is in #show-control: U0BO | invite one of them to #show-control"}},
		{"a plan without groups", fails("usergroups.list", "paid_teams_only"), []string{
			"broken people | the plan of the workspace has no user groups, and the policy names S0CREW, S0LEADS | name people"}},
		{"one who never asks is left", approvers("S0NIGHT", group("S0NIGHT", "U0BO")), nil},
		{"the contacts are gone", func(s *stand) {
			s.edit("channels:", "contact: [U0GONE]\nchannels:")
			s.edit("    grants:", "    contact: [S0GONE]\n    grants:")
		}, []string{"broken people | U0GONE (policy.yml:5: contact) is nobody in this workspace",
			"broken people | user group S0GONE (policy.yml:7: channels.C0SHOW.contact) is disabled or not there"}},
		{"a zone that nobody knows", change("U0ANA", func(u *fakeslack.User) { u.TZ = "Moon/Base" }), []string{
			`warning people | the time zone "Moon/Base" of U0ANA is not known here`}},
		{"Slack does not tell", fails("usergroups.list", "fatal_error"), []string{
			"not checked people | the user groups of the policy: not checked, because Slack cannot be asked (fatal_error)"}},
	})
}
