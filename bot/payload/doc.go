// Package payload makes requests, clicks and forms out of Slack's envelopes.
//
// What it keeps true: decoding is pure, the same bytes always mean the same; a button carries an opaque operation id or
// the text of a command; a form is its own person's; what comes from another workspace, a bot or an edited message is
// no command. It decides nothing about rights.
package payload
