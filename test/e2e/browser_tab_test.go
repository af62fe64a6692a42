package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/sandbox"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a tab may take to show what is expected. Nothing waits that long unless it is wrong.
const patience = 45 * time.Second

// flags keep the browser to itself: nothing is looked up, updated or remembered.
var flags = []string{
	"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
	"disable-component-update", "disable-sync",
	"force-prefers-reduced-motion",
}

// browserPath is the browser that CASTERBOT_BROWSER names, or Debian's Chromium, or nothing.
func browserPath() string {
	if named := os.Getenv("CASTERBOT_BROWSER"); named != "" {
		return named
	}
	if _, err := os.Stat("/usr/bin/chromium"); err == nil {
		return "/usr/bin/chromium"
	}
	return ""
}

// startBrowser starts a browser without any past, which ends with the test.
func startBrowser(t *testing.T, path string) context.Context {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Env("TZ=UTC"), chromedp.Flag("lang", "en-GB"))
	for _, name := range flags {
		options = append(options, chromedp.Flag(name, true))
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Error("close the browser:", err)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start the browser:", err)
	}
	return ctx
}

// tab is a person in front of the sandbox's page. It acts by real keys and clicks only, and sees what a person can see.
type tab struct {
	t     *testing.T
	ctx   context.Context
	stage *fixture

	mu       sync.Mutex
	console  []string // errors and warnings
	requests []string // addresses, without those that stay in the page such as data:
}

// openTab opens a world with the bot in it and perhaps a scenario, and its page in a window of its own.
func openTab(t *testing.T, browser context.Context, scenario string) *tab {
	t.Helper()
	s := openFixture(t, sandbox.Config{Now: func() time.Time { return start }, Suggestions: sandbox.Suggestions(),
		Scenario: scenarioNamed(t, scenario)})
	b := &tab{t: t, stage: s}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.note))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of its first action
		t.Fatal("open a tab:", err)
	}
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.world.PageURL))
	b.ready()
	return b
}

// ready waits until the page has drawn itself with a connected bot.
func (b *tab) ready() {
	b.t.Helper()
	b.until(`document.body.classList.contains("ready") && document.getElementById("apps").textContent.includes("casterbotconnected")`)
}

// note keeps what the console says and who is contacted.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning ||
			e.Type == runtime.ConsoleAPICalledTypeAssert {
			b.console = append(b.console, fmt.Sprintf("%s: %s", e.Type, said(e.Args)))
		}
	case *runtime.EventExceptionThrown:
		b.console = append(b.console, fmt.Sprintf("exception: %+v", *e.ExceptionDetails))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.console = append(b.console, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") {
			b.requests = append(b.requests, e.Request.URL)
		}
	}
}

// said is what the console was given.
func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, cmp.Or(a.Description, string(a.Value)))
	}
	return strings.Join(words, " ")
}

// clean checks that the page was quiet: no error or warning in the console, no request to anybody but its own server.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.console {
		b.t.Errorf("in the console of the browser: %s", line)
	}
	home, err := url.Parse(b.stage.world.PageURL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, address := range b.requests {
		if to, err := url.Parse(address); err != nil || to.Host != home.Host {
			b.t.Errorf("the page contacted %s", address)
		}
	}
	if len(b.requests) < 10 {
		b.t.Errorf("%d requests seen, so nothing was watched", len(b.requests))
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eyes are words for what is to be seen. Only what is visible counts, and a person reads spaces, not layout.
const eyes = `
	const shown = (el) => Boolean(el) && el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && el.getClientRects().length > 0;
	const words = (el) => (el ? el.innerText.replace(/\s+/g, " ").trim() : "");
	const all = (css, inside = document) => [...inside.querySelectorAll(css)].filter(shown);
	const newest = (css, ...parts) => all(css).filter((el) => parts.every((p) => words(el).includes(p))).at(-1);
	const card = (...parts) => newest("#message-list article.message", ...parts);
	const button = (inside, text) => inside && all("button", inside).find((el) => words(el) === text || el.getAttribute("aria-label") === text);
	const room = (name) => all("#channels button").find((el) => words(el) === name || words(el)?.startsWith(name + " "));
	const studio = (name) => all("#studios article").find((el) => words(el.querySelector("h3")) === name);
	const scene = (name, of) => { const el = studio(of); return words(el && all(".scene", el).find((x) => words(x.querySelector("span")) === name)); };
	const stream = (name) => all("#streams article").find((el) => el.getAttribute("aria-label") === "Stream " + name);
	const call = (action) => words(all("#calls .call").find((el) => words(el).includes(action)));
	const field = () => document.getElementById("composer-field");
`

// look evaluates an expression in the words of eyes.
func look[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[T]("(() => {"+eyes+"return "+expression+"})()"))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return seen
}

// until waits for the page to show something.
func (b *tab) until(expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if look[bool](b, "Boolean("+expression+")") {
			return
		}
	}
	b.fail("never seen: " + expression)
}

