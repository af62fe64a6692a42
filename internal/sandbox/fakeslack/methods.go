package fakeslack

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// method is one Web API method: which token it takes, which scope it needs, and
// what it does with Workspace.mu held.
type method struct {
	app   bool   // an app-level token, else the bot's
	open  bool   // any token or none
	scope string // of the bot token, or empty
	run   func(*Workspace, *call) (map[string]any, *apiError)
}

// methods is the Web API (https://docs.slack.dev/reference/methods).
var methods = map[string]method{
	"api.test":              {open: true, run: apiTest},
	"auth.test":             {run: authTest},
	"apps.connections.open": {app: true, run: connectionsOpen},
	"team.info":             {run: teamInfo},
	"bots.info":             {scope: "users:read", run: botsInfo},

	"chat.postMessage":   {scope: "chat:write", run: postMessage},
	"chat.postEphemeral": {scope: "chat:write", run: postEphemeral},
	"chat.update":        {scope: "chat:write", run: updateMessage},
	"chat.delete":        {scope: "chat:write", run: deleteMessage},
	"chat.getPermalink":  {run: permalink},

	"pins.add":    {scope: "pins:write", run: pinsAdd},
	"pins.remove": {scope: "pins:write", run: pinsRemove},
	"pins.list":   {scope: "pins:read", run: pinsList},

	"files.getUploadURLExternal":   {scope: "files:write", run: filesURL},
	"files.completeUploadExternal": {scope: "files:write", run: filesComplete},

	"views.open":    {run: viewsOpen},
	"views.push":    {run: viewsPush},
	"views.update":  {run: viewsUpdate},
	"views.publish": {run: viewsPublish},

	"users.info":            {scope: "users:read", run: usersInfo},
	"users.list":            {scope: "users:read", run: usersList},
	"users.conversations":   {scope: "channels:read", run: usersConversations},
	"usergroups.list":       {scope: "usergroups:read", run: groupsList},
	"usergroups.users.list": {scope: "usergroups:read", run: groupUsers},

	"conversations.history": {scope: "channels:history", run: conversationHistory},
	"conversations.replies": {scope: "channels:history", run: conversationReplies},
	"conversations.info":    {scope: "channels:read", run: conversationInfo},
	"conversations.list":    {scope: "channels:read", run: conversationsList},
	"conversations.members": {scope: "channels:read", run: conversationMembers},
	"conversations.open":    {scope: "im:write", run: conversationOpen},
	"conversations.join":    {scope: "channels:join", run: conversationJoin},
}

// allScopes are the scopes of an app that may do everything here.
func allScopes() []string {
	return []string{
		"app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands", "groups:read",
		"im:history", "im:read", "im:write", "pins:read", "pins:write", "team:read", "usergroups:read", "users:read",
	}
}

func apiTest(_ *Workspace, c *call) (map[string]any, *apiError) {
	if code := c.args["error"]; code != "" {
		return nil, fail(code)
	}
	return map[string]any{"args": maps.Clone(c.args)}, nil
}

func authTest(w *Workspace, _ *call) (map[string]any, *apiError) {
	return map[string]any{
		"url": w.base + "/", "team": teamName, "team_id": TeamID, "user": w.person(BotUser).Name, "user_id": BotUser,
		"bot_id": BotID, "app_id": AppID, "is_enterprise_install": false,
	}, nil
}

const teamName = "Show Workspace"

// connectionsOpen hands out a one-use socket URL.
// https://docs.slack.dev/reference/methods/apps.connections.open
func connectionsOpen(w *Workspace, _ *call) (map[string]any, *apiError) {
	ticket := w.hub.secret()
	w.tickets.add(ticket, struct{}{}, 30*time.Second)
	url := "ws" + strings.TrimPrefix(w.base, "http") + "/link/?ticket=" + ticket + "&app_id=" + AppID
	return map[string]any{"url": url}, nil
}

func teamInfo(_ *Workspace, _ *call) (map[string]any, *apiError) {
	return map[string]any{"team": map[string]any{"id": TeamID, "name": teamName, "domain": teamDomain}}, nil
}

func botsInfo(w *Workspace, c *call) (map[string]any, *apiError) {
	if id := c.args["bot"]; id != "" && id != BotID {
		return nil, fail("bot_not_found")
	}
	return map[string]any{"bot": map[string]any{
		"id": BotID, "deleted": false, "name": w.app, "app_id": AppID, "user_id": BotUser,
	}}, nil
}

// page cuts a list by the limit and cursor of a call; the cursor is the offset.
// https://docs.slack.dev/apis/web-api/pagination
func page[T any](c *call, key string, list []T) (map[string]any, *apiError) {
	from, to := 0, len(list)
	if s := c.args["cursor"]; s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > len(list) {
			return nil, fail("invalid_cursor")
		}
		from = n
	}
	next := ""
	if limit, err := strconv.Atoi(c.args["limit"]); err == nil && limit > 0 && from+limit < to {
		to = from + limit
		next = strconv.Itoa(to)
	}
	part := slices.Clone(list[from:to])
	if part == nil {
		part = []T{}
	}
	return map[string]any{key: part, "response_metadata": map[string]any{"next_cursor": next}}, nil
}

