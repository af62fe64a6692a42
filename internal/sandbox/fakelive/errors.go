package fakelive

import "fmt"

// refusal is an answer other than success, as the client gets it.
type refusal struct {
	status        int
	code, message string
}

// codeTexts maps the codes of the service to their HTTP status and text. It also
// serves the refuse fault, so it holds codes that no rule of this world produces.
var codeTexts = map[string]struct {
	status  int
	message string
}{
	"InvalidApi.NotFound":                        {404, "Specified api is not found, please check your url and method."},
	"InvalidVersion":                             {400, "Specified parameter Version is not valid."},
	"UnsupportedHTTPMethod":                      {400, "This http method is not supported."},
	"InvalidParameter.Format":                    {400, "The request cannot be read as query or form parameters."},
	"InvalidAccessKeyId.NotFound":                {404, "Specified access key is not found."},
	"InvalidAccessKeyId.Inactive":                {400, "Specified access key is disabled."},
	"InvalidSecurityToken.Expired":               {400, "Specified SecurityToken is expired."},
	"InvalidSecurityToken.Malformed":             {400, "Specified SecurityToken is malformed."},
	"InvalidSecurityToken.MismatchWithAccessKey": {400, "Specified SecurityToken mismatch with the AccessKey."},
	"InvalidSignatureMethod":                     {400, "Specified signature method is not supported."},
	"IncompleteSignature":                        {400, "The request signature does not conform to Aliyun standards."},
	"SignatureDoesNotMatch":                      {400, "Specified signature is not matched with our calculation."},
	"SignatureNonceUsed":                         {400, "Specified signature nonce was used already."},
	"InvalidTimeStamp.Format":                    {400, "Specified time stamp or date value is not well formatted."},
	"InvalidTimeStamp.Expired":                   {400, "Specified time stamp or date value is expired."},
	"Throttling":                                 {400, "Request was denied due to request throttling."},
	"Throttling.User":                            {400, "Request was denied due to user flow control."},
	"Throttling.Api":                             {400, "Request was denied due to api flow control."},
	"Forbidden.RAM": {403,
		"User not authorized to operate on the specified resource, or this API doesn't support RAM."},
	"NoPermission":     {403, "You are not authorized to do this action."},
	"PermissionDenied": {403, "Permission Denied"},
	"InternalError": {500,
		"The request processing has failed due to some unknown error, exception or failure."},
	"ServiceUnavailable": {503,
		"The request has failed due to a temporary failure of the server."},
	"IllegalOperation":     {401, "Permission Denied"},
	"CasterNumberExceed":   {401, "The number casters is exceeded"},
	"ResourceNumberExceed": {500, "Number of resource exceeded video norm"},
	"CopyCaster.Timeout":   {408, "CopyCaster timeout, retry again with the same Token"},
	"IdempotentParameterMismatch": {400,
		"The request uses the same client token as a previous, but non-identical request."},
	"UserQuotaExceed":                  {403, "The quota of the user is exceeded."},
	"IncorrectCasterStatus":            {400, "The status of the caster does not allow this operation."},
	"IncorrectCasterStatus.Idle":       {400, "The caster is not started."},
	"IncorrectCasterStatus.Inuse":      {400, "The caster is started already."},
	"IncorrectSceneStatus":             {400, "The status of the scene does not allow this operation."},
	"IncorrectSceneStatus.Inuse":       {400, "The scene is started already."},
	"IncorrectSceneStatus.Idle":        {400, "The scene is stopped already."},
	"InvalidCasterId.Malformed":        {400, "CasterId is malformed."},
	"InvalidSceneId.Malformed":         {400, "SceneId is malformed."},
	"InvalidUserId.Malformed":          {400, "UserId is malformed."},
	"InvalidNormType.Malformed":        {400, "The norm type of the caster does not support this operation."},
	"InvalidClientToken.Malformed":     {400, "ClientToken is malformed."},
	"InvalidParameter.Malformed":       {400, "A parameter is malformed."},
	"InvalidStartTime.Malformed":       {400, "StartTime is malformed."},
	"InvalidEndTime.Malformed":         {400, "EndTime is malformed."},
	"InvalidEndTime.Mismatch":          {400, "EndTime must be later than StartTime."},
	"InvalidTimeSpan":                  {400, "The time span exceeds the limit."},
	"InvalidCaster.NotFound":           {404, "Caster is not found."},
	"InvalidScene.NotFound":            {404, "Scene is not found."},
	"InvalidLayout.NotFound":           {404, "Layout is not found."},
	"InvalidResource.NotFound":         {404, "Resource is not found"},
	"InvalidUrgentMaterial.NotFound":   {404, "The standby material is not found."},
	"IncorrectChannel.Disable":         {400, "The channels of the caster are disabled."},
	"InvalidConfiguration.NotFound":    {404, "DomainName is not configured"},
	"InvalidDomainName.NotFound":       {404, "DomainName is not configured"},
	"InvalidDomain.NotFound":           {404, "The domain provided does not exist in our records."},
	"InvalidStream.NotFound":           {404, "Stream does not exist."},
	"InvalidConfig.NotFound":           {404, "Config does not exist."},
	"MalformedParam":                   {400, "A parameter is malformed."},
	"MissingParam":                     {400, "A parameter is missing."},
	"CodeConfigNotFound":               {400, "The record config is not found."},
	"StreamNotFound":                   {409, "The stream is not found."},
	"TaskAlreadyStarted":               {409, "Task has already started."},
	"TaskNotStarted":                   {409, "Task has not started."},
	"TaskNotStopped":                   {409, "Task has not been stopped."},
	"InvalidParameter.RoleArn":         {400, "The parameter RoleArn is wrongly formed."},
	"InvalidParameter.RoleSessionName": {400, "The parameter RoleSessionName is wrongly formed."},
	"InvalidParameter.DurationSeconds": {400, "The DurationSeconds is out of range."},
	"AuthenticationFail.NoPermission":  {403, "This operation is forbidden by permission system."},
	"InvalidParameterValue":            {400, "A parameter is out of range."},
}

// refuse makes the refusal for a code with its usual status and text. A code that
// is not known gets status 400.
func refuse(code string) *refusal {
	text, known := codeTexts[code]
	if !known {
		return &refusal{400, code, "The request was refused."}
	}
	return &refusal{text.status, code, text.message}
}

// refuseWith is refuse with a text of its own.
func refuseWith(code, message string) *refusal {
	r := refuse(code)
	r.message = message
	return r
}

// missing refuses a call that lacks a required parameter.
func missing(param string) *refusal {
	return &refusal{400, "Missing" + param, fmt.Sprintf("%s is mandatory for this action.", param)}
}
