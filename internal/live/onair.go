package live

import (
	"context"

	"casterbot/internal/op"
)

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
func (c *Client) TakeScene(ctx context.Context, permit op.SendPermit, caster, preview, program string) (Receipt, error) {
	return c.write(ctx, permit, "CopyCasterSceneConfig", params{{"CasterId", caster}, {"FromSceneId", preview}, {"ToSceneId", program}})
}

// Standby switches the program scene, a PGM one, to the caster's standby picture, clip or stream. No operation is
// documented that reports it or ends it: the next TakeScene gives the scene another picture.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-effectcasterurgent
func (c *Client) Standby(ctx context.Context, permit op.SendPermit, caster, program string) (Receipt, error) {
	return c.write(ctx, permit, "EffectCasterUrgent", params{{"CasterId", caster}, {"SceneId", program}})
}
