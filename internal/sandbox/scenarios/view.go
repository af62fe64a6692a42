package scenarios

import "cmp"

// View is an evening as a person sees it: nothing of what is still to come.
type View struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"`
	Items []Item `json:"items"`
	Steps int    `json:"steps"` // how many there are
	Done  int    `json:"done"`
	Error string `json:"error"` // what is not as it should be
}

// Item is a step that has begun.
type Item struct {
	Text string `json:"text"`
	Asks bool   `json:"asks"` // the person is to do it
	Due  int64  `json:"due"`  // unix milliseconds of what is still to happen, or 0
	Done bool   `json:"done"`
	Said []Said `json:"said"`
}

// Said is something that the bot should say or do.
type Said struct {
	Words string `json:"words"`
	Call  bool   `json:"call"`
	Seen  bool   `json:"seen"`
}

// View tells how far the evening has come.
func (r *Run) View() View {
	v := View{Name: r.Name, Title: r.Title, About: r.About, Steps: len(r.Steps), Items: []Item{}}
	if err := r.Err(); err != nil {
		v.Error = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	v.Done = r.at
	for i := range min(r.at+1, len(r.Steps)) {
		v.Items = append(v.Items, r.item(i))
	}
	return v
}

func (r *Run) item(i int) Item {
	step := r.Steps[i]
	out := Item{Text: cmp.Or(step.Ask, step.Tell), Asks: step.Ask != "", Done: i < r.at, Said: []Said{}}
	if i == r.at && r.cfg.Now().Before(r.due) {
		return Item{Due: r.due.UnixMilli(), Said: []Said{}}
	}
	for j, s := range step.Sees {
		out.Said = append(out.Said, Said{Words: s.words(), Call: s.Call != "", Seen: r.seen[i][j]})
	}
	return out
}
