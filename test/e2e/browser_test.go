package e2e

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPage drives the sandbox's page in a real browser, with the real bot behind it: from typed text by a button to the
// checked result on the wall. Keys and clicks are real ones, and what counts is what can be seen.
func TestPage(t *testing.T) {
	path := browserPath()
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no browser: install Chromium, or name one in CASTERBOT_BROWSER")
		}
		t.Skip("SKIPPED: the test of the page in a real browser. Install Chromium, or name one in CASTERBOT_BROWSER.")
	}
	browser := startBrowser(t, path)
	todo := maps.Clone(stories)
	maps.Copy(todo, appStories)
	maps.Copy(todo, guideStories)
	if os.Getenv("CASTERBOT_SHOTS") != "" {
		todo["pictures"] = pictures
	}
	room := make(chan bool, 3) // more tabs at a time only get in each other's way
	for name, story := range todo {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room <- true
			defer func() { <-room }()
			b := openTab(t, browser, scenarioOf[name])
			story(b)
			b.clean()
		})
	}
}

// stories are what people do with the page; each has a world and a window of its own.
var stories = map[string]func(b *tab){
	"scene start": sceneStart, "scene stop": sceneStop, "copy": copyStudio, "restart": restart,
	"record stop": recordStop, "record restart": recordRestart, "record cancel_delay": recordCancelDelay,
	"record breaks": recordBreaks,
	"denied":        denied, "expired": expired, "lost answer": lostAnswer, "changed meanwhile": changedMeanwhile,
	"bot away":      botAway,
	"keyboard only": keyboardOnly, "reload": reload, "home": home, "thread": thread, "reset": reset, "phone": phone,
	"content security policy": contentSecurity,
}

// sceneStart types with the help of the completion, confirms on the card and sees the preview open.
func sceneStart(b *tab) {
	b.until(`scene("Preview 2", "Evening News") === "PVW Preview 2 closed"`)
	b.click(`field()`)
	b.keys("/cas")
	b.until(`all(".complete-row").length === 1 && words(newest(".complete-row")).startsWith("/caster help | list")`)
	b.keys("\r") // takes "/caster " and does not send it
	b.until(`field().value === "/caster "`)
	b.keys("scene sta")
	b.until(`all(".complete-row").length === 1 && field().value === "/caster scene sta"`) // the hint stays, as in Slack
	b.keys(`rt "Evening News" "Preview 2"` + "\r")
	b.until(`button(card("🟡", "Evening News", "Preview 2", "asked by @ana"), "Cancel")`)
	b.click(`button(card("🟡", "Preview 2"), "Open preview")`)
	b.until(`card("✅", "Evening News", "Preview 2", "open", "(checked)", "Watch Preview 2")`)
	b.until(`scene("Preview 2", "Evening News") === "PVW Preview 2 open"`)
	b.until(`words(studio("Evening News")).includes("PROGRAM on air")`)
	b.until(`call("StartCasterScene").includes("200")`)
	b.until(`button(card("✅"), "Close preview") && !button(card("✅"), "Open preview")`)
}

func sceneStop(b *tab) {
	b.until(`scene("Preview 1", "Evening News") === "PVW Preview 1 open"`)
	b.say(`/caster scene stop “Evening News” "Preview 1"`)
	b.click(`button(card("🟡", "Evening News", "Preview 1"), "Close preview")`)
	b.until(`card("✅", "Preview 1", "closed", "(checked)")`)
	b.until(`scene("Preview 1", "Evening News") === "PVW Preview 1 closed"`)
	b.until(`scene("Main", "Evening News") === "PGM Main on air"`)
}

// copyStudio fills in the form: a picker with a search, a field, and the error of a form that is not complete.
func copyStudio(b *tab) {
	b.say("/caster copy")
	b.until(`words(document.getElementById("modal-title")) !== "" && shown(document.getElementById("modal"))`)
	b.click(`button(document.getElementById("modal"), "Continue")`)
	b.until(`words(newest("#modal .input-error")) === "Please complete this required field."`)
	b.click(`newest("#modal button.select")`)
	b.until(`all(".pick-row").length > 3`)
	b.keys("sports")
	b.until(`all(".pick-row").length === 1`)
	b.keys("\r")
	b.until(`words(newest("#modal button.select")).startsWith("Evening Sports")`)
	b.click(`newest("#modal input.field")`)
	b.keys("Evening Sports 2\r")
	b.until(`!document.getElementById("modal").open`)
	b.click(`button(card("🟡", "Evening Sports 2"), "Copy studio")`)
	b.until(`card("✅", "Evening Sports 2", "copied", "(checked)")`)
	b.until(`words(studio("Evening Sports 2")).includes("Idle") && scene("Preview 1", "Evening Sports 2") === "PVW Preview 1 closed"`)
}

