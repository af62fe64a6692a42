// Package fakelive is ApsaraVideo Live in a box: an HTTP handler that answers
// the RPC protocol of live.aliyuncs.com (version 2016-11-01) for production
// studios and recordings, with a small world behind it.
//
// At the same address, told apart by their version, answer the two services with
// which the account keeps a record of who did what: STS (2015-04-01, role
// sessions) and ActionTrail (2020-07-06, LookupEvents, a while after the event).
//
// It serves three uses: the sandbox that a newcomer opens, the rehearsal room
// of a crew, and the double that every test of this program talks to. All of
// them go through the wire, so any client of the real service can be pointed
// here unchanged: the Go, Java and Node SDKs, or the vendor's command line.
//
// What it keeps true:
//   - a request is checked as the gateway checks it (method, version, key,
//     15-minute clock, signature of version 1 (HMAC-SHA1) or 3
//     (ACS3-HMAC-SHA256), single-use nonce) before it may
//     touch anything, and a refusal changes nothing;
//   - received, applied and answered are three facts about a call, written down
//     separately, because the faults that matter lie between them;
//   - an idle studio has no open scene, and a stream has at most one recording;
//   - ids are derived from counters, so the same story gives the same ids.
//
// The rules of each operation come from the pages of its API reference. Where
// those pages are silent, the code says "emulator's own choice": a bot must not
// rely on such a point without trying it on a live account.
//
// It must not know who is calling: nothing of casterbot is imported here, and no
// answer is bent to please it.
package fakelive
