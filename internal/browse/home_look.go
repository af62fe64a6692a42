package browse

import (
	"context"
	"time"

	"casterbot/internal/op"
)

// look gives what there is of one kind in a channel, as it was seen last or as a new look shows it. Of a list that is
// no picture of now, old says so, in place of how a thing stands.
func (p *page) look(ctx context.Context, channel string, d op.Decision, kind op.Kind) (l optionList, old op.Line,
	err error) {
	l, ok := p.b.remembered(channel, d, kind)
	switch {
	case ok:
	case p.round():
		if l, err = p.b.options(ctx, channel, d, kind, nil); err == nil && l.Stale {
			old = op.L(" · could not be looked at (last seen ", op.At(l.Asked), ")")
		}
	case p.b.now().Sub(l.Asked) >= listFor:
		old = op.L(" · not looked at since ", op.At(l.Asked), ": refresh in a moment")
	}
	return l, old, err
}

// remembered gives what was seen last, and whether that is good.
func (b *Browser) remembered(channel string, d op.Decision, kind op.Kind) (optionList, bool) {
	key := optionKey{kind: kind.Name, channel: channel, policy: d.Policy}
	if l, ok := b.cache.Peek(key, time.Time{}, nil); ok {
		return l, true
	}
	l, ok := b.cache.Last(key)
	if age := b.now().Sub(l.Asked); !ok || age < 0 || age >= staleFor {
		l = optionList{}
	}
	return l, false
}
