package e2e

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const studioSelect = `{"type":"external_select","action_id":"studio","min_query_length":2,"placeholder":{"type":"plain_text","text":"Studio"}}`

// externalSelect searches from a card, by keyboard: too few letters, results under headings, none, and no answer.
func externalSelect(b *tab) {
	a := b.other(studios)
	a.post("C0SHOW", "Which studio?",
		`[{"type":"section","text":{"type":"mrkdwn","text":"Which studio?"}},{"type":"actions","block_id":"row","elements":[`+studioSelect+`]}]`)
	b.click(`all("#message-list button.select")[0]`)
	b.until(`words(newest(".pick-note")) === "Type 2 letters to search"`)
	b.keys("e")
	b.keys("v")
	b.until(`all(".pick-row").length === 3 && all(".pick .menu-title").map(words).join() === "On air,Idle"`)
	b.picture("search")
	b.keys("\b\bgone")
	b.until(`words(newest(".pick-note")) === "No results" && !newest(".pick-row")`)
	b.keys("\b\b\b\bodd")
	b.until(`words(newest(".pick-note")) === "The app did not answer. Try again"`)
	b.picture("search-failed")
	b.keys("\b\b\bev")
	b.until(`all(".pick-row").length === 3`)
	b.keys("\x1b")
	b.until(`!newest(".pick") && document.activeElement.matches("button.select")`)
	b.keys("\r")
	b.keys("ev")
	b.until(`all(".pick-row").length === 3`)
	b.keys(kb.ArrowDown)
	b.until(`words(newest('.pick-row[aria-selected="true"]')).startsWith("Evening Loop")`)
	b.keys("\r")
	b.until(`words(newest("#message-list button.select")) === "Evening Loop" && !newest(".pick")`)
	b.hears(a, "block_actions",
		`"selected_option":{"description":{"text":"On air","type":"plain_text"},"text":{"text":"Evening Loop","type":"plain_text"},"value":"id of Evening Loop"}`)
	b.hears(a, "block_suggestion", `"value":"ev"`)
}

// hears waits until the app has got a payload with this in it.
func (b *tab) hears(a *thirdParty, kind, part string) {
	b.t.Helper()
	b.wait(func() bool { return strings.Contains(a.got(kind), part) }, func() string {
		return fmt.Sprintf("%s without %s: %s", kind, part, a.got(kind))
	})
}

// form has the app open a modal for whoever types the next command.
func (a *thirdParty) form(view string) func(payload map[string]any) any {
	return func(payload map[string]any) any {
		if payload["command"] != nil {
			a.bot("views.open", map[string]any{"trigger_id": payload["trigger_id"], "view": json.RawMessage(view)})
			return nil
		}
		return studios(payload)
	}
}

func (a *thirdParty) opens(view string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = a.form(view)
}

func modalOf(blocks ...string) string {
	return `{"type":"modal","title":{"type":"plain_text","text":"Lock a studio"},"submit":{"type":"plain_text","text":"Lock"},"blocks":[` + strings.Join(blocks, ",") + `]}`
}

func inputOf(id, label, element string) string {
	return fmt.Sprintf(`{"type":"input","block_id":%q,"label":{"type":"plain_text","text":%q},"element":%s}`, id,
		label, element)
}

// externalForm chooses several out of the app's answers in a form, on a phone.
func externalForm(b *tab) {
	a := b.other(studios)
	a.opens(modalOf(inputOf("studios", "Studios",
		`{"type":"multi_external_select","action_id":"v","min_query_length":0,"max_selected_items":2}`)))
	b.say("/caster list")
	b.click(`newest("#modal button.select")`)
	b.until(`all(".pick-row").length === 3`)
	b.click(`newest(".pick-row", "Evening News")`)
	b.click(`newest(".pick-row", "Evening Sports")`)
	b.click(`newest(".pick-row", "Evening Loop")`) // one more than may be
	b.until(`all('.pick-row[aria-checked="true"]').length === 2 && words(newest(".pick-note")) === "At most 2 can be chosen."`)
	b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.until(`!newest(".pick")`) // the page has been laid out anew, which closes the list and keeps what was marked
	b.until(`words(newest("#modal button.select")) === "2 chosen" && newest("#modal button.select").ariaLabel === "Studios, 2 chosen"`)
	b.until(`all("#modal .chips li").map(words).join() === "Evening News,Evening Sports"`)
	b.click(`newest("#modal button.select")`)
	b.until(`all(".pick-row").length === 3 && newest(".pick").getBoundingClientRect().right <= innerWidth`)
	b.picture("search-phone")
	b.keys("\x1b")
	b.click(`button(document.getElementById("modal"), "Lock")`)
	b.until(`!document.getElementById("modal").open`)
	b.hears(a, "view_submission", `"selected_options":[{`)
	b.hears(a, "view_submission", `"value":"id of Evening Sports"`)
}

