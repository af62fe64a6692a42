// Package directory tells who people are, which groups they are in, and what channels are, out of what Slack says.
//
// What it keeps true: a right that was taken away is not seen for longer than a minute, or than the caller allows; what
// is older is marked as stale and is of the last hour; a workspace is never listed; Slack is asked no more often than
// it wants to be.
package directory
