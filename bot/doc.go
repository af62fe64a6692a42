// Package bot is casterbot's side of Slack: a dispatcher between the sockets and the engine, and its pools.
//
// Envelopes come in over the connections of socket, are decoded by payload into the nouns of package op, handed to the
// engine, and acknowledged before any work starts; the work runs behind the acknowledgement on a bounded pool. render
// draws what goes out, and messages posts it.
//
// It keeps true that
//   - an envelope is acknowledged only after the engine has taken it, and a second copy of it changes nothing;
//   - no kind of work stands before a confirmation, and no channel takes all the places;
//   - tokens, response addresses and trigger ids reach neither a log nor an error.
//
// Only this package and those in its folder know Slack's JSON. They must not know the policy, the store, the cloud or
// the command table, and decide nothing about rights.
package bot
