package fakelive

import (
	"strings"
	"testing"
)

func TestDescribeCastersFilters(t *testing.T) {
	b := newBench(t)
	for call, want := range map[string]string{
		"DescribeCasters": "12345678", "DescribeCasters CasterId=" + studioN(3): "3",
		"DescribeCasters CasterId=" + nowhere: "", "DescribeCasters Status=1": "1346",
		"DescribeCasters Status=0": "2578", "DescribeCasters NormType=6": "36",
		"DescribeCasters ResourceGroupId=rg-fakemorning": "56", "DescribeCasters ChargeType=0": "",
		"DescribeCasters PageSize=3": "123", "DescribeCasters PageSize=3&PageNum=3": "78",
		"DescribeCasters PageNum=4": "", "DescribeCasters Tag.1.Key=k": "",
		"DescribeCasters Status=1&OrderByModifyAsc=1":                                 "6314",
		"DescribeCasters StartTime=2027-03-05T18:00:00Z":                              "14",
		"DescribeCasters StartTime=2027-03-05T16:00:00Z&EndTime=2027-03-05T19:00:00Z": "13",
	} {
		action, params := parse(strings.ReplaceAll(call, "&", " "))
		got := ""
		for _, c := range b.ok(b.call(action, params...)).list("CasterList", "Caster") {
			id := c["CasterId"].(string)
			got += id[len(id)-1:]
		}
		if got != want {
			t.Errorf("%s: studios %q, want %q", call, got, want)
		}
	}
	if list := b.call("DescribeCasters", "CasterName", "Evening Talk").list("CasterList", "Caster"); len(list) != 2 {
		t.Errorf("by name: %v", list)
	}
}

func TestDescribeCastersShape(t *testing.T) {
	b := newBench(t)
	a := b.ok(b.call("DescribeCasters", "PageSize", "1"))
	c := a.list("CasterList", "Caster")[0]
	if a.json["Total"] != 8.0 || c["Status"] != 1.0 || c["NormType"] != 1.0 || c["ResourceGroupId"] != "rg-fakeevening" ||
		c["StartTime"] != "2027-03-05T18:58:00Z" || c["LastModified"] != "2027-03-05T18:58:00Z" {
		t.Errorf("%s", a.body)
	}
}

func TestDescribeScenesShape(t *testing.T) {
	b := newBench(t)
	a := b.ok(b.call("DescribeCasterScenes", "CasterId", studioN(1)))
	want := [][3]any{{"Main", "1", 1.0}, {"Preview 1", "0", 1.0}, {"Preview 2", "0", 0.0}}
	for i, scene := range a.list("SceneList", "Scene") {
		if got := [3]any{scene["SceneName"], scene["OutputType"], scene["Status"]}; got != want[i] {
			t.Errorf("scene %d: %v, want %v", i, got, want[i])
		}
		_, has := scene["StreamUrl"]
		if open := scene["Status"] == 1.0; has != open {
			t.Errorf("scene %d: open %v, but address %v", i, open, has)
		}
	}
	if a.json["Total"] != 3.0 {
		t.Errorf("%s", a.body)
	}
	one := b.call("DescribeCasterScenes", "CasterId", studioN(1), "SceneId", sceneNM(1, 3))
	if list := one.list("SceneList", "Scene"); len(list) != 1 || list[0]["SceneName"] != "Preview 2" {
		t.Errorf("one scene: %s", one.body)
	}
}

func TestOtherStudioReads(t *testing.T) {
	b := newBench(t)
	a := b.ok(b.call("DescribeCasterConfig", "CasterId", studioN(1)))
	if a.text("DomainName") != Domain || a.text("CasterName") != "Evening News" || a.text("UrgentMaterialId") == "" {
		t.Errorf("%s", a.body)
	}
	a = b.ok(b.call("DescribeCasterStreamUrl", "CasterId", studioN(1)))
	if list := a.list("CasterStreams", "CasterStream"); len(list) != 2 || list[0]["OutputType"] != 1.0 {
		t.Errorf("%s", a.body)
	}
	a = b.ok(b.call("DescribeLiveUserDomains"))
	if list := a.list("Domains", "PageData"); len(list) != 1 || list[0]["DomainName"] != Domain {
		t.Errorf("%s", a.body)
	}
	b.wantEffects(0)
}