// restart needs a second person: the asker's click is refused in private, and says so.
func restart(b *tab) {
	b.until(`words(studio("Evening News")).includes("1:02:")`)
	b.say(`/caster restart "Evening News"`)
	b.until(`card("🟡", "Evening News", "ON AIR", "Waiting for one approval")`)
	b.click(`button(card("🟡", "Evening News"), "Approve")`)
	b.until(`card("Only visible to you") && button(card("🟡", "Evening News", "one approval"), "Approve")`)
	b.be("Bo Chen")
	b.until(`!card("Only visible to you")`)
	b.click(`button(card("🟡", "Evening News"), "Approve")`)
	b.until(`card("✅", "Evening News", "restarted", "(checked)", "@bo approved")`)
	b.until(`words(studio("Evening News")).includes("PROGRAM on air 0:")`)
	b.until(`call("RestartCaster").includes("200")`)
}

// recording starts to record main, and sees it run.
func recording(b *tab) {
	b.say("/record start")
	b.click(`button(card("🟡", "main"), "Start recording")`)
	b.until(`card("✅", "main", "started", "(checked)")`)
	b.until(`words(stream("show/main")).includes("REC 0:") && words(document.getElementById("recording")) === "2 recording"`)
}

// paused stops the recording of main, which leaves its file to come.
func paused(b *tab) {
	b.click(`button(document.getElementById("advance"), "+1 min")`)
	b.until(`words(stream("show/main")).includes("REC 1:")`)
	b.say("/record stop main")
	b.click(`button(card("🟡", "main"), "Pause recording")`)
	b.until(`card("✅", "main", "paused", "(checked)")`)
}

// recordStop sees the countdown to the file, and the file when the time has come.
func recordStop(b *tab) {
	recording(b)
	paused(b)
	b.until(`/File in [23]:[0-9][0-9]/.test(words(stream("show/main"))) && !words(stream("show/main")).includes("1 file")`)
	for range 3 {
		b.click(`button(document.getElementById("advance"), "+1 min")`)
	}
	b.until(`words(document.getElementById("shift")) === "4 min ahead"`)
	b.until(`words(stream("show/main")).includes("Not recording") && words(stream("show/main")).includes("1 file")`)
	b.click(`newest("#streams summary")`)
	b.until(`words(stream("show/main")).includes("1:00 mp4")`)
}

func recordRestart(b *tab) {
	recording(b)
	b.click(`button(document.getElementById("advance"), "+5 min")`)
	b.say("/record restart main")
	b.click(`button(card("🟡", "main"), "Close file, start a new one")`)
	b.until(`card("✅", "main", "restarted", "(checked)")`)
	b.until(`words(stream("show/main")).includes("REC 0:") && words(stream("show/main")).includes("1 file")`)
}

func recordCancelDelay(b *tab) {
	recording(b)
	paused(b)
	b.say("/record cancel_delay main")
	b.click(`button(card("🟡", "main"), "Write the file now")`)
	b.until(`card("✅", "main", "has ended", "(checked)")`)
	b.until(`words(stream("show/main")).includes("Not recording") && words(stream("show/main")).includes("1 file")`)
	b.until(`call("cancel_delay").includes("200")`)
}

// recordBreaks cuts the ingest on the wall: the recording ends by itself, and the stream is not live any more.
func recordBreaks(b *tab) {
	recording(b)
	b.click(`button(stream("show/main"), "Cut the ingest")`)
	b.until(`words(stream("show/main")).includes("no ingest") && !words(stream("show/main")).includes("REC")`)
	b.say("/record start main")
	b.until(`card("not live")`)
	b.click(`button(stream("show/main"), "Resume")`)
	b.until(`button(stream("show/main"), "Cut the ingest")`)
}

// denied takes what the page suggests: it makes a guest of the reader and fills in the field. Nobody else sees the
// answer.
func denied(b *tab) {
	b.click(`all("#suggestions button").find((el) => words(el).includes("denied to a guest"))`)
	b.until(`words(document.getElementById("me")).includes("Gus Weber") && field().value === "/record stop"`)
	b.keys("\r")
	b.until(`card("Only visible to you", "🚫", "record.stop", "#show-control", "policy.yml:")`)
	b.be("Ana Ruiz")
	b.until(`!card("🚫")`)
	if calls := look[int](b, `all("#calls .call").length`); calls > 0 {
		b.t.Errorf("%d calls to the cloud for somebody who may not", calls)
	}
}

