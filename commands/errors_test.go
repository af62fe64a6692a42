package commands

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/commands/failure"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// documented lists the codes of the pages in all their versions, by API action.
var documented = map[string][]string{
	"CopyCaster": {"InvalidClientToken.Malformed", "InvalidCasterId.Malformed", "IllegalOperation", "CasterNumberExceed",
		"InvalidCaster.NotFound",
		"InternalError", "ResourceNumberExceed", "CopyCaster.Timeout"},
	"RestartCaster": {"IncorrectSceneStatus", "IncorrectCasterStatus.Idle", "InvalidCasterId.Malformed",
		"InvalidNormType.Malformed",
		"IncorrectCasterStatus", "IllegalOperation", "InvalidCaster.NotFound", "InvalidScene.NotFound", "InternalError"},
	"StartCasterScene": {"IncorrectSceneStatus", "IncorrectSceneStatus.Inuse", "IncorrectCasterStatus.Idle",
		"InvalidCasterId.Malformed",
		"InvalidSceneId.Malformed", "IllegalOperation", "UserQuotaExceed", "InvalidCaster.NotFound", "InvalidScene.NotFound",
		"InternalError"},
	"StopCasterScene": {"InvalidCasterId.Malformed", "InvalidUserId.Malformed", "InvalidSceneId.Malformed",
		"IncorrectSceneStatus",
		"IncorrectSceneStatus.Idle", "IllegalOperation", "InvalidCaster.NotFound", "InvalidScene.NotFound", "InternalError"},
	"StartCaster": {"InvalidCasterId.Malformed", "InvalidDomainName.NotFound", "IncorrectCasterStatus.Inuse",
		"IllegalOperation", "UserQuotaExceed",
		"InvalidCaster.NotFound", "InternalError"},
	"StopCaster": {"IncorrectSceneStatus", "InvalidCasterId.Malformed", "IllegalOperation", "InvalidCaster.NotFound",
		"InvalidScene.NotFound", "InternalError"},
	"CopyCasterSceneConfig": {"InvalidCasterId.Malformed", "InvalidUserId.Malformed", "InvalidSceneId.Malformed",
		"IncorrectSceneStatus",
		"IllegalOperation", "InvalidCaster.NotFound", "InvalidScene.NotFound", "InvalidLayout.NotFound", "InternalError"},
	"EffectCasterUrgent": {"InvalidCasterId.Malformed", "InvalidUserId.Malformed", "InvalidSceneId.Malformed",
		"IncorrectSceneStatus",
		"IncorrectSceneStatus.Idle", "IncorrectChannel.Disable", "InvalidParameter.Malformed", "IllegalOperation",
		"InternalError",
		"InvalidCaster.NotFound", "InvalidUrgentMaterial.NotFound", "InvalidScene.NotFound", "InvalidResource.NotFound"},
	"RealTimeRecordCommand": {"MalformedParam", "MissingParam", "CodeConfigNotFound", "StreamNotFound",
		"TaskAlreadyStarted", "InternalError",
		"InvalidDomain.NotFound", "MissingDomainName", "MissingAppName", "MissingStreamName", "MissingCommand",
		"InvalidStream.NotFound", "InvalidConfig.NotFound"},
	"any": {"InvalidApi.NotFound", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "InvalidTimeStamp.Format",
		"InvalidTimeStamp.Expired",
		"SignatureNonceUsed", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureMethod",
		"UnsupportedHTTPMethod", "InvalidParameter.Format",
		"Throttling", "Throttling.User", "Throttling.Api", "Forbidden.RAM", "Forbidden.RiskControl", "NoPermission",
		"PermissionDenied",
		"InvalidSecurityToken.Expired", "InvalidSecurityToken.MismatchWithAccessKey", "ServiceUnavailable",
		"InsufficientBalance", "RegionNoResource",
		"BusinessExist", "InvalidConfiguration.NotFound", "InvalidDomainName.NotFound", "InvalidLayout.NotFound",
		"InvalidResource.NotFound"},
}

