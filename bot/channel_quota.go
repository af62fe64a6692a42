package bot

import "sync"

// perChannel is how many commands of one channel may wait or be under way.
const perChannel = 100

// channelQuota bounds how much of the queue one channel may take, so that a script in one does not keep the others
// waiting.
type channelQuota struct {
	mu    sync.Mutex
	taken map[string]int
}

// take gives a place, to be left again, or says that the channel has none.
func (p *channelQuota) reserve(channel string) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[channel] >= perChannel {
		return nil, false
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	p.taken[channel]++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.taken[channel]--; p.taken[channel] == 0 {
			delete(p.taken, channel)
		}
	}, true
}