// expired puts the clock ahead instead of waiting; asking again makes a new card.
func expired(b *tab) {
	b.say("/record start main")
	b.until(`button(card("🟡", "main"), "Start recording")`)
	b.click(`button(document.getElementById("advance"), "+5 min")`)
	b.until(`card("⚪", "main", "expired", "Nothing was done.")`)
	b.until(`!button(card("⚪", "main", "expired"), "Start recording")`)
	b.click(`button(card("⚪", "main", "expired"), "Ask again")`)
	b.until(`button(card("🟡", "main", "asked by @ana"), "Start recording")`)
	b.until(`words(stream("show/main")).includes("Not recording")`)
}

// lostAnswer loses an answer that no list can make up for; a person who has seen what happened settles it.
func lostAnswer(b *tab) {
	b.click(`document.getElementById("fault-menu")`)
	b.click(`all('[role="menuitem"]').find((el) => words(el).startsWith("Answer lost after the effect"))`)
	b.until(`words(document.getElementById("faults")).includes("answer lost after the effect · RestartCaster")`)
	b.say(`/caster restart "Evening News"`)
	b.until(`card("🟡", "Evening News", "one approval")`)
	b.be("Bo Chen")
	b.click(`button(card("🟡", "Evening News", "one approval"), "Approve")`)
	b.until(`card("⚠️", "Evening News", "may or may not have happened")`)
	for _, name := range []string{"Look again", "It happened", "It did not"} {
		b.until(`button(card("may or may not have happened"), ` + quoted(name) + `)`)
	}
	b.until(`!shown(document.getElementById("faults")) && call("RestartCaster").includes("no answer")`)
	b.click(`button(card("may or may not have happened"), "It happened")`)
	b.until(`!card("may or may not have happened") && card("Evening News", "@bo")`)
	b.until(`!button(card("Evening News"), "It happened")`)
}

// changedMeanwhile lets another console take the studio off the air between the question and the click.
func changedMeanwhile(b *tab) {
	b.say(`/caster restart "Evening News"`)
	b.until(`card("🟡", "Evening News", "one approval")`)
	b.click(`button(studio("Evening News"), "Another console: Evening News")`)
	b.click(`all('[role="menuitem"]').find((el) => words(el).startsWith("Stop studio"))`)
	b.until(`!words(studio("Evening News")).includes("PROGRAM on air")`)
	b.be("Ken Mori")
	b.click(`button(card("🟡", "Evening News", "one approval"), "Approve")`)
	b.until(`card("❌", "Evening News") && !button(card("Evening News"), "Approve")`)
	b.until(`call("RestartCaster") === ""`)
}

// botAway shows what the chat says when nobody is there to answer, and that it works again afterwards.
func botAway(b *tab) {
	if err := b.stage.Kill(); err != nil {
		b.t.Fatal(err)
	}
	b.until(`words(document.getElementById("apps")).includes("not connected")`)
	b.say("/caster list")
	b.until(`words(newest(".toast")).includes("dispatch_failed")`)
	if err := b.stage.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.ready()
	b.say("/caster list")
	b.until(`card("Only visible to you", "Evening News", "on air")`)
}

// keyboardOnly never touches the mouse: into the field, to the button of the card, and back.
func keyboardOnly(b *tab) {
	b.keys("\t")
	b.until(`words(document.activeElement) === "Skip to the message field"`)
	b.keys("\r")
	b.until(`document.activeElement === field()`)
	b.keys("/record start main\r")
	b.until(`button(card("🟡", "main"), "Start recording")`)
	steps := 0
	for ; words(b) != "Start recording" && steps < 40; steps++ {
		b.keys("\t", chromedp.ModifierShift)
	}
	if steps == 40 {
		b.t.Fatalf("40 times Shift+Tab from the field do not lead to the card's button")
	}
	b.until(`getComputedStyle(document.activeElement).outlineStyle !== "none" || getComputedStyle(document.activeElement).boxShadow !== "none"`)
	b.keys("\r")
	b.until(`card("✅", "main", "started", "(checked)")`)
	b.until(`document.activeElement.closest("#message-list") !== null`)
	b.keys("k", chromedp.ModifierCtrl)
	b.until(`document.activeElement.id === "switch-field"`)
	b.keys("morning\r")
	b.until(`words(document.getElementById("title")).includes("morning-show") && document.activeElement === field()`)
}

// words are those of the element with the focus.
func words(b *tab) string { return look[string](b, "words(document.activeElement)") }