func TestEveryDocumentedCodeHasASentence(t *testing.T) {
	for action, codes := range documented {
		for _, code := range codes {
			known, ok := failure.CodeTexts[code]
			if !ok {
				t.Errorf("%s %s: no sentence", action, code)
				continue
			}
			if known.Text == "" || strings.HasSuffix(string(known.Text), ".") ||
				strings.ToUpper(string(known.Text[:1])) == string(known.Text[:1]) &&
					!strings.HasPrefix(string(known.Text), "ApsaraVideo") {
				t.Errorf("%s: %q does not complete \"X was not done: …\"", code, known.Text)
			}
			x := failure.Explain(&live.Error{Class: live.Refused, Action: action, Code: code})
			if advice := x.Advice.Plain(); !strings.HasSuffix(advice, ".") {
				t.Errorf("%s: advice %q is not a sentence", code, advice)
			}
			wantHas(t, x.Text.Plain(), string(known.Text), code)
		}
	}
}

// soBefore says of each command that calls the cloud, by its verb, which code means that it was so before, or why none
// does. One that ends what it starts anew, a restart, is never so before and has no row.
var soBefore = map[string]struct{ code, none string }{
	"caster.start":       {code: "IncorrectCasterStatus.Inuse"},
	"caster.stop":        {code: "IncorrectCasterStatus.Idle"},
	"caster.scene.start": {code: "IncorrectSceneStatus.Inuse"},
	"caster.scene.stop":  {code: "IncorrectSceneStatus.Idle"},
	"record.start":       {code: "TaskAlreadyStarted"},
	"caster.copy":        {none: "another copy is another studio"},
	"caster.take":        {none: "a picture can be taken once more"},
	"caster.standby":     {none: "its page has no code for a slate that is shown"},
	"record.stop":        {none: "the page has no code for a recording that does not run"},
	"record.finish":      {none: "the page has no code for a file that is written"},
}

// TestAlreadyBelongsToItsAction: each command has its row in soBefore, and what it says to each code is as the row has
// it: to its code that it was so before, with words for that and a way on; to every other that it was not done.
func TestAlreadyBelongsToItsAction(t *testing.T) {
	p := op.Plan{Args: op.Args{"caster": newsID, "scene": "s-p1", "name": "N", "stream": mainPath},
		Title: op.L("Do ", op.B("it"))}
	words, seen, known := wordsForBefore(t), map[string]bool{}, map[string]bool{}
	all := Table(newFake(), &fakeRecords{}, func() time.Time { return noon }).Commands
	for _, c := range all {
		known[c.Sends+" "+soBefore[c.Verb].code] = true
	}
	for _, c := range all {
		row, ok := soBefore[c.Verb]
		seen[c.Verb] = true
		anew := slices.ContainsFunc(c.Starts, func(x op.Condition) bool { return slices.Contains(c.Ends, x) })
		if want := c.Sends != "" && !anew; ok != want || ok && (row.code == "") == (row.none == "") {
			t.Errorf("/%s: a row in soBefore %t, want %t, with a code or a reason: %+v", c.Usage, ok, want, row)
		}
		records := strings.HasPrefix(c.Verb, "record.")
		if has, told := words[c.Usage]; c.Sends != "" && !records && (!told || has != (row.code != "")) {
			t.Errorf("/%s: Failure.Before %t, and the code for it in soBefore is %q", c.Usage, has, row.code)
		}
		for code := range failure.CodeTexts {
			if c.Sends == "" || code != row.code && known[c.Sends+" "+code] {
				continue // the code of another command of the same action
			}
			f := newFake()
			f.fail["every change"] = &live.Error{Class: live.Refused, Action: c.Sends, Code: code, RequestID: "R-1"}
			one, _ := Table(f, &fakeRecords{}, func() time.Time { return noon }).Find(c.Usage)
			o := one.Apply(t.Context(), p, "tok", permitted)
			switch {
			case o.Already != (code == row.code):
				t.Errorf("/%s, %s: already %t, want %t: see already in commands/failure/codes.go", c.Usage, code, o.Already,
					code == row.code)
			case o.Already && (strings.HasPrefix(o.Text.Plain(), ".") || len(o.Next) == 0):
				t.Errorf("/%s, %s: no Before or no Next in its Failure: %q", c.Usage, code, o.Text.Plain())
			}
		}
	}
	for verb := range soBefore {
		if !seen[verb] {
			t.Errorf("soBefore has %s, which is no command", verb)
		}
	}
}

