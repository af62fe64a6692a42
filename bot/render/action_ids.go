package render

// The action ids of our buttons: those of cards carry an operation id, those of answers the text of a command.
const (
	CardAction = "op:"
	SayAction  = "say:"
	PickAction = "field"
	HomeAction = "home:" // on the bot's own page: a number and the channel that is meant, or the word that follows
	Refresh    = "refresh"
)