// chosenInAForm takes out again what a form begins with and what was chosen, by mouse and by keyboard.
func chosenInAForm(b *tab) {
	a := b.other(studios)
	first := `[{"text":{"type":"plain_text","text":"Evening News"},"value":"id of Evening News"},{"text":{"type":"plain_text","text":"Evening Loop"},"value":"id of Evening Loop"},{"text":{"type":"plain_text","text":"Gone"},"value":"gone"}]`
	a.opens(modalOf(inputOf("studios", "Studios",
		`{"type":"multi_external_select","action_id":"v","min_query_length":0,"max_selected_items":50,"initial_options":`+first+`}`)))
	b.say("/caster list")
	chips := func(want string) {
		b.t.Helper()
		b.until(`all("#modal .chips li").map(words).join() === "` + want + `"`)
	}
	chips("Evening News,Evening Loop,Gone")
	b.click(`newest('#modal .chips button[aria-label="Remove Evening Loop"]')`)
	chips("Evening News,Gone")
	b.until(`document.activeElement.ariaLabel === "Remove Gone"`)
	b.keys(kb.Delete)
	chips("Evening News")
	b.until(`document.activeElement.ariaLabel === "Remove Evening News"`)
	b.keys("\r")
	chips("")
	b.until(`document.activeElement === newest("#modal button.select") && words(document.activeElement) === "Choose options"`)
	b.keys("\r")
	b.until(`all(".pick-row").length === 3`)
	b.keys("\r" + kb.ArrowDown + "\r" + kb.ArrowDown + "\r")
	b.until(`all('.pick-row[aria-checked="true"]').length === 3`)
	b.keys("\b")
	b.until(`all('.pick-row[aria-checked="true"]').length === 2`)
	b.click(`newest(".pick-row", "Evening Loop")`) // a click leaves the search to the keyboard, and Escape to the list
	b.until(`document.activeElement.matches(".pick-field") && all('.pick-row[aria-checked="true"]').length !== 2`)
	b.click(`newest(".pick-row", "Evening Loop")`)
	b.keys("\x1b")
	b.until(`words(newest("#modal button.select")) === "2 chosen" && all("#modal .chips li").length === 2`)
	b.picture("several")
	b.click(`button(document.getElementById("modal"), "Lock")`)
	b.until(`!document.getElementById("modal").open`)
	b.hears(a, "view_submission", `"selected_options":[{`)
}

// everyElement is a form with one of each of the elements that a form can have.
var everyElement = []string{
	inputOf("text", "Why",
		`{"type":"plain_text_input","action_id":"v","multiline":true,"placeholder":{"type":"plain_text","text":"Everybody will see it"}}`),
	inputOf("number", "Hours",
		`{"type":"number_input","action_id":"v","is_decimal_allowed":false,"min_value":"1","max_value":"12","initial_value":"2"}`),
	inputOf("until", "Until", `{"type":"datetimepicker","action_id":"v","initial_date_time":1795381200}`),
	inputOf("day", "Day", `{"type":"datepicker","action_id":"v","initial_date":"2026-11-22"}`),
	inputOf("time", "Time", `{"type":"timepicker","action_id":"v","initial_time":"22:00"}`),
	inputOf("scene", "Scene", `{"type":"static_select","action_id":"v","option_groups":[
		{"label":{"type":"plain_text","text":"PROGRAM"},"options":[{"text":{"type":"plain_text","text":"Main"},"value":"m"}]},
		{"label":{"type":"plain_text","text":"PREVIEW"},"options":[{"text":{"type":"plain_text","text":"Preview 1"},"value":"p"}]}]}`),
	inputOf("who", "Ask", `{"type":"users_select","action_id":"v","initial_user":"U0KEN"}`),
	inputOf("mode", "Mode",
		`{"type":"radio_buttons","action_id":"v","options":[{"text":{"type":"mrkdwn","text":"*Soft*"},"value":"s"},{"text":{"type":"mrkdwn","text":"*Hard*"},"value":"h"}]}`),
	inputOf("tell", "Tell",
		`{"type":"checkboxes","action_id":"v","options":[{"text":{"type":"mrkdwn","text":"the crew"},"value":"c"},{"text":{"type":"mrkdwn","text":"the leads"},"value":"l"}]}`),
	`{"type":"section","block_id":"more","text":{"type":"mrkdwn","text":"*Evening News* is on air"},"accessory":{"type":"overflow","action_id":"more","options":[
		{"text":{"type":"plain_text","text":"Break the glass"},"value":"glass"}],
		"confirm":{"title":{"type":"plain_text","text":"Sure?"},"text":{"type":"mrkdwn","text":"Everybody will see it."},"confirm":{"type":"plain_text","text":"Break it"},"deny":{"type":"plain_text","text":"Leave it"}}}}`,
}

