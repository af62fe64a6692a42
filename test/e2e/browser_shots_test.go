package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// pictures takes the README's picture and its variants. It runs only when CASTERBOT_SHOTS names a folder for them:
//
//	CASTERBOT_SHOTS=/tmp/shots go test ./test/e2e -run TestPage/pictures && cp /tmp/shots/sandbox.png docs/
func pictures(b *tab) {
	b.do(scheme("light"))
	b.click(`button(` + touring + `, "Skip the tour")`)
	busyEvening(b)
	b.picture("sandbox")
	b.do(scheme("dark"))
	b.picture("dark")
	b.click(`document.getElementById("fault-menu")`)
	b.until(`all('[role="menuitem"]').length > 5`)
	b.picture("dark-faults")
	b.keys("\x1b")
	b.do(scheme("light"))
	b.click(`all("#apps button")[0]`)
	b.until(`words(document.getElementById("home")).includes("done")`)
	b.picture("home")
	b.click(`room("show-control")`)
	b.say("/caster copy")
	b.until(`shown(document.getElementById("modal"))`)
	b.picture("form")
	b.click(`newest("#modal button.select")`)
	b.until(`all(".pick-row").length > 3`)
	b.picture("form-picker")
	b.keys("\x1b\x1b")
	b.until(`!document.getElementById("modal").open`)
	private(b)
	small(b)
}

// busyEvening is a show in full swing: a recording runs, a preview is open, and a restart on air waits for a second
// person.
func busyEvening(b *tab) {
	recording(b)
	b.click(`button(document.getElementById("advance"), "+5 min")`)
	b.be("Ken Mori")
	b.say("Second half in ten minutes. Preview 2, please.")
	b.be("Ana Ruiz")
	b.say(`/caster scene start "Evening News" "Preview 2"`)
	b.click(`button(card("🟡", "Preview 2"), "Open preview")`)
	b.until(`card("✅", "Preview 2", "(checked)")`)
	b.click(`button(document.getElementById("advance"), "+1 min")`)
	b.be("Bo Chen")
	b.say(`/caster restart "Evening News"`)
	b.until(`card("🟡", "Evening News", "one approval")`)
	b.be("Ana Ruiz")
	look[bool](b, `(document.querySelector(".wall-scroll").scrollTop = 0, document.activeElement.blur(), true)`)
}

// private shows what only one person sees: help, a list, a refusal.
func private(b *tab) {
	b.say("/caster help")
	b.until(`card("Only visible to you", "/caster restart")`)
	b.picture("help")
	b.say("/caster list")
	b.until(`card("Only visible to you", "Evening Sports")`)
	b.picture("list")
	b.be("Gus Weber")
	b.say("/record stop")
	b.until(`card("🚫")`)
	b.picture("denied")
	b.be("Ana Ruiz")
	b.click("field()")
	b.keys("/")
	b.until(`all(".complete-row").length === 2`)
	b.picture("completion")
	b.keys("\x1b\b") // closing the list leaves what was typed
}

// small is the same on a phone.
func small(b *tab) {
	b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
	b.picture("phone")
	b.click("field()")
	b.keys("/")
	b.until(`all(".complete-row").length === 2`)
	b.picture("phone-completion")
	b.keys("\x1b")
	b.click(`button(document.getElementById("tabs"), "Wall")`)
	b.picture("phone-wall")
	b.do(scheme("dark"))
	b.click(`button(document.getElementById("tabs"), "Chat")`)
	b.click(`document.getElementById("side-toggle")`)
	b.until(`shown(document.getElementById("side"))`)
	b.picture("phone-dark-side")
}

// scheme makes the browser prefer light or dark.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return err
	})
}

// picture keeps what the tab shows in the folder of CASTERBOT_SHOTS, as a PNG with a palette: a page has few colours.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("CASTERBOT_SHOTS")
	if dir == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	drawn, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, fewColours(drawn)); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), out.Bytes(), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// phonePicture is what a phone shows of the same, in the dark.
func (b *tab) phonePicture(name string) {
	b.t.Helper()
	if os.Getenv("CASTERBOT_SHOTS") == "" {
		return
	}
	b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)),
		scheme("dark"))
	b.picture(name)
	b.do(chromedp.EmulateViewport(1440, 900), scheme("light"))
}

// fewColours maps a picture to 256 of its colours; the rest becomes the nearest of these.
func fewColours(from image.Image) *image.Paletted {
	count := map[color.RGBA]int{}
	r := from.Bounds()
	flat := image.NewRGBA(r)
	draw.Draw(flat, r, from, r.Min, draw.Src)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[flat.RGBAAt(x, y)]++
		}
	}
	common := make([]color.RGBA, 0, len(count))
	for c := range count {
		common = append(common, c)
	}
	slices.SortFunc(common, func(a, b color.RGBA) int { return count[b] - count[a] })
	to := image.NewPaletted(r, palette(common))
	nearest := map[color.RGBA]uint8{}
	for _, c := range common {
		nearest[c] = uint8(to.Palette.Index(c))
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			to.SetColorIndex(x, y, nearest[flat.RGBAAt(x, y)])
		}
	}
	return to
}

// palette takes the first 256 colours that differ enough from those before them.
func palette(common []color.RGBA) color.Palette {
	var chosen color.Palette
	for _, c := range common {
		near := func(other color.Color) bool {
			o := other.(color.RGBA)
			r, g, b := int(c.R)-int(o.R), int(c.G)-int(o.G), int(c.B)-int(o.B)
			return r*r+g*g+b*b < 10*10
		}
		if len(chosen) < 256 && (len(chosen) < 32 || !slices.ContainsFunc(chosen, near)) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// TestFewColours holds what the pictures rely on: colours that are common stay as they are.
func TestFewColours(t *testing.T) {
	from := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for x := range 64 {
		for y := range 64 {
			from.SetRGBA(x, y, color.RGBA{R: uint8(x * 4), G: uint8(y * 4), A: 255})
		}
	}
	red := color.RGBA{R: 200, B: 99, A: 255}
	from.SetRGBA(1, 1, red)
	from.SetRGBA(2, 2, red)
	to := fewColours(from)
	if len(to.Palette) != 256 || to.At(1, 1) != red {
		t.Errorf("%d colours, the common one became %v", len(to.Palette), to.At(1, 1))
	}
}
