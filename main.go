// casterbot lets a live-production crew operate ApsaraVideo Live studios and recordings from Slack.
package main

import (
	"context"
	_ "embed"
	"os"
	"os/signal"
	"syscall"

	"casterbot/internal/app"
)

// version is set by the linker in releases.
var version = "dev"

//go:embed manifest.yml
var manifest []byte

//go:embed docs/policy.example.yml
var examplePolicy []byte

func main() {
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error of the write, not the end of the process
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second signal ends the process at once, with the guarantees of a crash
		<-ctx.Done()
		stop()
	}()
	program := app.Build{Version: version, Manifest: manifest, ExamplePolicy: examplePolicy}.Program()
	os.Exit(program.Run(ctx, os.Args[1:]))
}
