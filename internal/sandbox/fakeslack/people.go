package fakeslack

import (
	"slices"
	"time"
)

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
