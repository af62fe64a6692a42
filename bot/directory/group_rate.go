package directory

import (
	"sync"
	"time"
)

// Slack answers some twenty questions about user groups a minute (docs.slack.dev/apis/web-api/rate-limits, Tier 2). A
// crew that presses without a pause would ask one every two seconds.
const (
	manyAsked    = 8               // questions of the last minute from which on they are spared
	sparedWithin = 5 * time.Second // then facts of so long ago serve, as they do when the call leaves
)

// groupRate remembers the questions of the last minute.
type groupRate struct {
	mu    sync.Mutex
	asked []time.Time
}

func (s *groupRate) add(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, now)
	for len(s.asked) > manyAsked {
		s.asked = s.asked[1:]
	}
}

// since moves the moment back from which facts are good enough, when there were many questions; never by more than the
// five seconds that are allowed.
func (s *groupRate) since(since, now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) < manyAsked || now.Sub(s.asked[0]) >= time.Minute {
		return since
	}
	if spared := now.Add(-sparedWithin); spared.Before(since) {
		return spared
	}
	return since
}
