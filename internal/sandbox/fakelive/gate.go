package fakelive

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"casterbot/internal/sandbox/guard"
)

const maxBody = 1 << 20

// request is a call on its way through the gateway.
type request struct {
	method  string
	params  map[string]string // query and form merged
	head    *signedHead       // of version 3 of the signature, nil for version 1
	call    *Call             // its entry in the log; written under the lock only
	address string            // of the client
	arrived time.Time         // by the gateway's clock
	now     time.Time         // by the world's clock, when the call takes effect
}

// protocolParams are not part of an operation; Call.Params leaves them out.
var protocolParams = map[string]bool{"Action": true, "Version": true, "Format": true, "AccessKeyId": true,
	"SecurityToken": true, "Signature": true, "SignatureMethod": true, "SignatureVersion": true,
	"SignatureNonce": true, "SignatureType": true, "Timestamp": true, "RegionId": true, "OwnerId": true,
	"OIDCToken": true}

// ServeHTTP is the endpoint. Parameters may come in the query, in a form body or
// in both; a name in both counts once, with the value of the form. What is said of
// the request itself comes beside them, or, with version 3 of the signature, in
// headers.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if err := guard.Program(r, w.cfg.Host); err != nil {
		http.Error(rw, err.Error(), http.StatusForbidden)
		return
	}
	in, bad := w.receive(rw, r)
	defer w.changed()
	fault := Fault{}
	if bad == nil {
		fault, bad = w.admit(in, r.URL.Path)
	}
	if bad != nil {
		w.late(rw, in)
		w.send(rw, in, bad.reply(in))
		return
	}
	w.perform(rw, r, in, fault)
}

// receive reads the request and opens its log entry.
func (w *World) receive(rw http.ResponseWriter, r *http.Request) (*request, *refusal) {
	arrived := w.cfg.Gateway()
	rw.Header().Set("Date", arrived.UTC().Format(http.TimeFormat))
	body, params, ok := readParams(rw, r)
	in := &request{method: r.Method, params: params, head: readHead(r, body, params), arrived: arrived}
	in.address, _, _ = net.SplitHostPort(r.RemoteAddr)
	own := map[string]string{}
	for name, value := range params {
		if !protocolParams[name] && value != "" {
			own[clamp(name)] = clamp(value)
		}
	}
	now := w.now()
	w.mu.Lock()
	in.call = w.logCall(now, arrived, clamp(params["Action"]), own)
	w.mu.Unlock()
	if !ok {
		return in, refuse("InvalidParameter.Format")
	}
	return in, nil
}

func readParams(rw http.ResponseWriter, r *http.Request) (body []byte, merged map[string]string, ok bool) {
	merged = map[string]string{}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		return nil, merged, false
	}
	sources := []string{r.URL.RawQuery}
	if kind := r.Header.Get("Content-Type"); kind == "" || strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		sources = append(sources, string(body))
	}
	ok = true
	for _, source := range sources {
		values, err := url.ParseQuery(source)
		ok = ok && err == nil
		for name, list := range values {
			merged[name] = list[0]
		}
	}
	return body, merged, ok
}

func clamp(s string) string {
	const longest = 512
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

// admit does what the gateway does before an operation is reached, and draws the
// fault that will spoil the call. A call that is not admitted meets no fault.
func (w *World) admit(in *request, path string) (Fault, *refusal) {
	if bad := lookUp(in, path); bad != nil {
		return Fault{}, bad
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if in.call.Action != "AssumeRoleWithOIDC" { // it brings its token in place of a key
		if bad := w.authenticate(in, in.arrived); bad != nil {
			return Fault{}, bad
		}
	}
	if !w.count(in.call.Action, in.arrived) {
		in.call.Throttled = true
		return Fault{}, refuse("Throttling.User")
	}
	fault := w.draw(in.call.Action)
	in.call.Fault = fault.Kind
	return fault, nil
}

// lookUp finds the operation. The status of InvalidVersion is the emulator's own
// choice.
func lookUp(in *request, path string) *refusal {
	service, spoken := services[in.params["Version"]]
	switch _, known := service[in.params["Action"]]; {
	case in.method != http.MethodGet && in.method != http.MethodPost:
		return refuse("UnsupportedHTTPMethod")
	case path != "/" && path != "":
		return refuse("InvalidApi.NotFound")
	case in.params["Action"] == "":
		return missing("Action")
	case in.params["Version"] == "":
		return missing("Version")
	case !spoken:
		return refuse("InvalidVersion")
	case !known:
		return refuse("InvalidApi.NotFound")
	default:
		return nil
	}
}

// perform runs an admitted call under its fault: waiting, effect and answer.
func (w *World) perform(rw http.ResponseWriter, r *http.Request, in *request, fault Fault) {
	t := troubles[fault.Kind]
	if !t.late && !w.wait(fault.Delay) {
		w.cut(rw, in)
	}
	var out reply
	if t.effect {
		out = w.run(in)
	}
	if t.late && !w.wait(fault.Delay) {
		w.cut(rw, in)
	}
	made := out
	if t.spoil != nil {
		out = t.spoil(fault, in, out)
	}
	w.audit(in, t, made, out)
	if t.end == silent {
		w.keepSilent(r, in)
		w.cut(rw, in)
	}
	w.late(rw, in)
	switch t.end {
	case answered:
		w.send(rw, in, out)
	case reset:
		w.cut(rw, in)
	}
}

// run executes the operation.
func (w *World) run(in *request) reply {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle(now)
	in.now = now
	if in.params["AppName"] == outputApp {
		w.outputs(namedOutput(in), now)
	}
	op := services[in.params["Version"]][in.call.Action]
	for _, name := range op.required {
		if in.params[name] == "" {
			return op.lacks(name).reply(in)
		}
	}
	answer, bad := op.handle(w, in)
	if bad != nil {
		return bad.reply(in)
	}
	return success(in, answer)
}

// wait lets real time pass; false means that the world was closed meanwhile.
func (w *World) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-w.done:
		return false
	}
}

// late lets the way of every answer pass, that of a refusal or a reset too.
func (w *World) late(rw http.ResponseWriter, in *request) {
	d := time.Duration(w.latency.Load())
	if d > 0 {
		w.changed()
	}
	if !w.wait(d) {
		w.cut(rw, in)
	}
}

// Hanging is how many callers wait at this moment for an answer that never comes. One that wants a session is not among
// them: that is fetched ahead, and no work waits for it to the end.
func (w *World) Hanging() int { return int(w.silent.Load()) }

// keepSilent waits until the client gives up, 90 s have passed or the world closes.
func (w *World) keepSilent(r *http.Request, in *request) {
	if _, ahead := stsOperations[in.params["Action"]]; !ahead {
		w.silent.Add(1)
		defer w.silent.Add(-1)
	}
	timer := time.NewTimer(90 * time.Second)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-timer.C:
	case <-w.done:
	}
}
