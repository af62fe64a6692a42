// Package fakeslack is a Slack workspace in one process: the Web API, Socket
// Mode and response URLs on loopback, and the people who type and click.
//
// What for. The sandbox, the conversation tests and the benchmark need a Slack
// that answers like Slack, is there at once, and lets a test cause what the
// real one does rarely: a lost socket, an expired trigger, a 429. Because it
// speaks the real wire, the bot runs against it unchanged, and so does any app
// written with another Slack SDK.
//
// What it keeps true. A request is answered as the documentation of the method
// says, errors included; a message that Slack would refuse is refused here. An
// envelope goes to exactly one socket and counts one ack. Message timestamps
// are unique and rise, even when the world's clock stands still. Deadlines that
// Slack counts in real time (ack, trigger, response URL, ping) are counted in
// real time here too; only message timestamps follow the world's clock.
//
// What it must not know. Nothing of the bot: no command grammar, no policy, no
// studio. It sees JSON and people. It imports nothing of ours but the linter in
// blockkit, so that it stays a judge the bot cannot talk to.
//
// How it is built. Workspace.mu guards the world (people, channels, messages,
// views, faults). The hub has its own lock for sockets and open envelopes, so
// that routing an envelope never waits for somebody who reads a snapshot. No
// code takes Workspace.mu while it holds the hub's lock.
package fakeslack
