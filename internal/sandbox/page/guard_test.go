package page

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestOnlyThisPageMayChangeTheWorld(t *testing.T) {
	r := newRig(t)
	own := strings.TrimPrefix(r.page.URL, "http://")
	tests := []struct {
		name   string
		method string
		host   string
		header map[string]string
		want   int
	}{
		{"the page itself", "POST", own, map[string]string{"Origin": "http://" + own, "Sec-Fetch-Site": "same-origin"}, 200},
		{"a program without origin", "POST", own, nil, 200},
		{"localhost", "POST", "localhost:8787", map[string]string{"Origin": "http://localhost:8787"}, 200},
		{"the name it was started with", "POST", "control.test:8787", nil, 200},
		{"a foreign page", "POST", own, map[string]string{"Origin": "https://evil.example"}, 403},
		{"another port of this machine", "POST", own, map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"an opaque origin", "POST", own, map[string]string{"Origin": "null"}, 403},
		{"a cross-site request", "POST", own, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a plain form", "POST", own, map[string]string{"Content-Type": "text/plain"}, 403},
		{"a name pointed at loopback", "POST", "evil.example:8787", nil, 403},
		{"reading under a foreign name", "GET", "evil.example:8787", nil, 403},
		{"a change by GET", "GET", own, nil, 404},
		{"deleting", "DELETE", own, nil, 405},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, _ := http.NewRequest(tt.method, r.page.URL+"/api/faults", strings.NewReader("{}"))
			req.Host = tt.host
			req.Header.Set("Content-Type", "application/json")
			for k, v := range tt.header {
				req.Header.Set(k, v)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != tt.want {
				t.Errorf("status %d, want %d", res.StatusCode, tt.want)
			}
		})
	}
}

func TestStaticFilesAreServedWithTheirPolicy(t *testing.T) {
	r := newRig(t)
	for path, kind := range map[string]string{
		"/": "text/html", "/app.js": "text/javascript", "/base.css": "text/css", "/favicon.svg": "image/svg+xml",
	} {
		res, err := http.Get(r.page.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s, want 200 %s", path, res.StatusCode, res.Header.Get("Content-Type"), kind)
		}
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

// forbidden are the ways in which text of the world could become markup, or the
// page could reach another host or need a loose policy.
var forbidden = map[string]*regexp.Regexp{
	".js": regexp.MustCompile(
		`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|from "https?:|import\("https?:|fetch\("https?:`),
	".html": regexp.MustCompile(`\sstyle=|\son[a-z]+=|<style|<script>|(?:src|href)="(?:https?:)?//`),
	".css":  regexp.MustCompile(`@import|url\(`),
}

func TestStaticFilesKeepTheHouseRules(t *testing.T) {
	seen := 0
	err := fs.WalkDir(files, "static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		seen++
		for ending, pattern := range forbidden {
			if strings.HasSuffix(path, ending) && pattern.Match(data) {
				t.Errorf("%s contains %q", path, pattern.Find(data))
			}
		}
		if n := strings.Count(string(data), "\n"); n > 300 {
			t.Errorf("%s has %d lines", path, n)
		}
		return nil
	})
	if err != nil || seen < 20 {
		t.Errorf("%d files seen, %v", seen, err)
	}
}
