package op

// Ask is what one types in place of an argument to be asked for it, and the value of an option that is only a notice.
const Ask = "?"

// Pick lets somebody choose one argument of a command right where they read that it is missing or unclear.
type Pick struct {
	Label string // of what is chosen: "Studio"
	Text  string // the command as typed, with Ask in the place of what is chosen
	Typed string // what stood there; what resembles it is offered first
}

// Query asks what can be picked for one argument of a command. Out of a form come Command, Args and Field; out of a
// message comes the text of a command in Request, whose first Ask is the argument.
type Query struct {
	Request Request // who asks, and where
	Command string  // usage
	Args    Args    // what the other fields hold
	Field   string
	Text    string // typed into the picker so far
	Typed   string // see Pick
}
