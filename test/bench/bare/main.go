// The least that a Socket Mode bot can be: slack-go's loop, which acknowledges every slash command with one fixed
// answer of the length that /caster help has. It is the yardstick beside which test/bench puts casterbot's figures.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// answerSize is how many bytes the answer has, as JSON.
const answerSize = 1850

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	client := socketmode.New(slack.New(os.Getenv("SLACK_BOT_TOKEN"),
		slack.OptionAppLevelToken(os.Getenv("SLACK_APP_TOKEN")), slack.OptionAPIURL(os.Getenv("SLACK_API_URL"))))
	go acknowledge(client)
	err := client.RunContext(ctx) // ends with the context, or with an error that no new try can mend
	if ctx.Err() == nil {
		log.Fatal(err)
	}
}

func acknowledge(client *socketmode.Client) {
	answer, err := json.Marshal(map[string]string{"response_type": "ephemeral",
		"text": strings.Repeat("help ", answerSize/5)})
	if err != nil {
		log.Fatal(err)
	}
	for event := range client.Events {
		if event.Type != socketmode.EventTypeSlashCommand {
			continue
		}
		if err := client.Ack(*event.Request, json.RawMessage(answer)); err != nil {
			log.Print(err)
		}
	}
}
