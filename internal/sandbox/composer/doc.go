// Package composer is the field into which people type in Slack: what becomes of
// their text before an app gets to see it.
//
// It makes :codes: of emoji and the rich_text object of a formatted text. It knows
// no workspace: mentions are written as ids by whoever knows the people.
package composer
