package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/note"
)

// Verifier checks signatures by a public key.
type Verifier = note.Verifier

// Key signs checkpoints and seals events. Its name is the origin of the log.
type Key struct {
	signer note.Signer
	public string
}

// NewKey makes a key with a name: the key itself, which is a secret, and the one by which others check what it signs.
func NewKey(name string) (secret, public string, err error) {
	if name == "" || strings.ContainsAny(name, "+ \t\r\n") {
		return "", "", errors.New("the name of a key has no space and no + in it: take the name of a host and a word, such as example.com/casterbot")
	}
	return note.GenerateKey(rand.Reader, name)
}

// ParseKey reads a key that NewKey has made. Its error holds nothing of the text.
func ParseKey(text string) (*Key, error) {
	signer, err := note.NewSigner(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("it should look like PRIVATE+KEY+name+…; make one with casterbot audit keygen")
	}
	public, err := publicOf(signer.Name(), strings.TrimSpace(text))
	return &Key{signer, public}, err
}

// publicOf gives the public key of a secret one whose form was checked: the seed stands behind its last +, after a byte
// that names the algorithm.
func publicOf(name, secret string) (string, error) {
	seed, err := base64.StdEncoding.DecodeString(strings.SplitN(secret, "+", 5)[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("its seed cannot be read")
	}
	public, _ := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(name, public)
}

// Public is the key by which others check what this one signs.
func (k *Key) Public() string { return k.public }

// Verifier checks what the key signs.
func (k *Key) Verifier() note.Verifier {
	v, _ := note.NewVerifier(k.public) // it was made by the library
	return v
}

// Name is the origin of the log.
func (k *Key) Name() string { return k.signer.Name() }

// Seal says for good that this program wrote an event. It is the signature of sealed.
func (k *Key) Seal(e op.Event) string {
	signature, err := k.signer.Sign(sealed(e))
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(signature)
}

// sealed is the text that a seal signs: never the text of a checkpoint, whose second line is a number.
func sealed(e op.Event) []byte {
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	text, _ := json.Marshal([]any{e.Operation, e.At.UnixMilli(), e.Name, e.Actor, e.Team, e.Channel, e.Detail})
	return fmt.Appendf(nil, "casterbot event\n%s\n", text)
}

// IsSealed reports that the owner of a key wrote an event as it is.
func IsSealed(v note.Verifier, e op.Event) bool {
	signature, err := base64.StdEncoding.DecodeString(e.Seal)
	return err == nil && e.Seal != "" && v.Verify(sealed(e), signature)
}

// ParsePublic reads a public key, as NewKey has made it.
func ParsePublic(text string) (Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("it should look like name+1a2b3c4d+A…, as casterbot audit keygen has shown it")
	}
	return v, nil
}
