package op

// Grid is a table in an answer: what its columns are, and its rows.
type Grid struct {
	Head []Line
	Rows [][]Line
}

func (g *Grid) each(become func(Line) Line) *Grid {
	if g == nil {
		return nil
	}
	return &Grid{Head: Each(g.Head, become), Rows: Each(g.Rows, func(row []Line) []Line { return Each(row, become) })}
}

// File is a file that goes with an answer, to the same person alone.
type File struct {
	Name string
	Body []byte `json:"-"` // an answer that is kept until later comes without it
}
