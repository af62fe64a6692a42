package commands

const (
	ourFault  = "This is a fault of casterbot: please report it with the RequestId."
	askRights = "Ask whoever keeps the account to compare its RAM policy with the one in the README."
	askKeys   = "Ask whoever keeps casterbot to check its access keys."
	lookAgain = "Look with /caster show and ask again."
	setDomain = "Set its domain in the ApsaraVideo Live console."
	tryLater  = "Try again in a minute."
)

// codeTexts has a sentence for every code that the pages of the changing operations document, in all their versions, and for the
// codes that any operation of the service may answer with.
// Pages: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycaster, …-restartcaster,
// …-startcaster, …-stopcaster, …-startcasterscene, …-stopcasterscene, …-copycastersceneconfig, …-effectcasterurgent,
// …-realtimerecordcommand, and the service's list of codes.
var codeTexts = map[string]codeText{
	// Studios and scenes.
	"InvalidCaster.NotFound":         {text: "the studio does not exist any more", advice: "Look with /caster list.", way: "list"},
	"InvalidCasterId.Malformed":      {text: "ApsaraVideo Live does not accept the studio's id", advice: "Choose the studio from the list.", way: "list"},
	"IncorrectCasterStatus":          {text: "the studio's state does not allow it", advice: lookAgain, way: "show"},
	"IncorrectCasterStatus.Idle":     {text: "the studio is not running", advice: "Start the studio, then ask again.", already: "StopCaster", way: "instead"},
	"IncorrectCasterStatus.Inuse":    {text: "the studio is running", advice: lookAgain, already: "StartCaster", way: "show"},
	"InvalidNormType.Malformed":      {text: "studios of this type cannot be restarted, only general and playlist ones", advice: "Stop and start it instead.", way: "show"},
	"InvalidScene.NotFound":          {text: "the scene does not exist any more", advice: lookAgain, way: "show"},
	"InvalidSceneId.Malformed":       {text: "ApsaraVideo Live does not accept the scene's id", advice: "Choose the scene from the list.", way: "show"},
	"IncorrectSceneStatus":           {text: "a scene's state does not allow it", advice: lookAgain, way: "show"},
	"IncorrectSceneStatus.Inuse":     {text: "the scene is open", advice: lookAgain, already: "StartCasterScene", way: "show"},
	"IncorrectSceneStatus.Idle":      {text: "the scene is closed", advice: lookAgain, already: "StopCasterScene", way: "show"},
	"UserQuotaExceed":                {text: "the account has no room for another open scene", advice: "Close a PREVIEW scene that nobody needs, or have the quota raised.", way: "show"},
	"InvalidUserId.Malformed":        {text: "ApsaraVideo Live does not accept the account's id", advice: askKeys},
	"CasterNumberExceed":             {text: "the account has as many studios as it may have", advice: "Delete a studio that nobody needs in the ApsaraVideo Live console, or have the quota raised."},
	"ResourceNumberExceed":           {text: "the account has as many video resources as it may have", advice: "Remove some in the ApsaraVideo Live console, or have the quota raised."},
	"InvalidClientToken.Malformed":   {text: "ApsaraVideo Live does not accept the request's token", advice: ourFault},
	"IdempotentParameterMismatch":    {text: "the request's token was used for another copy", advice: ourFault},
	"CopyCaster.Timeout":             {text: "copying takes ApsaraVideo Live longer than it waits", advice: "Asking again with the same token cannot make a second studio."},
	"InvalidConfiguration.NotFound":  {text: "the studio has no streaming domain", advice: setDomain, way: "show"},
	"InvalidDomainName.NotFound":     {text: "the studio has no streaming domain", advice: setDomain, way: "show"},
	"InvalidLayout.NotFound":         {text: "the scene has no layout", advice: "Give it one in the ApsaraVideo Live console.", way: "show"},
	"InvalidResource.NotFound":       {text: "a video resource of the studio does not exist any more", advice: "Check its sources in the ApsaraVideo Live console.", way: "show"},
	"InvalidUrgentMaterial.NotFound": {text: "the studio has no standby picture", advice: "Set one in the ApsaraVideo Live console, in the settings of the studio.", way: "show"},
	"IncorrectChannel.Disable":       {text: "the channels of the studio are switched off", advice: "Switch them on in the ApsaraVideo Live console.", way: "show"},
	"InvalidParameter.Malformed":     {text: "ApsaraVideo Live does not accept a parameter", advice: ourFault},
	"RegionNoResource":               {text: "there is no such studio in this region", advice: "Look with /caster list.", way: "list"},
	"BusinessExist":                  {text: "the same request is being worked on", advice: "Look in a minute before you ask again.", way: "show"},

	// Recordings.
	"CodeConfigNotFound":     {text: "there is no recording configuration for the stream", advice: configHint, way: "status"},
	"InvalidConfig.NotFound": {text: "there is no recording configuration for the stream", advice: configHint, way: "status"},
	"StreamNotFound":         {text: "the stream is not live", advice: "Start the encoder, then ask again.", way: "status"},
	"InvalidStream.NotFound": {text: "the stream is not live", advice: "Start the encoder, then ask again.", way: "status"},
	"TaskAlreadyStarted":     {text: "a recording is running already", advice: "Look with /record status.", already: "RealTimeRecordCommand", way: "status"},
	"InvalidDomain.NotFound": {text: "the account has no such streaming domain", advice: "Ask whoever keeps the policy to correct the stream's domain."},
	"MalformedParam":         {text: "ApsaraVideo Live does not accept the stream's names", advice: "Check the stream with /record status.", way: "status"},
	"MissingParam":           {text: "a parameter was missing", advice: ourFault},
	"MissingCommand":         {text: "the recording command was missing", advice: ourFault},
	"MissingDomainName":      {text: "the stream's domain was missing", advice: ourFault},
	"MissingAppName":         {text: "the stream's app was missing", advice: ourFault},
	"MissingStreamName":      {text: "the stream's name was missing", advice: ourFault},

	// Rights, keys and signatures.
	"IllegalOperation":                           {text: "the bot's account may not do this", advice: askRights},
	"PermissionDenied":                           {text: "the bot's account may not do this", advice: askRights},
	"Forbidden":                                  {text: "the bot's account may not do this", advice: askRights},
	"Forbidden.RAM":                              {text: "the bot's account may not do this", advice: askRights},
	"NoPermission":                               {text: "the bot's account may not do this", advice: askRights},
	"Forbidden.RiskControl":                      {text: "the account is held back by Alibaba Cloud's risk control", advice: "Ask whoever keeps the account."},
	"InsufficientBalance":                        {text: "the account's balance is used up", advice: "Ask whoever pays for the account."},
	"InvalidAccessKeyId.NotFound":                {text: "the bot's access key does not exist", advice: askKeys},
	"InvalidAccessKeyId.Inactive":                {text: "the bot's access key is disabled", advice: askKeys},
	"InvalidSecurityToken.Expired":               {text: "the bot's security token has expired", advice: askKeys},
	"InvalidSecurityToken.Malformed":             {text: "the bot's security token is not valid", advice: askKeys},
	"InvalidSecurityToken.MismatchWithAccessKey": {text: "the bot's security token does not belong to its access key", advice: askKeys},
	"SignatureDoesNotMatch":                      {text: "the bot's access key secret is wrong", advice: askKeys},
	"IncompleteSignature":                        {text: "ApsaraVideo Live did not accept the signature", advice: ourFault},
	"InvalidSignatureMethod":                     {text: "ApsaraVideo Live did not accept the signature's method", advice: ourFault},
	"SignatureNonceUsed":                         {text: "ApsaraVideo Live has seen this very request before", advice: tryLater, way: "again"},
	"InvalidTimeStamp.Format":                    {text: "ApsaraVideo Live could not read the request's time", advice: ourFault},
	"InvalidTimeStamp.Expired":                   {text: "the clock of the bot's machine is more than 15 minutes off", advice: "Ask whoever keeps casterbot to set the clock."},

	// The service.
	"Throttling":              {text: "too many calls for the account at this moment", advice: tryLater, way: "again"},
	"Throttling.User":         {text: "too many calls for the account at this moment", advice: tryLater, way: "again"},
	"Throttling.Api":          {text: "too many calls of this kind at this moment", advice: tryLater, way: "again"},
	"InternalError":           {text: "ApsaraVideo Live has an internal error", advice: tryLater, way: "again"},
	"ServiceUnavailable":      {text: "ApsaraVideo Live is not available", advice: tryLater, way: "again"},
	"InvalidApi.NotFound":     {text: "the endpoint does not know this operation", advice: "Ask whoever keeps casterbot to check CASTERBOT_LIVE_ENDPOINT."},
	"UnsupportedHTTPMethod":   {text: "the endpoint does not accept this kind of request", advice: "Ask whoever keeps casterbot to check CASTERBOT_LIVE_ENDPOINT."},
	"InvalidParameter.Format": {text: "ApsaraVideo Live could not read a parameter", advice: ourFault},
}

const configHint = "Ask whoever keeps the account to add one in the ApsaraVideo Live console, under Recording."
