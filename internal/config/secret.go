package config

// Secret is a token or key. However it is printed, it shows as [secret]; Reveal is the only way to its text.
type Secret string

const hidden = "[secret]"

// String hides the secret.
func (s Secret) String() string { return s.mask() }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.mask() }

// MarshalText hides the secret from JSON and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }

// Reveal gives the text, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) mask() string {
	if s == "" {
		return ""
	}
	return hidden
}
