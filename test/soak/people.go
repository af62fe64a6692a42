package main

import (
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// attempts is how often a person tries again what Slack says has failed.
const attempts = 4

// ask types the command until there is a card for it. An acknowledged command must lead to a card or to a private
// answer.
func (s *story) ask() bool {
	cards := len(s.w.Cards(channel))
	for range attempts {
		told := s.w.Private(s.asker)
		sent, err := s.w.Slack.Type(s.asker, channel, s.c.order.text, "")
		acked := s.acked(s.asker+" types "+s.c.order.text, sent, err)
		shown := func() bool { return len(s.w.Cards(channel)) > cards }
		answered := func() bool { return shown() || s.w.Private(s.asker) > told }
		if acked {
			if !s.until(answered, s.wait) {
				s.breaks("I6: an acknowledged command led to no card and to no answer")
				return false
			}
		}
		if !shown() { // what is said in private may come before the card
			s.rest()
		}
		if shown() {
			s.settleCard()
			return true
		}
		if acked {
			s.say("the asker is answered in private: %s", s.w.LastPrivate(s.asker))
			return false
		}
	}
	return false
}

// settleCard gives the bot the blink of an eye that every person needs before the first click.
func (s *story) settleCard() {
	time.Sleep(150 * time.Millisecond)
	s.say("card: %s", s.face())
}

// press confirms the newest card, with or without a crowd, until it is no longer pending.
func (s *story) press() {
	if s.c.twist.intruder {
		s.click(testbed.Intruder, "confirm", "approve")
	}
	for range attempts {
		c, ok := s.newest()
		if !ok || !s.pending(c) {
			return
		}
		who := s.asker
		if s.c.order.approved() {
			s.click(s.asker, "approve")
			who = s.other
		}
		if s.c.twist.twice {
			s.click("U0KEN", "confirm", "approve")
		}
		s.click(who, "confirm", "approve")
		s.rest()
	}
}

func (s *story) pending(c testbed.Card) bool {
	_, confirm := c.Button("confirm")
	_, approve := c.Button("approve")
	return confirm || approve
}

// click presses the first of these buttons that the newest card has. An acknowledged click must change the card or lead
// to a private answer.
func (s *story) click(who string, acts ...string) {
	c, ok := s.newest()
	if !ok {
		return
	}
	for _, act := range acts {
		b, has := c.Button(act)
		if !has {
			continue
		}
		told := s.w.Private(who)
		sent, err := s.w.Slack.Click(who, channel, c.TS, fakeslack.Press{Action: b.Action, Value: b.Value, Stale: true})
		if !s.acked(who+" presses "+act, sent, err) {
			return
		}
		changed := func() bool { return s.last(c.Ref).Text != c.Text || s.w.Private(who) > told }
		if !s.until(changed, s.wait) {
			s.breaks("I6: the acknowledged click %q of %s changed no card and led to no answer", act, who)
		}
		return
	}
}

// doubt is what people do about a card that says "I do not know".
func (s *story) doubt() {
	if s.sign() != "⚠️" {
		return
	}
	s.say("card: %s", s.face())
	first, _ := s.newest()
	effects := len(s.w.Live.Effects())
	if s.c.twist.again && s.ask() {
		s.press()
		s.rest()
	}
	s.advance(4 * time.Minute)
	s.until(func() bool { return s.last(first.Ref).Face != "⚠️" }, 7*time.Second)
	s.rest()
	if last := s.last(first.Ref); last.Face == "⚠️" && s.c.twist.close {
		s.close(last, effects > 0)
	}
}

func (s *story) sign() string {
	c, _ := s.newest()
	return c.Face
}

// close is a person who looks at the studio and says what is so; of several, one after the other.
func (s *story) close(c testbed.Card, happened bool) {
	act := map[bool]string{true: "happened", false: "not"}[happened]
	for range 3 { // two outcomes, and a press that a dying process did not take
		b, ok := c.Button(act)
		if !ok {
			s.breaks("the card of an unknown outcome has no button %q", act)
			return
		}
		sent, err := s.w.Slack.Click("U0KEN", channel, c.TS, fakeslack.Press{Action: b.Action, Value: b.Value})
		if s.acked("U0KEN presses "+act, sent, err) && !s.until(func() bool { return s.last(c.Ref).Text != c.Text }, s.wait) {
			s.breaks("I6: a person settled an unknown outcome, and its card does not say so")
		}
		s.rest()
		if c = s.last(c.Ref); c.Face != "⚠️" {
			return
		}
	}
	s.breaks("I6: a person settled every unknown outcome, and the card still shows one")
}

// expire asks for one more, lets its time run out and clicks too late.
func (s *story) expire() {
	if !s.ask() {
		return
	}
	c, _ := s.newest()
	s.advance(31 * time.Minute)
	if !s.until(func() bool { return s.last(c.Ref).Face == "⚪" }, s.wait) {
		s.breaks("P8: a card is not expired after 31 minutes: %s", s.face())
		return
	}
	b := c.Buttons[0]
	told := s.w.Private(s.asker)
	sent, err := s.w.Slack.Click(s.asker, channel, c.TS, fakeslack.Press{Action: b.Action, Value: b.Value, Stale: true})
	if s.acked(s.asker+" presses too late", sent, err) &&
		!s.until(func() bool { return s.w.Private(s.asker) > told }, s.wait) {
		s.breaks("I6: a late click got no answer")
	}
}
