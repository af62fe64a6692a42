// Package live speaks to ApsaraVideo Live (API version 2016-11-01) about casters, scenes and recordings.
//
// It is the only package that knows the Alibaba SDK, and it hides it. The SDK signs; everything that decides whether
// a studio is touched once or twice is done here: one RoundTripper per send that lets a single request through, adds
// the caller's context, never follows a redirect and keeps the whole answer; a fresh SDK client per send, because a
// shared one races; a recover around it, because some error bodies make it panic. Answers are decoded from the raw
// body with own structs, because the SDK's typed ones do not fit real accounts (ResourceGroupId). That is also why
// its core is used with the action's name and parameters instead of the generated package for Live: what that adds
// are those structs, an unguarded package variable and half a minute of compiling.
//
// What it keeps true:
//   - A write leaves this process at most once per definite refusal. It is repeated only when it certainly did
//     nothing: the request was never handed to a connection, or the service answered that it refused.
//   - Every failure has a Class, and Unknown is the default. A write is Refused only by a parsed answer with a code and
//     a request id.
//   - No address, key, signature or token is in an error text. Answers are quoted scrubbed and clamped.
//   - No send leaves without a permit of internal/quota, which keeps all of them under the account's documented limits.
//
// What it must not know: Slack, operations, policy, the store. It does not decide whether to ask again after Unknown,
// and it does not phrase codes for people.
package live
