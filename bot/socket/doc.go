// Package socket keeps the Socket Mode connections of a process, and acknowledges over them.
//
// What it keeps true: a connection is replaced before Slack closes it, so the app is never without one; what was read
// is acknowledged before its connection is closed, over another one if need be; a connection on which nothing is heard
// is not trusted; no more connections are asked for than Slack allows. It knows nothing of what an envelope means.
package socket
