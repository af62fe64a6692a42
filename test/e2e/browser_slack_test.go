package e2e

import (
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// ownWordsInSight types a command while an old message is being read: what comes is in sight, and stays so.
func ownWordsInSight(b *tab) {
	a := b.other(studios)
	for i := range 40 {
		a.post("C0SHOW", fmt.Sprintf("Line %d of the evening", i+1), "")
	}
	b.until(`card("Line 40 of the evening")`)
	inSight := func(text string) string {
		return `(() => { const el = card(` + quoted(text) + `), box = document.getElementById("messages").getBoundingClientRect();
			if (!el) return false; const r = el.getBoundingClientRect(); return r.top >= box.top && r.bottom <= box.bottom + 1; })()`
	}
	b.click(`document.getElementById("messages")`)
	b.keys(kb.Home)
	b.until(inSight("Line 1 of the evening"))
	b.say("What did I miss?")
	b.until(inSight("What did I miss?"))
	for i := range 5 {
		a.post("C0SHOW", fmt.Sprintf("Answer %d", i+1), boardBlocks)
	}
	b.until(inSight("Answer 5") + ` || ` + inSight("updated 20:15"))
	b.click(`document.getElementById("messages")`)
	b.keys(kb.Home)
	b.until(inSight("Line 1 of the evening"))
	a.post("C0SHOW", "somebody else's news", "")
	b.until(`document.getElementById("live").textContent.includes("somebody else's news")`)
	if !look[bool](b, inSight("Line 1 of the evening")) {
		b.fail("who reads old messages was carried off by a new one")
	}
}

// unread is bold for anything new in a channel, and a number for what names the reader.
func unread(b *tab) {
	a := b.other(studios)
	row := `room("morning-show")`
	b.until(row + ` && !` + row + `.classList.contains("row-new")`)
	first := a.post("C0MORN", "good morning", "")
	b.until(row + `.classList.contains("row-new") && !` + row + `.querySelector(".count")`)
	a.post("C0MORN", "for <@U0ANA>", "")
	a.post("C0MORN", "for <!subteam^S0CREW>, too", "")
	a.post("C0MORN", "for <@U0KEN>", "")
	b.until(`words(` + row + `.querySelector(".count")) === "2"`)
	a.bot("chat.postMessage", map[string]any{"channel": "C0MORN", "thread_ts": first, "text": "a reply, <@U0ANA>"})
	b.until(`words(` + row + `.querySelector(".count")) === "3"`)
	b.click(row)
	b.until(`!` + row + `.querySelector(".count") && !` + row + `.classList.contains("row-new")`)
	b.click(`room("show-control")`)
	a.bot("chat.postMessage", map[string]any{"channel": "C0MORN", "thread_ts": first, "text": "only a reply"})
	a.bot("chat.update", map[string]any{"channel": "C0MORN", "ts": first, "text": "good morning, edited"})
	a.post("C0RAND", "the end", "")
	b.until(`room("random").classList.contains("row-new")`)
	if look[bool](b, row+`.classList.contains("row-new")`) {
		b.fail("a reply in a thread and an edit make a channel unread")
	}
}

// messageInputs fills the inputs of a message; the button beside them brings them to the app.
func messageInputs(b *tab) {
	a := b.other(studios)
	a.post("C0SHOW", "When?", `[`+inputOf("note", "Note", `{"type":"plain_text_input","action_id":"text"}`)+
		`,{"type":"actions","block_id":"row","elements":[{"type":"datepicker","action_id":"day"},`+
		`{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}},`+
		`{"type":"button","action_id":"secret","visible_to_user_ids":["U0BO"],"text":{"type":"plain_text","text":"For Bo"}}]}]`)
	b.until(`button(card("Note"), "Go") && !button(card("Note"), "For Bo")`)
	b.click(`newest("#message-list input.field:not([type=date])")`)
	b.keys("hello 🎬")
	b.click(`button(card("Note"), "Go")`)
	b.hears(a, "block_actions", `"state":{"values":{"note":{"text":{"type":"plain_text_input","value":"hello :clapper:"}},`+
		`"row":{"day":{"selected_date":null,"type":"datepicker"}}}}`)
	b.be("Bo Chen")
	b.until(`button(card("Note"), "For Bo")`)
}

// richTextAndFiles fills a form with formatted text and a file.
func richTextAndFiles(b *tab) {
	a := b.other(studios)
	a.opens(modalOf(inputOf("words", "Words", `{"type":"rich_text_input","action_id":"v"}`),
		inputOf("papers", "Papers", `{"type":"file_input","action_id":"v","filetypes":["pdf"],"max_files":2}`)))
	b.say("/caster list")
	b.click(`newest("#modal textarea")`)
	b.keys("ask @bo")
	look[bool](b, `(() => {
		const files = new DataTransfer(), input = document.querySelector("#modal input[type=file]");
		files.items.add(new File(["%PDF"], "rundown.pdf", { type: "application/pdf" }));
		input.files = files.files;
		return input.dispatchEvent(new Event("change"));
	})()`)
	b.click(`button(document.getElementById("modal"), "Lock")`)
	b.until(`!document.getElementById("modal").open`)
	b.hears(a, "view_submission", `"rich_text_value":{"elements":[{"elements":[{"text":"ask ","type":"text"},`+
		`{"type":"user","user_id":"U0BO"}],"type":"rich_text_section"}],"type":"rich_text"}`)
	b.hears(a, "view_submission", `"name":"rundown.pdf"`)
}

// drawer is the left column of a phone: Escape closes it, and the focus is where it was.
func drawer(b *tab) {
	b.other(studios)
	b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.click(`document.getElementById("side-toggle")`)
	b.until(`shown(document.getElementById("side")) && document.getElementById("side-toggle").ariaExpanded === "true"`)
	b.keys(kb.Escape)
	b.until(`!shown(document.getElementById("side")) && document.activeElement.id === "side-toggle"`)
	b.until(`document.getElementById("side-toggle").ariaExpanded === "false"`)
}

// operationsToSpoil are all that change something, take and standby too.
func operationsToSpoil(b *tab) {
	b.other(studios)
	b.click(`document.getElementById("fault-menu")`)
	for _, name := range []string{"CopyCasterSceneConfig (take)", "EffectCasterUrgent (standby)", "StartCaster (start)",
		"StopCaster (stop)"} {
		b.until(`[...document.querySelectorAll(".menu select option")].some((o) => o.textContent === ` + quoted(name) + `)`)
	}
	look[bool](b, `(() => { const s = newest(".menu select"); s.value = "EffectCasterUrgent"; s.dispatchEvent(new Event("change")); return true; })()`)
	b.click(`all('[role="menuitem"]').find((el) => words(el).startsWith("Throttling"))`)
	b.until(`words(document.getElementById("faults")).includes("throttling · EffectCasterUrgent")`)
}

// unreadable lists what cannot be read: text without contrast against what is behind it, and controls without a name.
const unreadable = `(() => {
	const parts = (c) => (c.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
	const light = (c) => { const [r, g, b] = c.map((x) => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const over = ([r, g, b, a = 1], under) => [r, g, b].map((x, i) => x * a + under[i] * (1 - a));
	const behind = (el) => { const stack = []; for (let e = el; e; e = e.parentElement) stack.push(parts(getComputedStyle(e).backgroundColor)); return stack.reduceRight((under, c) => over(c, under), [255, 255, 255]); };
	const out = [];
	for (const el of document.querySelectorAll("body *")) {
		const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
		if (!own || !shown(el) || el.closest(".icon, .avatar, .hidden, .skip, :disabled, option")) continue;
		const style = getComputedStyle(el), back = behind(el);
		if (/color\(/.test(style.backgroundColor)) continue;
		const a = light(over(parts(style.color), back)), b = light(back);
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
		if (ratio < (large ? 3 : 4.5)) out.push(el.className + " " + words(el).slice(0, 40) + " " + ratio.toFixed(2));
	}
	for (const el of all("button, a[href], input, select, textarea")) {
		const name = el.getAttribute("aria-label") || words(el) || el.labels?.[0]?.textContent || el.title;
		if (!name) out.push("no name: " + el.outerHTML.slice(0, 80));
	}
	return out.join("\n");
})()`

// everybodyCanRead looks at every part of the page by day and by night.
func everybodyCanRead(b *tab) {
	a := b.other(studios)
	a.post("C0SHOW", "On air", boardBlocks)
	a.post("C0MORN", "for <@U0ANA>", "")
	a.bot("chat.postEphemeral", map[string]any{"channel": "C0SHOW", "user": "U0ANA", "text": "for you alone"})
	b.until(`card("for you alone")`)
	a.opens(modalOf(inputOf("studio", "Studio", `{"type":"external_select","action_id":"v"}`),
		inputOf("name", "Name", `{"type":"plain_text_input","action_id":"v"}`)))
	read := func(what string) {
		b.t.Helper()
		if found := look[string](b, unreadable); found != "" {
			b.t.Errorf("%s:\n%s", what, found)
		}
	}
	for _, light := range []string{"light", "dark"} {
		b.do(scheme(light))
		read(light + ": messages")
		b.click(`document.getElementById("fault-menu")`)
		b.until(`newest(".menu")`)
		read(light + ": menu")
		b.keys(kb.Escape)
		b.click("field()")
		b.keys("/")
		b.until(`newest(".complete-row")`)
		read(light + ": completion")
		b.keys(kb.Escape + "\b")
		b.click(`all("#apps button")[0]`)
		read(light + ": home")
		b.click(`room("show-control")`)
	}
	b.say("/caster list")
	b.until(`shown(document.getElementById("modal"))`)
	read("dark: form")
}
