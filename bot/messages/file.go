package messages

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"casterbot/bot/webapi"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// SetScopes tells what the token may do.
func (c *Chat) SetScopes(me webapi.Identity) { c.noFiles.Store(len(me.Lacks(webapi.FilesScope)) > 0) }

// announced gives an answer that says where its file is.
func (c *Chat) announced(a op.Answer) op.Answer {
	switch {
	case a.File == nil:
		return a
	case c.noFiles.Load():
		a.Lines = append(slices.Clip(a.Lines), op.L("As a file it comes once the app has the scope ",
			op.Code(webapi.FilesScope), "; ", op.Code("casterbot audit asrun"), " writes it too."))
		a.File = nil
	default:
		a.Lines = append(slices.Clip(a.Lines), op.L("All of it comes as a file in a direct message."))
	}
	return a
}

// sendFile brings the file of an answer to the person alone; where that fails they are told.
func (c *Chat) sendFile(ctx context.Context, to op.Address, f op.File) {
	if err := c.upload(ctx, to.Person, f); err != nil {
		_ = c.Hint(ctx, to, op.Answer{Mark: op.MarkFailed,
			Title: op.L("The file ", op.B(f.Name), " could not be sent. Ask again in a minute.")})
	}
}

// upload is docs.slack.dev/messaging/working-with-files#uploading_files.
func (c *Chat) upload(ctx context.Context, person string, f op.File) error {
	ctx, cancel := context.WithTimeout(ctx, DirectWithin)
	defer cancel()
	opened, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{person}})
	if err != nil {
		return fmt.Errorf("open a direct message: %w", webapi.Bare(err))
	}
	_, err = c.api.UploadFileContext(ctx, slack.UploadFileParameters{Filename: f.Name, Title: f.Name,
		FileSize: len(f.Body), Reader: bytes.NewReader(f.Body), Channel: opened.ID})
	return webapi.Bare(err)
}
