package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Witness is somebody who signs a checkpoint when it goes on from the last one that they have signed
// (https://c2sp.org/tlog-witness).
type Witness struct {
	URL    string        // the submission prefix
	Key    note.Verifier // of the witness: ParseWitnessKey
	Client *http.Client
}

// Name implements Place.
func (w Witness) Name() string { return "witness" }

// Bring implements Place. A witness that has another size than this log knows of says which.
func (w Witness) Bring(ctx context.Context, o Outgoing) (string, error) {
	signatures, known, err := w.ask(ctx, o, o.Known)
	if known > o.Size {
		return "", ErrForked
	}
	if known >= 0 && known != o.Known {
		signatures, known, err = w.ask(ctx, o, known)
	}
	if known >= 0 { // it does not take what it has asked for: another root at that size
		return "", ErrForked
	}
	if err != nil {
		return "", err
	}
	return w.own(o, signatures)
}

// ask submits a checkpoint once. It gives the size that the witness has, when that is another one, else -1.
func (w Witness) ask(ctx context.Context, o Outgoing, from int64) (signatures string, known int64, err error) {
	body, err := w.body(o, from)
	if err != nil {
		return "", -1, err
	}
	address := strings.TrimSuffix(w.URL, "/") + "/add-checkpoint"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return "", -1, err
	}
	response, err := w.Client.Do(request)
	if err != nil {
		return "", -1, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	switch {
	case err != nil:
		return "", -1, err
	case response.StatusCode == http.StatusConflict:
		known, err = strconv.ParseInt(strings.TrimSpace(string(answer)), 10, 64)
		if err != nil || known < 0 {
			return "", from, nil // the same size, another root
		}
		return "", known, nil
	case response.StatusCode != http.StatusOK:
		return "", -1, refusedBy(response.StatusCode)
	}
	return string(answer), -1, nil
}

func (w Witness) body(o Outgoing, from int64) (string, error) {
	proof, err := o.Prove(from)
	if err != nil {
		return "", fmt.Errorf("prove that nothing was changed since entry %d: %w", from, err)
	}
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", from)
	for _, hash := range proof {
		body.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	body.WriteString("\n" + o.Note)
	return body.String(), nil
}

func refusedBy(status int) error {
	switch status {
	case http.StatusNotFound:
		return errors.New("the witness does not know this log: give it the key that casterbot audit keygen has shown")
	case http.StatusForbidden:
		return errors.New("the witness has another key of this log")
	case http.StatusUnprocessableEntity:
		return ErrForked
	}
	return fmt.Errorf("the witness answers with status %d", status)
}

// own takes the signatures of this witness out of its answer, and checks them.
func (w Witness) own(o Outgoing, signatures string) (string, error) {
	text, _, _ := strings.Cut(o.Note, "\n\n")
	signed, err := note.Open([]byte(text+"\n\n"+signatures), note.VerifierList(w.Key))
	if err != nil {
		return "", fmt.Errorf("what the witness answers is not signed by it: %w", err)
	}
	var own strings.Builder
	for _, s := range signed.Sigs {
		own.WriteString("— " + s.Name + " " + s.Base64 + "\n")
	}
	return own.String(), nil
}

// cosigner checks the signatures of a witness: of a time and a text (https://c2sp.org/tlog-cosignature).
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// cosignature is the kind of key that signs so.
const cosignature = 4

// ParseWitnessKey reads the public key of a witness: NAME+HASH+KEY.
func ParseWitnessKey(text string) (note.Verifier, error) {
	parts := strings.SplitN(strings.TrimSpace(text), "+", 3)
	wrong := errors.New("it should look like witness.example.com+1a2b3c4d+B…, the key of a witness with Ed25519")
	if len(parts) != 3 || parts[0] == "" {
		return nil, wrong
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignature {
		return nil, wrong
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	c := cosigner{name: parts[0], hash: binary.BigEndian.Uint32(sum[:]), key: key[1:]}
	if fmt.Sprintf("%08x", c.hash) != parts[1] {
		return nil, wrong
	}
	return c, nil
}

// Name implements note.Verifier.
func (c cosigner) Name() string { return c.name }

// KeyHash implements note.Verifier.
func (c cosigner) KeyHash() uint32 { return c.hash }

// Verify implements note.Verifier.
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	return ed25519.Verify(c.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text), signature[8:])
}
