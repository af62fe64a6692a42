// Package messages posts and edits cards and boards, and says things in private.
//
// What it keeps true: Slack's write budget is kept; a result does not wait behind what only says that an operation is
// under way; an edit of which nobody knows whether it counts is made once more; response addresses are capabilities,
// and no log and no error has them.
package messages
