package fakeslack

import (
	"encoding/json"
	"sync"

	"github.com/slack-go/slack"
)

// viewAnswers hands out the prepared answer to each view_submission and keeps
// what was asked.
type viewAnswers struct {
	mu     sync.Mutex
	answer string
	asked  slack.InteractionCallback
}

func (v *viewAnswers) say(answer string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = answer
}

func (v *viewAnswers) next(cb slack.InteractionCallback) any {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = cb
	if v.answer == "" {
		return nil
	}
	return json.RawMessage(v.answer)
}

func (v *viewAnswers) last() slack.InteractionCallback {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.asked
}
