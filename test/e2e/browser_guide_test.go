package e2e

import (
	"testing"
	"time"

	"casterbot/internal/sandbox/scenarios"

	"github.com/chromedp/chromedp"
)

// guideStories are what leads a person through the page: the tour, the clock strip and the steps of a scenario.
var guideStories = map[string]func(b *tab){
	"tour": tour, "tour by keyboard": tourByKeyboard, "tour on a phone": tourOnPhone, "clock strip": clockStrip,
	"scenario": scenarioByHand, "scenario on a phone": scenarioOnPhone,
}

// scenarioOf is what is played in the world of a story.
var scenarioOf = map[string]string{"scenario": "stream-drops", "scenario on a phone": "changed-by-hand"}

func scenarioNamed(t *testing.T, name string) *scenarios.Scenario {
	t.Helper()
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == name {
			return &s
		}
	}
	return nil
}

const (
	touring  = `document.getElementById("tour")`
	evening  = `document.getElementById("scenario")`
	tourDone = `words(document.getElementById("tour-done")) === "✓ Done"`
)

// tour goes through all six steps as a stranger does, and does not come again.
func tour(b *tab) {
	b.until(`words(` + touring + `).startsWith("You are Ana, an operator 1 of 6")`)
	b.picture("tour-1")
	b.click(`button(` + touring + `, "Next")`)
	b.until(`words(document.activeElement) === "Ask the bot" && !(` + tourDone + `)`)
	b.click(`button(` + touring + `, "Fill it in")`)
	b.until(`document.activeElement === field() && field().value === "/caster list"`)
	b.keys("\r")
	b.until(tourDone)
	b.click(`button(` + touring + `, "Next")`)
	b.say("/record start main")
	b.click(`button(card("🟡", "main"), "Start recording")`)
	b.until(tourDone)
	b.picture("tour-3")
	b.click(`button(` + touring + `, "Next")`)
	b.until(`document.getElementById("streams").classList.contains("toured")`)
	b.do(chromedp.Reload()) // goes on where it was
	b.ready()
	b.until(`words(` + touring + `).startsWith("See what the cloud did 4 of 6")`)
	b.click(`button(` + touring + `, "Next")`)
	b.click(`button(document.getElementById("advance"), "+1 min")`)
	b.until(tourDone)
	b.click(`button(` + touring + `, "Next")`)
	b.click(`button(stream("show/main"), "Cut the ingest")`)
	b.click(`button(document.getElementById("advance"), "+1 min")`)
	b.until(tourDone)
	b.click(`button(` + touring + `, "Finish")`)
	b.until(`!shown(` + touring + `) && !newest(".toured") && document.activeElement === field()`)
	b.do(chromedp.Reload())
	b.ready()
	b.until(`!shown(` + touring + `)`)
}

// tourByKeyboard skips it with Escape, and takes it up again by its button.
func tourByKeyboard(b *tab) {
	b.until(`shown(` + touring + `)`)
	b.tabTo(`Skip the tour`)
	b.keys("\x1b")
	b.until(`!shown(` + touring + `) && document.activeElement === field()`)
	b.click(`document.getElementById("tour-start")`)
	b.until(`words(document.activeElement) === "You are Ana, an operator"`)
	b.tabTo(`Next`)
	b.keys("\r")
	b.until(`words(document.activeElement) === "Ask the bot"`)
}

// tabTo presses Tab until something has the focus.
func (b *tab) tabTo(label string) {
	b.t.Helper()
	for range 60 {
		if words(b) == label {
			return
		}
		b.keys("\t")
	}
	b.fail("60 times Tab do not lead to " + label)
}

// tourOnPhone shows the wall when it is about the wall, and nothing is wider than the screen.
func tourOnPhone(b *tab) {
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
	const narrow = `document.scrollingElement.scrollWidth <= innerWidth && all("#guide button").every((el) => el.getBoundingClientRect().right <= innerWidth)`
	b.until(narrow + ` && shown(` + touring + `)`)
	b.picture("tour-phone")
	for range 3 {
		b.click(`button(` + touring + `, "Next")`)
	}
	b.until(`shown(document.getElementById("streams")) && !shown(document.getElementById("chat"))`)
	b.until(narrow)
	b.picture("tour-phone-wall")
	b.do(scheme("dark"))
	b.picture("tour-phone-wall-dark")
	b.click(`button(` + touring + `, "Skip the tour")`)
	b.until(`!shown(` + touring + `)`)
}