// elements fills in a form with every element, and reads in the app what was filled in.
func elements(b *tab) {
	a := b.other(studios)
	a.opens(modalOf(everyElement...))
	b.say("/caster list")
	b.until(`shown(document.getElementById("modal")) && !newest(".unsupported")`)
	b.until(`newest('#modal input[type="datetime-local"]').value === "2026-11-22T22:00"`) // 21:00 UTC for Ana in Berlin
	b.click(`newest("#modal textarea")`)
	b.keys("Rehearsal")
	b.click(`newest('#modal button.select[aria-label^="Scene"]')`)
	b.until(`all(".pick .menu-title").map(words).join() === "PROGRAM,PREVIEW"`)
	b.keys("prev\r")
	b.until(`words(newest('#modal button.select[aria-label^="Ask"]')) === "Ken Mori"`)
	b.click(`all('#modal input[type="radio"]')[1]`)
	b.click(`all('#modal input[type="checkbox"]')[0]`)
	b.picture("elements")
	b.phonePicture("elements-phone")
	b.click(`newest('#modal button[aria-label="More actions"]')`)
	b.click(`newest('[role="menuitem"]', "Break the glass")`)
	b.click(`button(newest("dialog.ask"), "Leave it")`)
	b.until(`!newest("dialog.ask")`)
	b.click(`newest('#modal button[aria-label="More actions"]')`)
	b.click(`newest('[role="menuitem"]', "Break the glass")`)
	b.click(`button(newest("dialog.ask"), "Break it")`)
	b.hears(a, "block_actions", `"value":"glass"`)
	b.click(`button(document.getElementById("modal"), "Lock")`)
	b.until(`!document.getElementById("modal").open`)
	for _, part := range []string{
		`"value":"Rehearsal"`, `"value":"2"`, `"selected_date_time":1795381200`, `"selected_date":"2026-11-22"`,
		`"selected_time":"22:00"`,
		`"value":"p"`, `"selected_user":"U0KEN"`, `"value":"h"`, `"value":"c"`,
	} {
		b.hears(a, "view_submission", part)
	}
}

// homeOf is a home tab that says something and has a button.
func homeOf(text string) string {
	return `{"type":"home","blocks":[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"` + text + `"},
		"accessory":{"type":"button","action_id":"show","value":"news","text":{"type":"plain_text","text":"Show"}}}]}`
}

// homeButtons: every person has a home of their own, which changes before their eyes.
func homeButtons(b *tab) {
	a := b.other(studios)
	a.mu.Lock()
	a.answer = func(payload map[string]any) any {
		switch event, _ := payload["event"].(map[string]any); {
		case event["type"] == "app_home_opened":
			a.bot("views.publish",
				map[string]any{"user_id": event["user"], "view": json.RawMessage(homeOf("Hello " + event["user"].(string)))})
		case payload["type"] == "block_actions":
			user := payload["user"].(map[string]any)["id"]
			a.bot("views.publish", map[string]any{"user_id": user, "view": json.RawMessage(homeOf("Evening News is on air"))})
		}
		return nil
	}
	a.mu.Unlock()
	b.click(`all("#apps button")[0]`)
	b.until(`words(document.getElementById("home")).includes("Hello U0ANA")`)
	b.click(`button(document.getElementById("home"), "Show")`)
	b.until(`words(document.getElementById("home")).includes("Evening News is on air")`)
	b.hears(a, "block_actions", `"container":{"type":"view","view_id":"V`)
	b.hears(a, "block_actions", `"value":"news"`)
	b.be("Bo Chen")
	b.until(`words(document.getElementById("home")).includes("Hello U0BO")`)
	a.bot("views.publish", map[string]any{"user_id": "U0BO", "view": json.RawMessage(homeOf("Something waits for you"))})
	b.until(`words(document.getElementById("home")).includes("Something waits for you")`)
	a.post("U0BO", "Psst", "")
	b.until(`words(newest("#apps .count")) === "1"`)
}

const boardBlocks = `[{"type":"header","text":{"type":"plain_text","text":"On air"}},
	{"type":"section","text":{"type":"mrkdwn","text":"🔴 *Evening News* · PROGRAM Main · since 19:58"}},
	{"type":"section","text":{"type":"mrkdwn","text":"⚫ *Evening Sports* · idle"}},
	{"type":"actions","block_id":"row","elements":[{"type":"button","action_id":"refresh","value":"board","text":{"type":"plain_text","text":"Look now"}}]},
	{"type":"context","elements":[{"type":"mrkdwn","text":"updated 20:15"}]}]`

