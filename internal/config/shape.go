package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quotation marks that env files, shells and word processors put around a value. No setting begins or ends with one.
const quotes = "\"'`“”„‘’«»"

// wrongShape says what no value may look like: it was copied with more than belongs to it. A secret is not quoted, and
// has no white space in it.
func wrongShape(name, value string, secret bool) error {
	first, _ := utf8.DecodeRuneInString(value)
	last, _ := utf8.DecodeLastRuneInString(value)
	space := strings.ContainsAny(value, "\t\r\n") || secret && strings.Contains(value, " ")
	switch odd := strings.IndexFunc(value, invisible); {
	case value == "":
		return nil
	case strings.ContainsRune(quotes, first) || strings.ContainsRune(quotes, last):
		return fmt.Errorf("%s stands in quotation marks, which would count as part of it: remove them", name)
	case odd >= 0:
		r, _ := utf8.DecodeRuneInString(value[odd:])
		return fmt.Errorf("%s contains the invisible character %U: copy it again", name, r)
	case strings.HasSuffix(value, "\r"):
		return remedied{fmt.Errorf("%s ends in a carriage return: its file has the line ends of Windows", name),
			"take the carriage returns out of the file that sets " + name + ": sed -i 's/\\r$//' FILE"}
	case space || unicode.IsSpace(first) || unicode.IsSpace(last):
		return fmt.Errorf("%s contains white space: copy it again without line breaks", name)
	}
	return nil
}

// invisible are characters that nobody types: formats such as a byte order mark, and controls but white space.
func invisible(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cf) || unicode.IsControl(r) && !unicode.IsSpace(r)
}

// plainText reads the text of a file without what editors put around it.
func plainText(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return "", errors.New("is written in UTF-16: save it in UTF-8")
	}
	text := strings.TrimSpace(string(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if text == "" {
		return "", errors.New("is empty")
	}
	return text, nil
}
