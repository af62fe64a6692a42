package op

import "testing"

// What the card of an earlier command says of how things stand is over with a later one, or stands.
func TestOutdates(t *testing.T) {
	is := func(all ...Condition) []Condition { return all }
	open, shut := Command{Starts: is(PreviewOpen)}, Command{Ends: is(PreviewOpen)}
	start, restart := Command{Starts: is(IsOnAir)}, Command{Starts: is(IsOnAir), Ends: is(IsOnAir, StandbyShown)}
	stop := Command{Ends: is(IsOnAir, PreviewOpen, StandbyShown, PictureTaken)}
	take, standby := Command{Starts: is(PictureTaken), Ends: is(StandbyShown)}, Command{Starts: is(StandbyShown)}
	lock, unlock, ask := Command{Starts: is(IsLocked)}, Command{Ends: is(IsLocked)}, Command{Tells: is(IsLocked)}
	record := Command{Starts: is(IsRecorded)}
	pause := Command{Starts: is(IsPaused), Ends: is(IsRecorded)}
	finish := Command{Ends: is(IsRecorded, IsPaused)}
	of := func(c Command, scene string) Use { return Use{c, Plan{Args: Args{"scene": scene}}} }
	for name, c := range map[string]struct {
		claim, by Use
		want      bool
	}{
		"its own scene is closed":              {of(open, "s1"), of(shut, "s1"), true},
		"another one is":                       {of(open, "s1"), of(shut, "s2"), false},
		"all are":                              {of(open, "s1"), of(shut, ""), true},
		"its own scene is opened again":        {of(shut, "s1"), of(open, "s1"), true},
		"closed, then all are":                 {of(shut, "s1"), of(stop, ""), false},
		"paused":                               {of(record, ""), of(pause, ""), true},
		"resumed":                              {of(pause, ""), of(record, ""), true},
		"the file of before stays":             {of(finish, ""), of(record, ""), false},
		"something else":                       {of(open, "s1"), of(record, ""), false},
		"another picture is taken":             {of(take, "s1"), of(take, "s2"), true},
		"the picture stays under the slate":    {of(take, "s1"), of(standby, ""), false},
		"the studio of the picture is stopped": {of(take, "s1"), of(stop, ""), true},
		"a take ends the slate":                {of(standby, ""), of(take, "s1"), true},
		"the slate is put up once more":        {of(standby, ""), of(standby, ""), false},
		"a restart ends the slate":             {of(standby, ""), of(restart, ""), true},
		"stopped, then started":                {of(stop, ""), of(start, ""), true},
		"stopped, then restarted":              {of(stop, ""), of(restart, ""), true},
		"started, then stopped":                {of(start, ""), of(stop, ""), true},
		"free again, then locked":              {of(unlock, ""), of(lock, ""), true},
		"asked for, then given back":           {of(ask, ""), of(unlock, ""), true},
		"asked for, then locked for longer":    {of(ask, ""), of(lock, ""), true},
		"asked for once more":                  {of(ask, ""), of(ask, ""), false},
		"a lock that somebody asks for":        {of(lock, ""), of(ask, ""), false},
	} {
		if got := c.by.Outdates(c.claim); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if c.want && !c.by.Command.MayOutdate(c.claim.Command) {
			t.Errorf("%s: its card is not looked for", name)
		}
	}
}
