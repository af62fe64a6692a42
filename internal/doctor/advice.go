package doctor

import (
	"cmp"
	"strings"

	"casterbot/commands/failure"
	"casterbot/internal/live"
)

// explained is an error of the cloud in words, with its code and what the service said.
func explained(e *live.Error) string {
	text := cmp.Or(string(failure.CodeTexts[e.Code].Text), e.Message, "it does not answer")
	var more []string
	for _, part := range []string{e.Code, said(e, text)} {
		if part != "" {
			more = append(more, part)
		}
	}
	if e.RequestID != "" {
		more = append(more, "request "+e.RequestID)
	}
	if len(more) == 0 {
		return text
	}
	return text + " (" + strings.Join(more, "; ") + ")"
}

// said is the service's own message, where it says more.
func said(e *live.Error, text string) string {
	if e.Message == text {
		return ""
	}
	return e.Message
}

// Advice says what mends an error that no call gets past, for whoever keeps the bot.
func Advice(e *live.Error) string {
	begins := func(prefix string) bool { return strings.HasPrefix(e.Code, prefix) }
	switch {
	case e.Keys:
		return "correct the credentials that ALIBABA_CLOUD_… names: role, OIDC token, profile or key"
	case e.Forbidden():
		return "allow live:" + cmp.Or(e.Action, "*") + "; " + ramPolicy
	case begins("InvalidTimeStamp"), e.Code == "ClockSkew":
		return setClock
	case begins("RegionNoResource"), begins("InvalidRegion"):
		return "set ALIBABA_CLOUD_REGION_ID to the region of the studios, such as cn-shanghai"
	case begins("InvalidSecurityToken"):
		return "get a new STS token, or use keys that do not expire: ALIBABA_CLOUD_SECURITY_TOKEN"
	case begins("InvalidAccessKeyId"), begins("SignatureDoesNotMatch"), begins("IncompleteSignature"):
		return "make a new access key, and set both halves of it: " + keysPlace
	case begins("InsufficientBalance"):
		return "pay for the account: https://usercenter2.aliyun.com"
	case begins("Forbidden.RiskControl"):
		return "ask Alibaba Cloud's support why the account is held back: https://workorder.console.aliyun.com"
	case e.Class == live.Throttled:
		return leaveLess
	case e.Class == live.NotSent:
		return reachCloud
	case e.Class == live.Refused:
		return "check the access key, its secret, the RAM policy, ALIBABA_CLOUD_REGION_ID and the clock, by the code"
	}
	return "check CASTERBOT_LIVE_ENDPOINT, and whether the service is well: https://status.alibabacloud.com"
}
