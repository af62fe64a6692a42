package fakelive

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// stsVersion is the one of the Security Token Service, which answers at the same endpoint here.
// https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
const stsVersion = "2015-04-01"

// account is the one in which this world is.
const account = "1000000000000042"

var stsOperations = map[string]operation{
	"AssumeRole":         {required: []string{"RoleArn", "RoleSessionName"}, handle: (*World).assumeRole},
	"AssumeRoleWithOIDC": {required: append(oidc, "RoleArn", "RoleSessionName"), handle: (*World).assumeRole},
}

var oidc = []string{"OIDCProviderArn", "OIDCToken"}

// session is what a role was assumed for: a key for a while, under a name.
type session struct {
	secret, token, role, name string
	ends                      time.Time // by the gateway's clock
}

var (
	roleForm    = regexp.MustCompile(`^acs:ram::\d+:role/([A-Za-z0-9.-]+)$`)
	sessionForm = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)
)

// assumeRole gives a key of a role. Any role may be assumed: policies of RAM are not part of this world.
func (w *World) assumeRole(in *request) (fields, *refusal) {
	role := roleForm.FindStringSubmatch(in.params["RoleArn"])
	name := in.params["RoleSessionName"]
	seconds := 3600
	if text := in.params["DurationSeconds"]; text != "" {
		seconds, _ = strconv.Atoi(text)
	}
	switch {
	case role == nil:
		return nil, refuse("InvalidParameter.RoleArn")
	case !sessionForm.MatchString(name):
		return nil, refuse("InvalidParameter.RoleSessionName")
	case seconds < 900 || seconds > 3600:
		return nil, refuse("InvalidParameter.DurationSeconds")
	case w.cfg.OIDCToken != "" && in.params["Action"] == "AssumeRoleWithOIDC" && in.params["OIDCToken"] != w.cfg.OIDCToken:
		return nil, refuse("AuthenticationFail.NoPermission")
	}
	ends := in.arrived.Add(time.Duration(seconds) * time.Second).UTC()
	for id, s := range w.sessions {
		if !in.arrived.Before(s.ends) {
			delete(w.sessions, id)
		}
	}
	n := w.state.next("session")
	id := "STS.fake" + derivedID(fmt.Sprintf("session/%d", n))[:8]
	s := session{secret: derivedID("secret of " + id), token: "fake-token-" + derivedID("token of "+id), role: role[1],
		name: name, ends: ends}
	w.sessions[id] = s
	return fields{
		"AssumedRoleUser": fields{"Arn": in.params["RoleArn"] + "/" + name, "AssumedRoleId": roleID(s.role) + ":" + name},
		"Credentials": fields{"AccessKeyId": id, "AccessKeySecret": s.secret, "SecurityToken": s.token,
			"Expiration": ends.Format(stampLayout)},
	}, nil
}

func roleID(role string) string { return "3" + account[1:8] + strconv.Itoa(1000+len(role)) }

// secretOf is what the requests of a key are signed with.
func (w *World) secretOf(id string) string {
	if s, known := w.sessions[id]; known {
		return s.secret
	}
	return w.cfg.AccessKeySecret
}

// Sessions are the names of the role sessions that are still good, by access key id.
func (w *World) Sessions() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := map[string]string{}
	for id, s := range w.sessions {
		names[id] = s.name
	}
	return names
}
