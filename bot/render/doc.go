// Package render draws values as Block Kit, in the reader's language.
//
// What it keeps true: text from people and from the cloud passes one escaping function (text.go), so no name can become
// a mention, a link or a format; a card is a pure function of the stored operation; nothing drawn is larger than Slack
// takes.
package render
