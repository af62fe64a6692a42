package policy

import (
	"strings"

	"casterbot/internal/op"
)

// matchText reports whether the whole text fits a glob: * stands for any run of characters, ? for exactly one.
// Letters count as written, and no character is special to them, not even a slash.
func matchText(glob, text string) bool {
	g, t := []rune(glob), []rune(text)
	gi, ti, star, mark := 0, 0, -1, 0
	for ti < len(t) {
		switch {
		case gi < len(g) && g[gi] == '*':
			star, mark = gi, ti
			gi++
		case gi < len(g) && (g[gi] == '?' || g[gi] == t[ti]):
			gi++
			ti++
		case star >= 0: // let the last star take one character more
			mark++
			gi, ti = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(string(g[gi:]), "*") == ""
}

// matchPath reports whether domain/app/stream fits a pattern of three parts; a glob never crosses a slash.
func matchPath(pattern, path string) bool {
	globs, parts := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(globs) != 3 || len(parts) != 3 {
		return false
	}
	for i, glob := range globs {
		if parts[i] == "" || !matchText(glob, parts[i]) {
			return false
		}
	}
	return true
}

// isGlob reports whether a text may stand for more than itself.
func isGlob(text string) bool { return strings.ContainsAny(text, "*?") }

// nearest gives the candidate that a typing slip most likely meant, or "".
func nearest(text string, candidates []string) string {
	near, edits := op.Nearest(candidates, func(c string) int {
		return op.Distance(strings.ToLower(text), strings.ToLower(c))
	})
	if edits > max(1, len([]rune(text))/3) {
		return ""
	}
	return near
}
