package failure

import "casterbot/internal/op"

const (
	ourFault  = "This is a fault of casterbot: please report it with the RequestId."
	askRights = "Ask whoever keeps the account to compare its RAM policy with the one in the README."
	lookAgain = "Look with /caster show and ask again."
	setDomain = "Set its domain in the ApsaraVideo Live console."
	tryLater  = "Try again in a minute."
)

// What whoever keeps casterbot is asked to do.
const (
	checkKeys     = "to check its access keys."
	setClock      = "to set the clock."
	checkRegion   = "to check ALIBABA_CLOUD_REGION_ID."
	checkEndpoint = "to check CASTERBOT_LIVE_ENDPOINT."
)

// askKeeper sends people to whoever keeps casterbot.
func askKeeper(what op.Text) op.Line { return op.L("Ask ", op.Keeper(), " ", what) }

func tryOrAsk() op.Line {
	return op.L("Try again in a minute. If it stays so, ask ", op.Keeper(), ".")
}

// CodeTexts has a sentence for every code that the pages of the changing operations document, in all their versions,
// and for the codes that any operation of the service may answer with. Pages:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycaster, …-restartcaster,
// …-startcaster, …-stopcaster, …-startcasterscene, …-stopcasterscene, …-copycastersceneconfig,
// …-effectcasterurgent, …-realtimerecordcommand, and the service's list of codes.
var CodeTexts = map[string]codeText{
	// Studios and scenes.
	"InvalidCaster.NotFound": {Text: "the studio does not exist any more", Advice: "Look with /caster list.",
		way: "list"},
	"InvalidCasterId.Malformed": {Text: "ApsaraVideo Live does not accept the studio's id",
		Advice: "Choose the studio from the list.", way: "list"},
	"IncorrectCasterStatus": {Text: "the studio's state does not allow it", Advice: lookAgain, way: "show"},
	"IncorrectCasterStatus.Idle": {Text: "the studio is not running", Advice: "Start the studio, then ask again.",
		already: "StopCaster", way: "instead"},
	"IncorrectCasterStatus.Inuse": {Text: "the studio is running", Advice: lookAgain, already: "StartCaster",
		way: "show"},
	"InvalidNormType.Malformed": {Text: "studios of this type cannot be restarted, only general and playlist ones",
		Advice: "Stop and start it instead.", way: "show"},
	"InvalidScene.NotFound": {Text: "the scene does not exist any more", Advice: lookAgain, way: "show"},
	"InvalidSceneId.Malformed": {Text: "ApsaraVideo Live does not accept the scene's id",
		Advice: "Choose the scene from the list.", way: "show"},
	"IncorrectSceneStatus": {Text: "a scene's state does not allow it", Advice: lookAgain, way: "show"},
	"IncorrectSceneStatus.Inuse": {Text: "the scene is open", Advice: lookAgain, already: "StartCasterScene",
		way: "show"},
	"IncorrectSceneStatus.Idle": {Text: "the scene is closed", Advice: lookAgain, already: "StopCasterScene",
		way: "show"},
	"UserQuotaExceed": {Text: "the account has no room for another open scene",
		Advice: "Close a PREVIEW scene that nobody needs, or have the quota raised.", way: "show"},
	"InvalidUserId.Malformed": {Text: "ApsaraVideo Live does not accept the account's id", ask: checkKeys},
	"CasterNumberExceed": {Text: "the account has as many studios as it may have",
		Advice: "Delete a studio that nobody needs in the ApsaraVideo Live console, or have the quota raised."},
	"ResourceNumberExceed": {Text: "the account has as many video resources as it may have",
		Advice: "Remove some in the ApsaraVideo Live console, or have the quota raised."},
	"InvalidClientToken.Malformed": {Text: "ApsaraVideo Live does not accept the request's token", Advice: ourFault},
	"IdempotentParameterMismatch":  {Text: "the request's token was used for another copy", Advice: ourFault},
	"CopyCaster.Timeout": {Text: "copying takes ApsaraVideo Live longer than it waits",
		Advice: "Asking again with the same token cannot make a second studio."},
	"InvalidConfiguration.NotFound": {Text: "the studio has no streaming domain", Advice: setDomain, way: "show"},
	"InvalidDomainName.NotFound":    {Text: "the studio has no streaming domain", Advice: setDomain, way: "show"},
	"InvalidLayout.NotFound": {Text: "the scene has no layout",
		Advice: "Give it one in the ApsaraVideo Live console.", way: "show"},
	"InvalidResource.NotFound": {Text: "a video resource of the studio does not exist any more",
		Advice: "Check its sources in the ApsaraVideo Live console.", way: "show"},
	"InvalidUrgentMaterial.NotFound": {Text: "the studio has no standby slate",
		Advice: "Set one in the ApsaraVideo Live console, in the settings of the studio.", way: "show"},
	"IncorrectChannel.Disable": {Text: "the channels of the studio are switched off",
		Advice: "Switch them on in the ApsaraVideo Live console.", way: "show"},
	"InvalidParameter.Malformed": {Text: "ApsaraVideo Live does not accept a parameter", Advice: ourFault},
	"RegionNoResource": {Text: "there is no such studio in this region", Advice: "Look with /caster list.",
		way: "list"},
	"BusinessExist": {Text: "the same request is being worked on",
		Advice: "Look in a minute before you ask again.", way: "show"},

	// Recordings.
	"CodeConfigNotFound": {Text: "there is no recording configuration for the stream", Advice: ConfigHint,
		way: "status"},
	"InvalidConfig.NotFound": {Text: "there is no recording configuration for the stream", Advice: ConfigHint,
		way: "status"},
	"StreamNotFound": {Text: "the stream is not live", Advice: "Start the encoder, then ask again.",
		way: "status"},
	"InvalidStream.NotFound": {Text: "the stream is not live", Advice: "Start the encoder, then ask again.",
		way: "status"},
	"TaskAlreadyStarted": {Text: "a recording is running already", Advice: "Look with /record status.",
		already: "RealTimeRecordCommand", way: "status"},
	"InvalidDomain.NotFound": {Text: "the account has no such streaming domain",
		Advice: "Ask whoever keeps the policy to correct the stream's domain."},
	"MalformedParam": {Text: "ApsaraVideo Live does not accept the stream's names",
		Advice: "Check the stream with /record status.", way: "status"},
	"MissingParam":      {Text: "a parameter was missing", Advice: ourFault},
	"MissingCommand":    {Text: "the recording command was missing", Advice: ourFault},
	"MissingDomainName": {Text: "the stream's domain was missing", Advice: ourFault},
	"MissingAppName":    {Text: "the stream's app was missing", Advice: ourFault},
	"MissingStreamName": {Text: "the stream's name was missing", Advice: ourFault},

	// Rights, keys and signatures.
	"IllegalOperation": {Text: "the bot's account may not do this", Advice: askRights},
	"PermissionDenied": {Text: "the bot's account may not do this", Advice: askRights},
	"Forbidden":        {Text: "the bot's account may not do this", Advice: askRights},
	"Forbidden.RAM":    {Text: "the bot's account may not do this", Advice: askRights},
	"NoPermission":     {Text: "the bot's account may not do this", Advice: askRights},
	"Forbidden.RiskControl": {Text: "the account is held back by Alibaba Cloud's risk control",
		Advice: "Ask whoever keeps the account."},
	"InsufficientBalance": {Text: "the account's balance is used up",
		Advice: "Ask whoever pays for the account."},
	"InvalidAccessKeyId.NotFound":    {Text: "the bot's access key does not exist", ask: checkKeys},
	"InvalidAccessKeyId.Inactive":    {Text: "the bot's access key is disabled", ask: checkKeys},
	"InvalidSecurityToken.Expired":   {Text: "the bot's security token has expired", ask: checkKeys},
	"InvalidSecurityToken.Malformed": {Text: "the bot's security token is not valid", ask: checkKeys},
	"InvalidSecurityToken.MismatchWithAccessKey": {Text: "the bot's security token does not belong to its access key",
		ask: checkKeys},
	"SignatureDoesNotMatch": {Text: "the bot's access key secret is wrong", ask: checkKeys},
	"IncompleteSignature": {Text: "ApsaraVideo Live did not accept the signature",
		Advice: ourFault},
	"InvalidSignatureMethod": {Text: "ApsaraVideo Live did not accept the signature's method",
		Advice: ourFault},
	"SignatureNonceUsed": {Text: "ApsaraVideo Live has seen this very request before",
		Advice: tryLater, way: "again"},
	"InvalidTimeStamp.Format": {Text: "ApsaraVideo Live could not read the request's time",
		Advice: ourFault},
	"InvalidTimeStamp.Expired": {Text: "the clock of the bot's machine is more than 15 minutes off", ask: setClock},

	"ClockSkew": {Text: "the clock of the bot's machine is more than 10 minutes off", ask: setClock},
	"InvalidRegionId.NotFound": {Text: "there is no such region",
		ask: checkRegion},

	// The service.
	"Throttling":         {Text: "too many calls for the account at this moment", Advice: tryLater, way: "again"},
	"Throttling.User":    {Text: "too many calls for the account at this moment", Advice: tryLater, way: "again"},
	"Throttling.Api":     {Text: "too many calls of this kind at this moment", Advice: tryLater, way: "again"},
	"InternalError":      {Text: "ApsaraVideo Live has an internal error", Advice: tryLater, way: "again"},
	"ServiceUnavailable": {Text: "ApsaraVideo Live is not available", Advice: tryLater, way: "again"},
	"InvalidApi.NotFound": {Text: "the endpoint does not know this operation",
		ask: checkEndpoint},
	"UnsupportedHTTPMethod": {Text: "the endpoint does not accept this kind of request",
		ask: checkEndpoint},
	"InvalidParameter.Format": {Text: "ApsaraVideo Live could not read a parameter", Advice: ourFault},
}

const ConfigHint = "Ask whoever keeps the account to add one in the ApsaraVideo Live console, under Recording."