// wordsForBefore tells of each Failure in the source, by the usage of its command, whether it has words for what was so
// before. Those of recordings have one for all, which is not in it.
func wordsForBefore(t *testing.T) map[string]bool {
	t.Helper()
	_, constants := mentioned(t)
	byName := map[string]string{}
	for usage, name := range constants {
		byName[name] = usage
	}
	words := map[string]bool{}
	paths, _ := filepath.Glob("*.go")
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			x, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if kind, ok := x.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Failure" {
				return true
			}
			fields := map[string]ast.Expr{}
			for _, e := range x.Elts {
				if field, ok := e.(*ast.KeyValueExpr); ok {
					fields[field.Key.(*ast.Ident).Name] = field.Value
				}
			}
			if usage, ok := fields["Usage"].(*ast.Ident); ok && byName[usage.Name] != "" {
				words[byName[usage.Name]] = fields["Before"] != nil
			}
			return true
		})
	}
	return words
}

func TestOutcomeOfEveryClass(t *testing.T) {
	cases := []struct {
		name  string
		err   error
		state op.State
		says  []string
	}{
		{"refused", &live.Error{Class: live.Refused, Code: "IncorrectCasterStatus.Idle", RequestID: "R-1",
			Status: 400}, op.Failed,
			[]string{"News was not restarted: the studio is not running (IncorrectCasterStatus.Idle). Start the studio",
				"Nothing was changed."}},
		{"unknown code", &live.Error{Class: live.Refused, Code: "Brand.New", RequestID: "R-2", Status: 400,
			Message: "a reason"}, op.Failed,
			[]string{"Brand.New", "R-2", "a reason", "Nothing was changed."}},
		{"no code", &live.Error{Class: live.Refused, Status: 302}, op.Failed, []string{"HTTP 302", "Nothing was changed."}},
		{"a missing parameter", &live.Error{Class: live.Refused, Code: "MissingCasterId"}, op.Failed,
			[]string{"MissingCasterId", "fault of casterbot"}},
		{"throttled", &live.Error{Class: live.Throttled, Code: "Throttling.User"}, op.Failed,
			[]string{"too many calls", "Try again", "Nothing was changed."}},
		{"throttled otherwise", &live.Error{Class: live.Throttled, Code: "Rejected.Throttling"}, op.Failed,
			[]string{"too many calls", "Rejected.Throttling"}},
		{"not sent", &live.Error{Class: live.NotSent, Message: "no connection to the service"}, op.Failed,
			[]string{"could not be sent (no connection", "Nothing was changed."}},
		{"unknown", &live.Error{Class: live.Unknown, Code: "InternalError", Status: 500}, op.Unknown,
			[]string{"may or may not have happened"}},
		{"redirected", &live.Error{Class: live.Unknown, Status: 307}, op.Unknown,
			[]string{"redirect came back, which is not followed. It may or may not"}},
		{"an error with 200", &live.Error{Class: live.Unknown, Status: 200, Code: "Busy", RequestID: "R-3"}, op.Unknown,
			[]string{"answered Busy, which says neither yes nor no. It may"}},
		{"not of the service", &live.Error{Class: live.Unknown, Status: 202, RequestID: "R-3"}, op.Unknown,
			[]string{"other than ApsaraVideo Live answered (a proxy?). It may"}},
		{"known code, unknown outcome", &live.Error{Class: live.Unknown, Action: "StartCasterScene",
			Code: "IncorrectSceneStatus.Inuse"}, op.Unknown, []string{"may or may not"}},
		{"nobody's error", errors.New("https://live.example/?Signature=fake-canary"), op.Unknown, []string{"may or may not"}},
		{"given up", context.DeadlineExceeded, op.Unknown, []string{"may or may not"}},
	}
	for _, c := range cases {
		o := failure.Failure{Usage: restartUsage, Args: op.Args{"caster": newsID},
			Denied: op.L(op.B("News"), " was not restarted"), Before: op.L("News was so")}.Outcome(op.Outcome{},
			live.Receipt{}, c.err)
		if o.State != c.state || o.Already {
			t.Errorf("%s: %s, already %v", c.name, o.State, o.Already)
		}
		wantHas(t, o.Text.Plain(), c.says...)
		wantNot(t, o.Text.Plain(), "fake-canary")
		e := &live.Error{}
		if errors.As(c.err, &e) && (o.Code != e.Code || o.RequestID != e.RequestID) {
			t.Errorf("%s: code %q, request %q", c.name, o.Code, o.RequestID)
		}
	}
}

