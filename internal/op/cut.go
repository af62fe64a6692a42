package op

import (
	"fmt"
	"strings"
)

// Cut parts a list for which there is not room enough: what is shown, and a line that counts the others, nothing when
// there are none. Whoever shows a part of a list cuts it here, so that nothing is left out in silence.
func Cut[T any](all []T, most int) (shown []T, rest Line) {
	if len(all) <= most {
		return all, nil
	}
	return all[:most:most], L("…and ", N(len(all)-most), " more")
}

// Some lists the first of many, and counts the others: "a, b, …and 16 more".
func Some[T Span | Line](all []T, most int) Line {
	shown, rest := Cut(all, most)
	line := List(shown, ", ")
	if len(rest) > 0 {
		line = L(line, ", ", rest)
	}
	return line
}

// Count is a number of things for a terminal: "1 channel", "3 channels", "2 entries".
func Count(n int, thing string) string {
	if stem, y := strings.CutSuffix(thing, "ry"); n != 1 && y {
		thing = stem + "ries"
	} else if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// Counted says of what there is how much: "3 on air, 13 idle", in the order in which it first occurs.
func Counted(what []Text) Line {
	n := map[Text]int{}
	var order []Text
	for _, w := range what {
		if n[w]++; n[w] == 1 {
			order = append(order, w)
		}
	}
	return List(Each(order, func(w Text) Line { return L(N(n[w]), " ", w) }), ", ")
}

// HowMany is a number of things for a message, in the words for one or in those for several, which are translated.
func HowMany(n int, one, many Text) Line {
	if n == 1 {
		return L(N(n), one)
	}
	return L(N(n), many)
}