// rate is what Slack allows of a method: a burst, and then one call every so often. A method without one is not limited
// here.
type rate struct {
	burst   int
	every   time.Duration
	channel bool // counted for each channel, else for the workspace
}

// tier is a rate of so many calls a minute, all of which may come at once.
func tier(n int) rate { return rate{burst: n, every: time.Minute / time.Duration(n)} }

// rates by method (https://docs.slack.dev/apis/web-api/rate-limits). The tiers are Slack's; how large a burst may be it
// does not say, so those are the emulator's own choice. Response URLs count against none.
var rates = map[string]rate{
	"chat.postMessage":   {burst: 5, every: time.Second, channel: true},
	"chat.update":        {burst: 30, every: time.Second}, // tier 3, 50 and more a minute
	"chat.postEphemeral": tier(100), "chat.delete": tier(50),
	"pins.add": tier(20), "pins.remove": tier(20), "pins.list": tier(20),
	"views.open": tier(100), "views.push": tier(100), "views.update": tier(100), "views.publish": tier(100),
	"users.info": tier(100), "users.list": tier(20), "users.conversations": tier(50),
	"usergroups.list": tier(20), "usergroups.users.list": tier(20),
	"conversations.info": tier(50), "conversations.list": tier(20), "conversations.members": tier(100),
	"conversations.history": tier(50), "conversations.replies": tier(50), "conversations.open": tier(50),
	"conversations.join": tier(50), "files.getUploadURLExternal": tier(100), "files.completeUploadExternal": tier(100),
	"team.info": tier(50), "bots.info": tier(50),
}

// bucket is what is left of a burst, and since when it fills again.
type bucket struct {
	left  float64
	since time.Time
}

// overRate counts a call, and says how long to wait when it is one too many; nothing is done then.
func (w *Workspace) overRate(c *call, now time.Time) time.Duration {
	limit, limited := rates[c.method]
	if !limited || !w.cfg.Limits {
		return 0
	}
	key := c.method
	if limit.channel {
		key += " " + c.args["channel"]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.buckets[key]
	if b == nil {
		b = &bucket{left: float64(limit.burst), since: now}
		w.buckets[key] = b
	}
	b.left = min(float64(limit.burst), b.left+now.Sub(b.since).Seconds()/limit.every.Seconds())
	b.since = now
	if b.left < 1 {
		return time.Duration((1 - b.left) * float64(limit.every))
	}
	b.left--
	return 0
}

// SetLatency plays a Slack that is far away: a call takes effect at once, and its answer leaves so much later, that of
// a response URL too. It holds for answers still to come.
func (w *Workspace) SetLatency(d time.Duration) { w.latency.Store(int64(d)) }

// late lets the way of an answer pass.
func (w *Workspace) late(r *http.Request) {
	d := time.Duration(w.latency.Load())
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-w.done:
	}
}

// account is a person with the offset of their zone at this moment.
type account struct {
	User
	TZOffset int `json:"tz_offset"` // seconds east of Greenwich
}

// told is a person as the app hears of them. The caller holds mu.
func (w *Workspace) told(u User) account {
	zone, err := time.LoadLocation(u.TZ)
	if err != nil { // a machine without the tables of the world's zones
		zone = time.UTC
	}
	_, offset := w.cfg.Now().In(zone).Zone()
	return account{User: u, TZOffset: offset}
}

// account reads a person for a call. The caller holds mu.
func (w *Workspace) account(c *call, u User) account {
	if c.args["include_locale"] != "true" && c.args["include_locale"] != "1" {
		u.Locale = ""
	}
	return w.told(u)
}

// https://docs.slack.dev/reference/methods/users.info
func usersInfo(w *Workspace, c *call) (map[string]any, *apiError) {
	c.log.User = c.args["user"]
	u := w.person(c.args["user"])
	if u == nil {
		return nil, fail("user_not_found")
	}
	return map[string]any{"user": w.account(c, *u)}, nil
}

// https://docs.slack.dev/reference/methods/users.list
func usersList(w *Workspace, c *call) (map[string]any, *apiError) {
	list := make([]account, len(w.people))
	for i, u := range w.people {
		list[i] = w.account(c, *u)
	}
	return page(c, "members", list)
}

// https://docs.slack.dev/reference/methods/usergroups.list
func groupsList(w *Workspace, c *call) (map[string]any, *apiError) {
	out := []map[string]any{}
	for _, g := range w.groups {
		m := map[string]any{
			"id": g.ID, "team_id": TeamID, "is_usergroup": true, "is_external": false, "name": g.Name, "handle": g.Handle,
			"description": "", "date_delete": 0, "user_count": len(g.Users),
			"prefs": map[string]any{"channels": []string{}, "groups": []string{}},
		}
		if c.args["include_users"] == "true" || c.args["include_users"] == "1" {
			m["users"] = slices.Clone(g.Users)
		}
		out = append(out, m)
	}
	return map[string]any{"usergroups": out}, nil
}

// https://docs.slack.dev/reference/methods/usergroups.users.list
func groupUsers(w *Workspace, c *call) (map[string]any, *apiError) {
	g := w.group(c.args["usergroup"])
	if g == nil {
		return nil, fail("no_such_subteam")
	}
	return map[string]any{"users": slices.Clone(g.Users)}, nil
}