// reload comes back to the same channel as the same person, and to a card whose button still works.
func reload(b *tab) {
	b.be("Bo Chen")
	b.click(`room("morning-show")`)
	b.say(`/caster scene start "Morning Loop" "Preview 1"`)
	b.until(`card("🟡", "Morning Loop")`)
	seen := look[string](b, `words(document.getElementById("message-list"))`)
	b.do(chromedp.Reload())
	b.ready()
	b.until(`words(document.getElementById("me")).includes("Bo Chen") && words(document.getElementById("title")) === "morning-show"`)
	b.until(`words(document.getElementById("message-list")) === ` + quoted(seen))
	b.click(`button(card("🟡", "Morning Loop"), "Open preview")`)
	b.until(`card("✅", "Morning Loop", "(checked)") && scene("Preview 1", "Morning Loop") === "PVW Preview 1 open"`)
}

// home is the bot's own tab: what one asked for and what became of it.
func home(b *tab) {
	recording(b)
	b.click(`all("#apps button")[0]`)
	b.until(`words(document.getElementById("home")).includes("Start recording of main: done")`)
	b.until(`!shown(document.getElementById("composer-box"))`)
	b.click(`button(document.getElementById("home"), "Show")`)
	b.until(`words(document.getElementById("modal")).includes("Evening Loop") && button(document.getElementById("modal"), "Restart…")`)
	b.click(`button(document.getElementById("modal"), "Close")`)
	b.until(`!document.getElementById("modal").open`)
	b.click(`button(document.getElementById("home"), "Refresh")`)
	b.be("Pia Costa")
	b.until(`words(document.getElementById("home")).includes("You have not asked for anything yet.")`)
}

// thread talks to the bot where slash commands do not work: by a mention in a thread.
func thread(b *tab) {
	b.say("@casterbot caster list")
	b.until(`card("Evening News", "on air")`)
	b.be("Bo Chen")
	b.say("shall we record?")
	b.point(`card("shall we record?")`)
	b.click(`button(card("shall we record?"), "Reply in thread")`)
	b.until(`document.activeElement.getAttribute("aria-label") === "Reply in thread"`)
	b.keys("@casterbot record status main\r")
	b.until(`words(newest(".thread")).includes("casterbot") && words(newest(".thread")).includes("Records on command only")`)
}

// reset asks first, and then everything is as it was.
func reset(b *tab) {
	recording(b)
	b.click(`document.getElementById("reset")`)
	b.click(`button(newest("dialog"), "Keep it")`)
	b.until(`words(stream("show/main")).includes("REC")`)
	b.click(`document.getElementById("reset")`)
	b.click(`button(newest("dialog"), "Start afresh")`)
	b.until(`words(stream("show/main")).includes("Not recording") && !card("main")`)
	b.until(`words(document.getElementById("messages")).includes("It is quiet here")`)
}

// phone is used with a thumb: nothing is wider than the screen, and the wall is one tap away.
func phone(b *tab) {
	b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile, chromedp.EmulateTouch))
	narrow := `document.scrollingElement.scrollWidth <= innerWidth && all("main, #wall, .message, .tile").every((el) => el.getBoundingClientRect().right <= innerWidth + 1)`
	b.until(narrow)
	b.say(`/caster scene start "Evening News" "Preview 2"`)
	b.until(`(([el]) => el && el.getBoundingClientRect().height >= 40)([button(card("🟡", "Preview 2"), "Open preview")])`)
	b.click(`button(card("🟡", "Preview 2"), "Open preview")`)
	b.until(`card("✅", "Preview 2", "(checked)")`)
	b.until(narrow)
	b.click(`button(document.getElementById("tabs"), "Wall")`)
	b.until(`!shown(document.getElementById("chat")) && scene("Preview 2", "Evening News") === "PVW Preview 2 open"`)
	b.until(narrow)
	b.click(`button(document.getElementById("tabs"), "Chat")`)
	b.click(`document.getElementById("side-toggle")`)
	b.click(`all("#people button").find((el) => words(el).includes("Bo Chen"))`)
	b.until(`!shown(document.getElementById("side")) && card("✅", "Preview 2")`)
}

// contentSecurity lets the page try what it must not: run a script that somebody wrote into it, and talk to another
// server.
func contentSecurity(b *tab) {
	look[bool](b, `(() => {
		const script = document.createElement("script");
		script.textContent = "window.ran = true";
		document.body.append(script);
		fetch(`+quoted(b.stage.world.SlackURL+"api.test")+`).then(() => (window.reached = true)).catch(() => (window.refused = true));
		return true;
	})()`)
	b.until(`window.refused`)
	if look[bool](b, `Boolean(window.ran || window.reached)`) {
		b.t.Error("the page ran a foreign script or reached another server")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if told := strings.Join(b.console, "\n"); strings.Count(told, "Content Security Policy") < 2 {
		b.t.Errorf("the console does not name the policy twice:\n%s", told)
	}
	b.console = nil // what it says is what was provoked
}