// TestOrderHint: the order of recording commands is the likely reason only where the API says that the request is
// wrong.
func TestOrderHint(t *testing.T) {
	for _, c := range []struct {
		action, code string
		status       int
		want         bool
	}{
		{"RealTimeRecordCommand", "TaskNotStarted", 409, true}, {"RealTimeRecordCommand", "Brand.New", 400, true},
		{"RealTimeRecordCommand", "", 302, false}, {"RealTimeRecordCommand", "Brand.New", 403, false},
		{"RealTimeRecordCommand", "Brand.New", 0, false},
		{"CopyCaster", "Brand.New", 400, false}, {"StartCasterScene", "Brand.New", 409, false},
	} {
		x := failure.Explain(&live.Error{Class: live.Refused, Action: c.action, Code: c.code, Status: c.status})
		if got := strings.Contains(x.Advice.Plain(), "The order is"); got != c.want || len(x.Advice) == 0 {
			t.Errorf("%s %s %d: %q", c.action, c.code, c.status, x.Advice.Plain())
		}
	}
}

// Every command hands its permit on to the call: without one nothing is sent, and that is what it says.
func TestWithoutAPermitNothingIsSent(t *testing.T) {
	p := op.Plan{Args: op.Args{"caster": newsID, "scene": "s-p1", "name": "N", "stream": mainPath},
		Title: op.L("Do ", op.B("it"))}
	f := newFake()
	for _, c := range Table(f, &fakeRecords{}, func() time.Time { return noon }).Commands {
		if c.Sends == "" {
			continue
		}
		if o := c.Apply(t.Context(), p, "tok", op.SendPermit{}); o.State != op.Failed || len(f.calls) > 0 {
			t.Errorf("%s without a permit: %s %s, calls %q", c.Usage, o.State, o.Text.Plain(), f.calls)
		}
		before := len(f.calls)
		if c.Apply(t.Context(), p, "tok", permitted); len(f.calls) != before+1 {
			t.Errorf("%s with a permit: calls %q", c.Usage, f.calls)
		}
		f.calls = nil
	}
}

// Every change ends in every class as its error says, and never claims more.
func TestApplyClasses(t *testing.T) {
	classes := map[live.Class]op.State{live.Refused: op.Failed, live.Throttled: op.Failed, live.NotSent: op.Failed,
		live.Unknown: op.Unknown}
	p := op.Plan{Args: op.Args{"caster": newsID, "scene": "s-p1", "name": "N", "stream": mainPath},
		Title: op.L("Do ", op.B("it"))}
	for class, want := range classes {
		f := newFake()
		f.fail["every change"] = &live.Error{Class: class, Code: "Some.Code", RequestID: "R-5", Message: "why"}
		for _, c := range Table(f, &fakeRecords{}, func() time.Time { return noon }).Commands {
			if c.Apply == nil || slices.Contains(ownWords, c.Verb) {
				continue
			}
			o := c.Apply(t.Context(), p, "tok", permitted)
			if o.State != want || o.Already || o.Play != "" || o.Checked {
				t.Errorf("%s, %s: %+v", c.Usage, class, o)
			}
			says := strings.Contains(o.Text.Plain(), "Nothing was changed.")
			if o.State == op.Failed && says == o.NothingChanged {
				t.Errorf("%s, %s: that nothing was changed is not said once: %+v", c.Usage, class, o)
			}
		}
	}
}
