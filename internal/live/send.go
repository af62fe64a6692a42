package live

import (
	"context"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// params are an operation's own parameters, in the API's names.
type params []param

type param struct{ name, value string }

// missing is the first parameter without a value. Writes and lookups have only mandatory ones.
func (p params) missing() string {
	for _, param := range p {
		if param.value == "" {
			return param.name
		}
	}
	return ""
}

// send makes one attempt: at most one request leaves, in its turn, which is used up or given back. The body is returned
// for a success that names its request.
func (c *Client) send(ctx context.Context, permit op.SendPermit, a Action, p params,
	turn *quota.Permit) ([]byte, *Error) {
	defer turn.Return()
	ctx, cancel := context.WithTimeout(ctx, c.config.Wait)
	defer cancel()
	k, failed := c.keysFor(ctx, permit, a)
	if failed != nil {
		failed.Action = a.Name
		c.note(a, failed, nil)
		return nil, failed
	}
	x := &exchange{ctx: ctx, base: c.reads, turn: turn}
	if a.Write {
		x.base, x.leave = c.writes, permit.Leave
	}
	panicked := c.api(a).drive(x, k, c.config.Region, a.Name, p, c.config.Wait)
	body, failed := x.outcome(a, k, panicked)
	c.note(a, failed, x)
	if !x.traced.Load() && !x.unsent() {
		_ = turn.Left() // whenever it was: no later than now
	}
	turn.Answered(failed != nil && failed.Class == Throttled)
	return body, failed
}

// api is one of the services of the cloud that speak RPC, and where it answers.
type api struct{ product, version, scheme, host string }

// api is the service of an action.
func (c *Client) api(a Action) api {
	if a == lookupEvents {
		return c.trail
	}
	return api{"live", "2016-11-01", c.scheme, c.host}
}

// note takes in what became of one send. ActionTrail's being away says nothing of Live.
func (c *Client) note(a Action, failed *Error, x *exchange) {
	if a == lookupEvents {
		c.state.aside(a.Name, failed)
		return
	}
	c.state.note(a.Name, failed, x)
}

// drive lets the SDK sign and send through x. What the SDK makes of the answer, in errors that quote addresses and
// sometimes in a panic, is dropped: x has the answer.
func (s api) drive(x *exchange, k keys, region, action string, p params, within time.Duration) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	config := sdk.NewConfig().WithScheme(s.scheme).WithAutoRetry(false)
	config.Transport = x
	client, err := sdk.NewClientWithOptions(region, config, k.provider())
	if err != nil {
		return false
	}
	calm(client, within)
	request := &requests.RpcRequest{}
	request.InitWithApiInfo(s.product, s.version, action, "", "")
	request.Domain = s.host
	for _, param := range p {
		request.QueryParams[param.name] = param.value
	}
	_ = client.DoAction(request, responses.NewCommonResponse())
	return false
}

// calm keeps the SDK from reading proxies out of the environment, where its rules differ from everybody's and a
// wrong value fails every call, from timing out before the context does, and from tracing signed addresses.
func calm(client *sdk.Client, within time.Duration) {
	client.SetNoProxy("none")
	client.SetHttpsProxy("http://127.0.0.1")
	client.SetHttpProxy("http://127.0.0.1")
	client.SetReadTimeout(within + 10*time.Second)
	client.SetCloseTrace(true)
}

func (k keys) provider() credentials.CredentialsProvider {
	if k.token == "" {
		return credentials.NewStaticAKCredentialsProvider(k.id, k.secret)
	}
	return credentials.NewStaticSTSCredentialsProvider(k.id, k.secret, k.token)
}
