// Package quota says when a call may leave: the account's limits for each API operation, kept in every window of one
// second by all replicas together, and the order in which those who wait are served.
//
// What it keeps true: no window of a second holds more sends of an operation than its share of the documented limit; a
// confirmed change goes before everything else; within a class people take turns; nothing waits for ever. It knows
// neither the cloud's client nor who may do what: it decides when, never whether.
package quota
