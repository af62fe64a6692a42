// Package page is what the browser shows of the sandbox: the chat, and the wall
// of studios beside it.
//
// What for. A person sees the world as one member of the workspace, types and
// clicks as that member, and sees at the same time what the cloud really does.
// The page is a few static files and a small JSON API; no build step, no
// framework, no other host.
//
// What it keeps true. Only a page of this server can change the world: every
// write needs JSON from the same origin, and a request under a strange host
// name is refused, so a web page somewhere else cannot act through a person's
// browser. What one person sees is asked from the workspace as that person,
// never filtered here. Text of the world reaches the document as text.
//
// What it must not know. The bot and its commands: the rows of the completion,
// the things to try and the scenario are given to it. It reads and drives the
// two fakes and nothing else.
package page

import (
	"embed"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"casterbot/internal/sandbox/composer"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/sandbox/scenarios"
)

//go:embed static
var files embed.FS

// Suggestion is something to try: a text, who types it and where.
type Suggestion struct {
	As      string `json:"as"`      // user id
	Channel string `json:"channel"` // channel id
	Text    string `json:"text"`
	Why     string `json:"why"` // a few words
}

// Config joins a page to its world.
type Config struct {
	Slack *fakeslack.Workspace
	Live  *fakelive.World

	Now     func() time.Time     // the world's clock
	Ahead   func() time.Duration // how far it is ahead of the real one
	Advance func(time.Duration)
	Reset   func() error

	Speed    func() int // of the world, in times of the real clock
	SetSpeed func(int) error
	Travel   func(time.Time)        // puts the clock to a moment, in small steps
	Acted    func()                 // is called when a person has asked the bot for something
	Due      func() time.Time       // of what happens next by itself; zero when nothing is due
	Scenario func() *scenarios.View // nil when none is played

	Addr        string // the address the page is served on; its host name is accepted
	Suggestions []Suggestion
}

// Page is the handler of the browser's requests.
type Page struct {
	cfg  Config
	mux  *http.ServeMux
	done chan struct{}
	once sync.Once

	mu      sync.Mutex
	pokes   map[chan struct{}]bool
	limited limited
}

// New makes the page. Close lets its open event streams end.
func New(cfg Config) *Page {
	p := &Page{cfg: cfg, mux: http.NewServeMux(), done: make(chan struct{}), pokes: map[chan struct{}]bool{},
		limited: limited{}}
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err)
	}
	p.mux.Handle("GET /", http.FileServerFS(static))
	p.mux.HandleFunc("GET /emoji.json", serveEmoji)
	p.mux.HandleFunc("GET /api/state", p.serveState)
	p.mux.HandleFunc("GET /api/events", p.serveEvents)
	for name, do := range acts {
		p.mux.HandleFunc("POST /api/"+name, p.serveAct(do))
	}
	return p
}

// ServeHTTP checks where a request comes from before anything else.
func (p *Page) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	secure(rw.Header())
	if err := p.trusted(r); err != nil {
		fail(rw, http.StatusForbidden, err)
		return
	}
	p.mux.ServeHTTP(rw, r)
}

// Close ends the event streams.
func (p *Page) Close() { p.once.Do(func() { close(p.done) }) }

// serveEmoji gives the picture of every emoji by its names.
func serveEmoji(rw http.ResponseWriter, _ *http.Request) {
	answer(rw, http.StatusOK, composer.Glyphs())
}
