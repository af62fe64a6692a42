package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestDomains reads every page, and asks for streaming domains alone.
func TestDomains(t *testing.T) {
	var rows []string
	for i := range 50 {
		rows = append(rows, fmt.Sprintf(`{"DomainName":"d%d.example.com"}`, i))
	}
	f := newCloud(t,
		answer(200, `{"RequestId":"R","TotalCount":51,"Domains":{"PageData":[`+strings.Join(rows, ",")+`]}}`),
		answer(200, `{"RequestId":"R","TotalCount":51,"Domains":{"PageData":[{"DomainName":"last.example.com"}]}}`))
	domains, err := f.client(t).Domains(t.Context())
	if err != nil || len(domains) != 51 || domains[50] != "last.example.com" {
		t.Fatal(domains, err)
	}
	sent := f.requests()
	if len(sent) != 2 || sent[1].Get("PageNumber") != "2" || sent[0].Get("LiveDomainType") != "liveVideo" {
		t.Error(sent)
	}
}

// TestRecordedStreams leaves out what is configured for many streams at once.
func TestRecordedStreams(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R","TotalNum":4,"LiveAppRecordList":{"LiveAppRecord":[
		{"AppName":"show","StreamName":"main"},{"AppName":"show","StreamName":"*"},{"AppName":"*","StreamName":"*"},
		{"AppName":"show"}]}}`))
	streams, err := f.client(t).RecordedStreams(t.Context(), "d")
	if err != nil || !slices.Equal(streams, []Stream{{"d", "show", "main"}}) {
		t.Error(streams, err)
	}
}

// TestRAMPolicy: it is JSON, on the account and every domain, and has each action once.
func TestRAMPolicy(t *testing.T) {
	var said struct {
		Statement []struct {
			Effect   string
			Resource any
			Action   []string
		}
	}
	if err := json.Unmarshal([]byte(RAMPolicy("123", []string{"a.example.com", "b.example.com"})), &said); err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range said.Statement {
		allowed = append(allowed, s.Action...)
	}
	if len(allowed) != len(Actions()) || said.Statement[0].Resource != "acs:live:*:123:caster/*" ||
		fmt.Sprint(said.Statement[1].Resource) != "[acs:cdn:*:123:domain/a.example.com acs:cdn:*:123:domain/b.example.com]" {
		t.Errorf("%+v", said)
	}
	if open := RAMPolicy("", nil); !strings.Contains(open, `"acs:cdn:*:*:domain/*"`) {
		t.Error(open)
	}
}
