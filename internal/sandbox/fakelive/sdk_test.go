package fakelive

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/live"
)

// sdkClient is the vendor's client, pointed at the bench and otherwise untouched.
func sdkClient(t *testing.T, b *bench) *live.Client {
	t.Helper()
	client, err := live.NewClientWithOptions("cn-shanghai", sdk.NewConfig().WithScheme("HTTP"),
		credentials.NewStsTokenCredential(testKey, testSecret, "CAIS/fake+token=="))
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = strings.TrimPrefix(b.url, "http://")
	return client
}

func newSDKBench(t *testing.T) *bench {
	return newBench(t, func(c *Config) {
		c.SecurityToken = "CAIS/fake+token=="
		c.Gateway = time.Now
	})
}

func TestSDKOperations(t *testing.T) {
	b := newSDKBench(t)
	client := sdkClient(t, b)

	copyIt := live.CreateCopyCasterRequest()
	copyIt.SrcCasterId, copyIt.CasterName, copyIt.ClientToken = studioN(1), "Späte *Schau* ~1 +/&=", "tok"
	made, err := client.CopyCaster(copyIt)
	if err != nil || made.CasterId == "" || made.RequestId == "" {
		t.Fatalf("%v %v", made, err)
	}
	if s, found := b.world.Snapshot().Studio(made.CasterId); !found || s.Name != copyIt.CasterName {
		t.Errorf("copy %+v", s)
	}

	restart := live.CreateRestartCasterRequest()
	restart.CasterId = studioN(1)
	if _, err := client.RestartCaster(restart); err != nil {
		t.Error(err)
	}

	open := live.CreateStartCasterSceneRequest()
	open.CasterId, open.SceneId = studioN(1), sceneNM(1, 3)
	if opened, err := client.StartCasterScene(open); err != nil || !strings.Contains(opened.StreamUrl, "auth_key=") {
		t.Errorf("%v %v", opened, err)
	}
	shut := live.CreateStopCasterSceneRequest()
	shut.CasterId, shut.SceneId = studioN(1), sceneNM(1, 3)
	if _, err := client.StopCasterScene(shut); err != nil {
		t.Error(err)
	}

	take := live.CreateCopyCasterSceneConfigRequest()
	take.CasterId, take.FromSceneId, take.ToSceneId = studioN(1), sceneNM(1, 2), sceneNM(1, 1)
	if _, err := client.CopyCasterSceneConfig(take); err != nil {
		t.Error(err)
	}
	standby := live.CreateEffectCasterUrgentRequest()
	standby.CasterId, standby.SceneId = studioN(1), sceneNM(1, 1)
	if _, err := client.EffectCasterUrgent(standby); err != nil {
		t.Error(err)
	}
	start := live.CreateStartCasterRequest()
	start.CasterId = made.CasterId
	if on, err := client.StartCaster(start); err != nil || len(on.PgmSceneInfos.SceneInfo) != 1 {
		t.Errorf("%v %v", on, err)
	}
	stop := live.CreateStopCasterRequest()
	stop.CasterId = made.CasterId
	if _, err := client.StopCaster(stop); err != nil {
		t.Error(err)
	}

	record := live.CreateRealTimeRecordCommandRequest()
	record.Command, record.DomainName, record.AppName, record.StreamName = "start", Domain, "show", "main"
	if _, err := client.RealTimeRecordCommand(record); err != nil {
		t.Error(err)
	}
	b.wantEffects(9)
}

func TestSDKReads(t *testing.T) {
	b := newSDKBench(t)
	client := sdkClient(t, b)

	scenes := live.CreateDescribeCasterScenesRequest()
	scenes.CasterId = studioN(1)
	if got, err := client.DescribeCasterScenes(scenes); err != nil || len(got.SceneList.Scene) != 3 ||
		got.SceneList.Scene[0].OutputType != "1" || len(got.SceneList.Scene[0].ComponentIds.ComponentId) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	config := live.CreateDescribeCasterConfigRequest()
	config.CasterId = studioN(1)
	if got, err := client.DescribeCasterConfig(config); err != nil || got.DomainName != Domain ||
		len(got.RecordConfig.RecordFormat.RecordFormatItem) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	online := live.CreateDescribeLiveStreamsOnlineListRequest()
	online.DomainName, online.PageSize = Domain, requests.NewInteger(3)
	if got, err := client.DescribeLiveStreamsOnlineList(online); err != nil || got.TotalNum != 4 || got.TotalPage != 2 ||
		len(got.OnlineInfo.LiveStreamOnlineInfo) != 3 {
		t.Errorf("%+v %v", got, err)
	}
	setups := live.CreateDescribeLiveRecordConfigRequest()
	setups.DomainName = Domain
	if got, err := client.DescribeLiveRecordConfig(setups); err != nil || len(got.LiveAppRecordList.LiveAppRecord) != 5 {
		t.Errorf("%+v %v", got, err)
	}
	files := live.CreateDescribeLiveStreamRecordIndexFilesRequest()
	files.DomainName, files.AppName, files.StreamName = Domain, "show", "main"
	files.StartTime, files.EndTime = "2027-03-05T00:00:00Z", "2027-03-06T00:00:00Z"
	if got, err := client.DescribeLiveStreamRecordIndexFiles(files); err != nil || got.TotalNum != 0 ||
		got.Order != "asc" {
		t.Errorf("%+v %v", got, err)
	}
}

// The SDK cannot decode the ResourceGroupId that the service sends. The emulator
// must send it as the service does, so that who relies on the typed answer learns it
// here.
func TestSDKMeetsTheResourceGroupTrap(t *testing.T) {
	b := newSDKBench(t)
	_, err := sdkClient(t, b).DescribeCasters(live.CreateDescribeCastersRequest())
	var failed *sdkerrors.ClientError
	if !errors.As(err, &failed) || failed.ErrorCode() != "SDK.JsonUnmarshalError" {
		t.Errorf("error %v", err)
	}
}

func TestSDKErrors(t *testing.T) {
	b := newSDKBench(t)
	request := live.CreateRestartCasterRequest()
	request.CasterId = studioN(2)
	_, err := sdkClient(t, b).RestartCaster(request)
	var failed *sdkerrors.ServerError
	if !errors.As(err, &failed) || failed.ErrorCode() != "IncorrectCasterStatus.Idle" || failed.HttpStatus() != 400 ||
		failed.RequestId() == "" {
		t.Errorf("error %v", err)
	}
	xml := live.CreateDescribeCasterScenesRequest()
	xml.CasterId, xml.AcceptFormat = studioN(1), "XML"
	if got, err := sdkClient(t, b).DescribeCasterScenes(xml); err != nil || len(got.SceneList.Scene) != 3 {
		t.Errorf("XML: %v", err)
	}
}
