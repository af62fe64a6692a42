package fakelive

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// reply is what goes over the wire.
type reply struct {
	status      int
	contentType string
	code        string // error code, for the log
	body        []byte
}

// fields is an answer or a part of one. Lists are []fields or []string.
type fields map[string]any

// success wraps an answer. Format=XML gives XML; anything else JSON, which is the
// emulator's own choice for a request that names no format.
func success(in *request, answer fields) reply {
	if answer == nil {
		answer = fields{}
	}
	answer["RequestId"] = in.call.RequestID
	return encode(in, http.StatusOK, in.call.Action+"Response", answer)
}

// reply words a refusal as the service does.
func (r *refusal) reply(in *request) reply {
	out := encode(in, r.status, "Error", fields{
		"RequestId": in.call.RequestID, "HostId": "live.aliyuncs.com", "Code": r.code, "Message": r.message,
		"Recommend": "https://api.alibabacloud.com/troubleshoot?q=" + r.code + "&product=live"})
	out.code = r.code
	return out
}

func encode(in *request, status int, root string, answer fields) reply {
	if strings.EqualFold(in.params["Format"], "XML") {
		var b bytes.Buffer
		b.WriteString("<?xml version='1.0' encoding='UTF-8'?>")
		writeXML(&b, root, answer)
		return reply{status: status, contentType: "text/xml;charset=utf-8", body: b.Bytes()}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		panic(fmt.Sprintf("fakelive: answer cannot be written: %v", err))
	}
	return reply{status: status, contentType: "application/json;charset=utf-8", body: bytes.TrimSpace(b.Bytes())}
}

// writeXML writes a value as an element; a list becomes one element per entry.
func writeXML(b *bytes.Buffer, name string, value any) {
	switch v := value.(type) {
	case []fields:
		for _, entry := range v {
			writeXML(b, name, entry)
		}
	case []string:
		for _, entry := range v {
			writeXML(b, name, entry)
		}
	case fields:
		fmt.Fprintf(b, "<%s>", name)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			writeXML(b, key, v[key])
		}
		fmt.Fprintf(b, "</%s>", name)
	default:
		fmt.Fprintf(b, "<%s>", name)
		// A bytes.Buffer does not fail.
		_ = xml.EscapeText(b, []byte(fmt.Sprint(v)))
		fmt.Fprintf(b, "</%s>", name)
	}
}

// send answers the client. The log says so before the first byte leaves, so that
// who has the answer also finds it in the log.
func (w *World) send(rw http.ResponseWriter, in *request, out reply) {
	w.mark(in, out, true)
	h := rw.Header()
	h.Set("Content-Type", out.contentType)
	h.Set("Content-Length", strconv.Itoa(len(out.body)))
	h.Set("X-Acs-Request-Id", in.call.RequestID)
	h.Set("Server", "fakelive")
	rw.WriteHeader(out.status)
	if _, err := rw.Write(out.body); err != nil {
		w.mark(in, reply{}, false)
	}
}

func (w *World) mark(in *request, out reply, answered bool) {
	took := w.cfg.Gateway().Sub(in.arrived)
	w.mu.Lock()
	defer w.mu.Unlock()
	in.call.Status, in.call.Code, in.call.Answered = out.status, out.code, answered
	in.call.Millis = float64(took.Microseconds()) / 1000
}

// cut resets the connection. It does not return: net/http takes the panic as the
// order to close without an answer, where the connection could not be taken over.
func (w *World) cut(rw http.ResponseWriter, in *request) {
	w.mark(in, reply{}, false)
	if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
		raw := conn
		if secured, ok := conn.(*tls.Conn); ok {
			raw = secured.NetConn()
		}
		if tcp, ok := raw.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = raw.Close()
	}
	panic(http.ErrAbortHandler)
}

func serverError(f Fault, in *request, _ reply) reply {
	code := f.Code
	if code == "" {
		code = map[int]string{503: "ServiceUnavailable"}[f.Status]
	}
	if code == "" {
		code = "InternalError"
	}
	bad := refuse(code)
	if f.Status != 0 {
		bad.status = f.Status
	}
	return bad.reply(in)
}

func refusalAs(code string) func(Fault, *request, reply) reply {
	return func(_ Fault, in *request, _ reply) reply { return refuse(code).reply(in) }
}

func webPage(Fault, *request, reply) reply {
	return reply{status: http.StatusOK, contentType: "text/html; charset=utf-8",
		body: []byte("<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>")}
}

func emptyAnswer(Fault, *request, reply) reply {
	return reply{status: http.StatusOK, contentType: "application/json;charset=utf-8", body: []byte("{}")}
}

func halfAnswer(_ Fault, _ *request, good reply) reply {
	good.body = good.body[:len(good.body)/2]
	return good
}