// clockStrip runs fast and at the usual pace, and goes to the file that is due.
func clockStrip(b *tab) {
	pressed := func(label string) string {
		return `all("#speed button").filter((el) => el.getAttribute("aria-pressed") === "true").map(words).join() === ` + quoted(label)
	}
	b.until(pressed("1×") + ` && document.getElementById("next-event").disabled`)
	recording(b)
	paused(b)
	before := b.stage.world.Clock.Now()
	b.click(`document.getElementById("next-event")`)
	b.until(`words(stream("show/main")).includes("1 file") && document.getElementById("next-event").disabled`)
	if went := b.stage.world.Clock.Now().Sub(before); went <= 0 || went > 3*time.Minute {
		b.t.Errorf("to the file it went %s ahead", went)
	}
	b.click(`newest('[data-speed="60"]')`)
	b.until(pressed("60×"))
	before = b.stage.world.Clock.Now()
	b.wait(func() bool { return b.stage.world.Clock.Now().Sub(before) > time.Minute },
		func() string { return "the clock does not run" })
	b.picture("strip")
	b.click(`newest('[data-speed="1"]')`)
	b.until(pressed("1×"))
	if speed := b.stage.world.Clock.Speed(); speed != 1 {
		b.t.Errorf("it runs %d times as fast", speed)
	}
}

// scenarioByHand is played by a person: each step ticks itself off when the world shows it.
func scenarioByHand(b *tab) {
	b.until(`words(` + evening + `).startsWith("The stream drops while it records step 1 of 5") && !shown(` + touring + `)`)
	b.picture("scenario-1")
	recording(b)
	b.until(`words(` + evening + `).includes("step 2 of 5") && words(` + evening + `).includes("Something happens in")`)
	b.until(`words(` + evening + `).includes("✓ The bot: “Recording of main started … (checked)”")`)
	b.click(`button(` + evening + `, "Go there now")`)
	b.until(`words(` + evening + `).includes("The ingest of main breaks off.")`)
	b.later(`words(` + evening + `).includes("step 3 of 5")`)
	b.click(`button(` + evening + `, "Go there now")`)
	b.later(`words(` + evening + `).includes("step 4 of 5")`)
	b.picture("scenario-4")
	for _, light := range []string{"light", "dark"} {
		b.do(scheme(light))
		if found := look[string](b, unreadable); found != "" {
			b.t.Errorf("%s:\n%s", light, found)
		}
	}
	b.picture("scenario-4-dark")
	b.click(`button(card("is NOT being recorded"), "Start recording")`)
	b.click(`button(card("🟡", "main", "asked by"), "Start recording")`)
	b.until(`words(` + evening + `).includes("step 5 of 5")`)
	b.later(`words(` + evening + `).includes("The evening is over, and everything was said as it should be.")`)
	b.picture("scenario-over-dark")
	b.click(`button(` + evening + `, "All steps")`)
	b.until(`all("#scenario-list li.task").length === 1`)
	b.click(`document.getElementById("reset")`)
	b.click(`button(newest("dialog"), "Start afresh")`)
	b.until(`words(` + evening + `).includes("step 1 of 5")`)
}

// later lets the world's clock run on until the page shows something.
func (b *tab) later(expression string) {
	b.t.Helper()
	b.wait(func() bool {
		if look[bool](b, "Boolean("+expression+")") {
			return true
		}
		if b.stage.Underway() == 0 {
			b.stage.world.Clock.Advance(time.Second)
		}
		return false
	}, func() string { return "never seen: " + expression })
}

// scenarioOnPhone shows the step that is now, and the others when one asks for them.
func scenarioOnPhone(b *tab) {
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Reload())
	b.ready()
	b.say(`/caster restart "Evening News"`)
	b.until(`words(` + evening + `).includes("step 2 of 4") && shown(document.getElementById("scenario-next"))`)
	b.until(`all("#scenario-list li.task").length === 1`)
	b.click(`button(` + evening + `, "All steps")`)
	b.picture("scenario-phone")
	b.click(`button(` + evening + `, "Go there now")`)
	b.until(`all("#scenario-list li.task").length === 2 && !words(studio("Evening News")).includes("PROGRAM on air")`)
	b.until(`document.scrollingElement.scrollWidth <= innerWidth && field().getBoundingClientRect().bottom <= innerHeight`)
}
