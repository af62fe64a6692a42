// Package blockkit checks Block Kit JSON against Slack's limits without Slack.
//
// What for. A message that Slack would refuse must fail in a test on a laptop,
// not in the middle of a show. The fake workspace refuses with it, and golden
// messages can be held against it.
//
// What it keeps true. Every rule is a row of a table (tables.go) that names the
// field and its limit, or one of the few checks that look at several blocks at
// once (set.go). Problems come with a JSON pointer and in the words Slack uses.
// No problem found means that the message keeps the documented limits; it is
// no promise that a workspace has the newer blocks switched on.
//
// What it must not know. Anything of our messages: it takes JSON of any app.
//
// Sources: https://docs.slack.dev/reference/block-kit and the pages below it.
package blockkit
