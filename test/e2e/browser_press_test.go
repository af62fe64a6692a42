package e2e

import (
	"context"
	"encoding/json"
	"strings"

	"casterbot/internal/sandbox/fakelive"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// isHeld: the page knows of something that it shows when what is pressed has been released.
const isHeld = `document.body.classList.contains("held")`

// during presses an element, has something change, and releases the element when the page knows of that.
func (b *tab) during(element string, change func()) {
	b.t.Helper()
	at := b.press(element)
	change()
	b.until(isHeld)
	b.release(at)
}

// pressed: everything that can be pressed is drawn anew while it is pressed, and each press is a click all the same.
func pressed(b *tab) {
	a := b.other(studios)
	title := func(want string) { b.until(`words(document.getElementById("title")) === ` + quoted(want)) }
	b.during(`room("morning-show")`, func() { a.post("C0MORN", "good morning, <@U0ANA>", "") })
	title("morning-show")
	b.during(`room("show-control")`, func() { a.post("C0SHOW", "good evening, <@U0ANA>", "") })
	title("show-control")
	pressedInChannel(b, a)
	b.during(`all("#apps button")[0]`, func() { a.post("U0ANA", "Psst", "") })
	title("casterbot")
	home := func(text string) {
		a.bot("views.publish", map[string]any{"user_id": "U0ANA", "view": json.RawMessage(homeOf(text))})
	}
	home("Evening News is idle")
	b.during(`button(document.getElementById("home"), "Show")`, func() { home("Evening News is on air") })
	b.hears(a, "block_actions", `"container":{"type":"view","view_id":"V`)
	b.until(`words(document.getElementById("home")).includes("Evening News is on air")`)
	news := b.stage.world.Live.Snapshot().Studios[0]
	b.during(`button(studio(`+quoted(news.Name)+`), "Another console: `+news.Name+`")`, func() {
		if err := b.stage.world.Live.SetStudio(news.ID, func(s *fakelive.Studio) { s.OnAir = !s.OnAir }); err != nil {
			b.t.Fatal(err)
		}
	})
	b.until(`all('[role="menuitem"]').length > 0`)
}

// pressedInChannel presses the button of a message, by mouse and by Space, and the bar of pinned messages.
func pressedInChannel(b *tab, a *thirdParty) {
	board := a.post("C0SHOW", "The board", boardBlocks)
	update := func(text string) {
		a.bot("chat.update", map[string]any{"channel": "C0SHOW", "ts": board, "text": text,
			"blocks": json.RawMessage(strings.Replace(boardBlocks, "updated 20:15", text, 1))})
	}
	now := `button(card("Evening Sports"), "Look now")`
	b.during(now, func() { update("updated 20:16") })
	b.hears(a, "block_actions", board)
	b.until(`card("updated 20:16")`)
	a.forget("block_actions")
	b.until(`(` + now + `.focus(), document.activeElement === ` + now + `)`)
	space := kb.Encode(' ')
	b.key(space[0])
	update("updated 20:17")
	b.until(isHeld)
	b.key(space[len(space)-1])
	b.hears(a, "block_actions", board)
	b.until(`card("updated 20:17")`)
	if err := b.stage.world.Slack.Pin("U0BO", "C0SHOW", board); err != nil {
		b.t.Fatal(err)
	}
	b.during(`newest("#pins .pins-bar")`, func() { update("updated 20:18") })
	b.until(`words(newest("#pins .pins-card")).includes("updated 20:18")`)
}

// pressedInAForm: a form is drawn anew while its button is pressed; and what was chosen in a list that the press has
// closed moves the button only after the click, and is sent with it.
func pressedInAForm(b *tab) {
	a := b.other(studios)
	form := `{"type":"modal","external_id":"lock","title":{"type":"plain_text","text":"Lock"},` +
		`"submit":{"type":"plain_text","text":"Go"},"blocks":[` + inputOf("studios", "Studios",
		`{"type":"multi_external_select","action_id":"v","min_query_length":0,"max_selected_items":50}`) + `]}`
	a.opens(form)
	b.say("/caster list")
	b.click(`newest("#modal button.select")`)
	for _, name := range []string{"News", "Loop", "Sports"} {
		b.click(`newest(".pick-row", "Evening ` + name + `")`)
	}
	at := b.press(`button(document.getElementById("modal"), "Go")`)
	b.until(isHeld + ` && !newest(".pick") && !newest("#modal .chips li")`)
	b.release(at)
	b.hears(a, "view_submission", `"value":"id of Evening Sports"`)
	b.until(`!document.getElementById("modal").open`)
	a.opens(strings.Replace(form, `"multi_external_select","action_id":"v"`,
		`"multi_external_select","action_id":"v","initial_options":[{"text":{"type":"plain_text","text":"Evening News"},"value":"news"}]`, 1))
	a.forget("view_submission")
	b.say("/caster list")
	b.during(`button(document.getElementById("modal"), "Go")`, func() {
		a.bot("views.update", map[string]any{"external_id": "lock", "view": json.RawMessage(form)})
	})
	b.hears(a, "view_submission", `"value":"news"`)
}

// releasedElsewhere: a press that ends where the page cannot see it holds nothing up.
func releasedElsewhere(b *tab) {
	a := b.other(studios)
	for _, end := range []string{`new PointerEvent("pointercancel")`, `new Event("blur")`,
		`new PointerEvent("pointermove", { pointerType: "mouse", buttons: 0 })`} {
		b.press(`room("morning-show")`)
		a.post("C0SHOW", end, "")
		b.until(isHeld)
		look[bool](b, `window.dispatchEvent(`+end+`)`)
		b.until(`card(` + quoted(end) + `) && !(` + isHeld + `)`)
		b.astray()
	}
}

// forget drops the last payload of a type.
func (a *thirdParty) forget(kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.last, kind)
}

// key is one event of the keyboard.
func (b *tab) key(e *input.DispatchKeyEventParams) {
	b.t.Helper()
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *e)
		return chromedp.Void{}, err
	})
}
