// Package bot is casterbot's side of Slack: sockets, decoding, cards, private answers, forms and the home tab.
//
// It is the only package that knows Slack's JSON. Envelopes come in over two staggered Socket Mode connections, are decoded
// into the nouns of package op, handed to the engine, and acknowledged before any work starts; the work runs behind the
// acknowledgement on a bounded pool. What goes out is drawn from values: a card is a pure function of the stored operation
// and can be drawn again at any time, by any replica.
//
// It keeps true that
//   - text from people and from the cloud passes one escaping constructor (text.go), so no name can become a mention, a
//     link or a format;
//   - an envelope is acknowledged only after the engine has taken it, and a second copy of it changes nothing;
//   - a button carries an opaque operation id, or the text of a command that is parsed and authorised as if its presser
//     had typed it;
//   - tokens, response addresses and trigger ids reach neither a log nor an error.
//
// It must not know the policy, the store, the cloud or the command table, and decides nothing about rights.
package bot
