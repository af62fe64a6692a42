package op

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an opaque id of 128 random bits in 26 lower-case ASCII characters without i, l, o and u.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return idEncoding.EncodeToString(b[:])
}

// Cut ids begin with this, on the screen and as typed.
const (
	idCut      = "…"
	idCutTyped = "..."
	shortestID = 6 // characters of an id that are shown at least
)

// ShortID is the end of an id that no other of all has: "…3f20a1". People can type it in place of the whole. Paths
// stay whole, and so does what is short.
func ShortID(id string, all []string) string {
	if strings.Contains(id, "/") {
		return id
	}
	for n := shortestID; n+2 < len(id); n++ {
		end := id[len(id)-n:]
		if !slices.ContainsFunc(all, func(other string) bool { return other != id && strings.HasSuffix(other, end) }) {
			return idCut + end
		}
	}
	return id
}

// ShortOf reports whether what was typed is an id as ShortID gives it.
func ShortOf(typed, id string) bool {
	end, cut := strings.CutPrefix(typed, idCut)
	if !cut {
		end, cut = strings.CutPrefix(typed, idCutTyped)
	}
	return cut && len(end) >= shortestID && !strings.Contains(id, "/") &&
		strings.HasSuffix(strings.ToLower(id), strings.ToLower(end))
}