// pins shows the board above the channel: in a line, whole with a button that works, changed in place, and taken off
// again.
func pins(b *tab) {
	a := b.other(studios)
	board := a.post("C0SHOW", "🔴 *Evening News* is on air", boardBlocks)
	for i := range 30 {
		a.post("C0SHOW", fmt.Sprintf("Line %d of the evening", i+1), "")
	}
	if err := b.stage.world.Slack.Pin("U0BO", "C0SHOW", board); err != nil {
		b.t.Fatal(err)
	}
	b.until(`words(newest("#pins")) === "🔴 Evening News is on air"`)
	b.picture("pin")
	b.click(`newest("#pins .pins-bar")`)
	b.until(`words(newest("#pins .pins-card")).includes("Evening Sports · idle")`)
	b.picture("pins")
	b.phonePicture("pins-phone")
	b.click(`button(newest("#pins"), "Look now")`)
	b.hears(a, "block_actions", board)
	a.bot("chat.update", map[string]any{"channel": "C0SHOW", "ts": board, "text": "⚫ Nothing is on air"})
	b.until(`words(newest("#pins .pins-bar")) === "⚫ Nothing is on air" && words(newest("#pins .pins-card")).includes("⚫ Nothing is on air")`)
	b.click(`button(newest("#pins"), "Jump")`)
	b.until(`(([r]) => r && r.top > 0 && r.bottom < innerHeight)([card("⚫ Nothing is on air")?.getBoundingClientRect()])`)
	b.say("/caster list") // and back to the end, where the answer will stand
	b.until(`(([r]) => r && r.top > 0 && r.bottom < innerHeight)([card("Line 30 of the evening")?.getBoundingClientRect()])`)
	link, _ := a.bot("chat.getPermalink", map[string]any{"channel": "C0SHOW", "message_ts": board})["permalink"].(string)
	a.post("C0MORN", "See <"+link+"|the board>", "")
	b.click(`room("morning-show")`)
	b.until(`!shown(document.getElementById("pins"))`)
	b.click(`newest("#message-list a")`)
	b.until(`words(document.getElementById("title")) === "show-control" && newest(".found")`)
	b.click(`button(newest("#pins"), "Unpin")`)
	b.until(`!shown(document.getElementById("pins")) && card("⚫ Nothing is on air")`)
}

// replyInThread: what the app says in a thread stands below its message, whoever opens it; a slash command is refused
// there.
func replyInThread(b *tab) {
	a := b.other(studios)
	root := a.post("C0SHOW", "Recording of main started", "")
	a.post("C0SHOW", "The file is there", "", "thread_ts", root)
	a.post("C0SHOW", "It is 12 minutes long", "", "thread_ts", root)
	b.until(`words(newest(".thread")) === "2 replies" && !card("The file is there")`)
	b.click(`button(newest(".thread"), "2 replies")`)
	b.until(`words(newest(".thread")).includes("It is 12 minutes long")`)
	b.click(`newest(".thread input")`)
	b.keys("/record stop main\r")
	b.until(`words(newest(".toast")).includes("/record is not supported in threads. Sorry!")`)
	b.until(`newest(".thread input").value === ""`)
	b.keys("@casterbot record stop main\r")
	b.hears(a, "event_callback", `"thread_ts":"`+root+`"`)
	b.hears(a, "event_callback", `"type":"app_mention"`)
	b.until(`words(newest(".thread")).includes("3 replies")`)
	a.bot("chat.postEphemeral",
		map[string]any{"channel": "C0SHOW", "user": "U0ANA", "text": "You alone", "thread_ts": root})
	b.until(`words(newest(".thread")).includes("Only visible to you")`)
	b.picture("thread")
	b.phonePicture("thread-phone")
	if strings.Contains(a.got("slash_commands"), "record") {
		b.t.Error("a slash command of a thread reached the app")
	}
}

// zones: times and dates are those of the person whom the reader is.
func zones(b *tab) {
	a := b.other(studios)
	a.post("C0SHOW", "Until <!date^1795381200^{date_pretty} {time}|21:00 UTC>", "")
	for _, c := range []struct{ name, want string }{
		{"Ana Ruiz", "Until today 22:00"}, {"Lin Wei", "Until 今天 05:00"}, {"Ken Mori", "Until today 16:00"},
	} {
		b.be(c.name)
		b.until(`words(card("Until")).includes(` + quoted(c.want) + `)`)
	}
	b.until(`words(document.getElementById("zone")) === "New York" && words(document.getElementById("clock")).startsWith("15:0")`)
	b.be("Lin Wei")
	b.until(`words(document.getElementById("me")).includes("operator · Shanghai") && words(document.getElementById("me")).includes("中文")`)
	b.until(`words(card("Until")).includes("04:0") && words(newest(".day")) === "今天"`)
	b.picture("shanghai")
}