// wait waits for something that happens elsewhere than on the page; why tells what is missing in the end.
func (b *tab) wait(happened func() bool, why func() string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if happened() {
			return
		}
	}
	b.fail(why())
}

// spot is a place that a mouse can point at.
type spot struct{ X, Y float64 }

// click presses an element and releases it, and the page has to make a click of that. When the element has moved away
// since it was aimed at, somebody aims anew.
func (b *tab) click(element string) {
	b.t.Helper()
	b.release(b.press(element))
	if !look[bool](b, "window.hit.click") {
		b.fail("pressed and released, and no click came of it: " + element)
	}
}

// press holds the mouse down on an element, where it stands.
func (b *tab) press(element string) spot {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		at := b.find(element)
		look[bool](b, watch(element))
		b.do(chromedp.MouseEvent(chromedp.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
		if look[bool](b, "window.hit.pointerdown") {
			return at
		}
		b.astray()
	}
	b.fail("is never met: " + element)
	return spot{}
}

func (b *tab) release(at spot) {
	b.t.Helper()
	b.do(chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// astray releases the mouse away from what was pressed, so that no click comes of it.
func (b *tab) astray() {
	b.t.Helper()
	b.do(chromedp.MouseEvent(chromedp.MouseMoved, 0, 0, chromedp.ButtonLeft))
	b.release(spot{})
}

// watch keeps in window.hit whether the next press and the next click meet an element, before the page sees them.
func watch(element string) string {
	return `(() => {
		window.hit?.end();
		const ends = new AbortController(), hit = window.hit = { pointerdown: false, click: false, end: () => ends.abort() };
		const meets = (e) => (hit[e.type] = Boolean((` + element + `)?.contains(e.target)));
		for (const name of ["pointerdown", "click"]) addEventListener(name, meets, { capture: true, once: true, signal: ends.signal });
		return true;
	})()`
}

// point moves the mouse over an element.
func (b *tab) point(element string) {
	b.t.Helper()
	at := b.find(element)
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y))
}

// find waits until an element stands still and nothing covers it, and gives its middle.
func (b *tab) find(element string) spot {
	b.t.Helper()
	var before *spot
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		now := look[*spot](b, `(() => {
			const el = `+element+`;
			if (!shown(el) || el.disabled) return null;
			el.scrollIntoView({ block: "nearest", inline: "nearest" });
			const r = el.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
			return el.contains(document.elementFromPoint(x, y)) ? { X: x, Y: y } : null;
		})()`)
		if now != nil && before != nil && *now == *before {
			return *now
		}
		before = now
	}
	b.fail("cannot be pointed at: " + element)
	return spot{}
}

// fail ends the story with all that is to be seen.
func (b *tab) fail(what string) {
	b.t.Helper()
	b.picture("failed-" + strings.ReplaceAll(b.t.Name(), "/", "-"))
	b.t.Fatalf("%s\nthe page says:\n%s\nin the console: %s", what, look[string](b, "document.body.innerText"), b.console)
}

// keys presses keys, one after the other. As with a real keyboard, a key down that the page takes for itself types
// nothing.
func (b *tab) keys(keys string, with ...chromedp.Modifier) {
	b.t.Helper()
	for _, r := range keys {
		b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			return chromedp.Void{}, press(ctx, t, r, with)
		})
	}
}

func press(ctx context.Context, t *chromedp.Target, r rune, with []chromedp.Modifier) error {
	events := kb.Encode(r)
	down, up := events[0], events[len(events)-1]
	if len(events) == 3 && len(with) == 0 {
		down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
	}
	for _, e := range []*input.DispatchKeyEventParams{down, up} {
		for _, m := range with {
			e.Modifiers |= int64(m)
		}
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *e); err != nil {
			return err
		}
	}
	return nil
}

// say types into the composer and sends it.
func (b *tab) say(text string) {
	b.t.Helper()
	b.click("field()")
	b.keys(text)
	b.until("field().value === " + quoted(text))
	b.keys("\r")
	b.until(`field().value === ""`)
}

// be makes somebody else of the reader, by Alt and the number in the list.
func (b *tab) be(name string) {
	b.t.Helper()
	n := look[int](b, `all("#people button").findIndex((el) => words(el).includes(`+quoted(name)+`)) + 1`)
	b.keys(fmt.Sprint(n), chromedp.ModifierAlt)
	b.until(`words(document.getElementById("me")).includes(` + quoted(name) + `)`)
}

// quoted writes a text for JavaScript.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}
