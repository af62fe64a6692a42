package live

import (
	"context"
	"regexp"

	"casterbot/internal/op"
)

var tokenForm = regexp.MustCompile(`\A[!-~]{1,64}\z`)

// CopyCaster makes a new idle caster with the configuration of source. The token is the operation's own ClientToken,
// 1 to 64 ASCII characters: the same token again answers with the same caster and makes no second one.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycaster
func (c *Client) CopyCaster(ctx context.Context, permit op.SendPermit, source, name, token string) (Receipt, error) {
	if !tokenForm.MatchString(token) {
		return Receipt{}, &Error{Class: NotSent, Action: "CopyCaster",
			Message: "ClientToken must be 1 to 64 printable ASCII characters"}
	}
	return c.write(ctx, permit, "CopyCaster",
		params{{"SrcCasterId", source}, {"CasterName", name}, {"ClientToken", token}})
}

// RestartCaster reloads a running caster's settings. The picture is cut. Only general and playlist mode.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-restartcaster
func (c *Client) RestartCaster(ctx context.Context, permit op.SendPermit, id string) (Receipt, error) {
	return c.write(ctx, permit, "RestartCaster", params{{"CasterId", id}})
}

// StartScene opens a preview scene of a running caster; Receipt.PlayURL plays it.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-startcasterscene
func (c *Client) StartScene(ctx context.Context, permit op.SendPermit, caster, scene string) (Receipt, error) {
	return c.write(ctx, permit, "StartCasterScene", params{{"CasterId", caster}, {"SceneId", scene}})
}

// StopScene closes a preview scene.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-stopcasterscene
func (c *Client) StopScene(ctx context.Context, permit op.SendPermit, caster, scene string) (Receipt, error) {
	return c.write(ctx, permit, "StopCasterScene", params{{"CasterId", caster}, {"SceneId", scene}})
}

// Record sends a recording command, one of start, stop, cancel_delay and restart, for one live stream.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-realtimerecordcommand
func (c *Client) Record(ctx context.Context, permit op.SendPermit, s Stream, command string) (Receipt, error) {
	return c.write(ctx, permit, "RealTimeRecordCommand", append(params{{"Command", command}}, s.params()...))
}

// StartCaster puts an idle caster on air: its PGM and PVW scenes are opened, and made where there are none. Billing
// begins. The answer's addresses are left out; Scenes has them.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-startcaster
func (c *Client) StartCaster(ctx context.Context, permit op.SendPermit, id string) (Receipt, error) {
	return c.write(ctx, permit, "StartCaster", params{{"CasterId", id}})
}

// StopCaster takes a caster off air and closes all its scenes.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-stopcaster
func (c *Client) StopCaster(ctx context.Context, permit op.SendPermit, id string) (Receipt, error) {
	return c.write(ctx, permit, "StopCaster", params{{"CasterId", id}})
}

// TakeScene gives the program scene, a PGM one, the picture of a preview scene, an open PVW one of the same caster.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycastersceneconfig
func (c *Client) TakeScene(ctx context.Context, permit op.SendPermit, caster, preview,
	program string) (Receipt, error) {
	return c.write(ctx, permit, "CopyCasterSceneConfig",
		params{{"CasterId", caster}, {"FromSceneId", preview}, {"ToSceneId", program}})
}

// Standby switches the program scene, a PGM one, to the caster's standby picture, clip or stream. No operation is
// documented that reports it or ends it: the next TakeScene gives the scene another picture.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-effectcasterurgent
func (c *Client) Standby(ctx context.Context, permit op.SendPermit, caster, program string) (Receipt, error) {
	return c.write(ctx, permit, "EffectCasterUrgent", params{{"CasterId", caster}, {"SceneId", program}})
}
