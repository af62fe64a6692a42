package op

// Nearest gives the first of those with the fewest edits, and how many these are.
func Nearest[T any](all []T, edits func(T) int) (near T, fewest int) {
	fewest = 1 << 30
	for _, one := range all {
		if n := edits(one); n < fewest {
			near, fewest = one, n
		}
	}
	return near, fewest
}

// Distance counts the single-character edits between two words.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(to)]
}
