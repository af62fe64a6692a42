package live

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"testing"

	"casterbot/internal/op"
)

// permitted lets every call leave.
var permitted = op.NewSendPermit(func() error { return nil }, nil)

// writeMethods calls every method of a client that answers with a receipt, with a permit and a value for every other
// argument.
func writeMethods(t *testing.T, f *cloud, permit op.SendPermit, each func(name string, err error)) {
	t.Helper()
	values := map[reflect.Type]reflect.Value{
		reflect.TypeFor[string]():        reflect.ValueOf("x"),
		reflect.TypeFor[Stream]():        reflect.ValueOf(Stream{Domain: "d", App: "a", Name: "s"}),
		reflect.TypeFor[op.SendPermit](): reflect.ValueOf(permit),
	}
	client := reflect.ValueOf(f.client(t))
	for i := range client.NumMethod() {
		name, method := client.Type().Method(i).Name, client.Method(i)
		if method.Type().NumOut() == 0 || method.Type().Out(0) != reflect.TypeFor[Receipt]() {
			continue
		}
		if method.Type().In(1) != reflect.TypeFor[op.SendPermit]() {
			t.Errorf("%s takes no permit", name)
			continue
		}
		in := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < method.Type().NumIn(); n++ {
			in = append(in, values[method.Type().In(n)])
		}
		err, _ := method.Call(in)[1].Interface().(error)
		each(name, err)
	}
}

// Without a permit nothing is changed, and that is said: by none of the operations of the table that change something.
func TestWithoutAPermitNothingLeaves(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R","CasterId":"c2"}`))
	for name, permit := range map[string]op.SendPermit{
		"none":           {},
		"one that waits": op.NewSendPermit(nil, nil),
		"refused":        op.NewSendPermit(func() error { return op.ErrNoPermit }, nil),
	} {
		writeMethods(t, f, permit, func(method string, err error) {
			if ClassOf(err) != NotSent || err.(*Error).Message != op.ErrNoPermit.Error() {
				t.Errorf("%s, permit %s: %v", method, name, err)
			}
		})
	}
	wantSends(t, f, 0)
	writeMethods(t, f, permitted, func(method string, err error) {
		if err != nil {
			t.Errorf("%s with a permit: %v", method, err)
		}
	})
	for _, a := range Actions() {
		left := slices.ContainsFunc(f.requests(), func(v url.Values) bool { return v.Get("Action") == a.Name })
		if left != a.Write {
			t.Errorf("%s left: %t", a.Name, left)
		}
	}
}

// Each repetition is asked for anew, by every method.
func TestEveryRepetitionIsPermitted(t *testing.T) {
	f := newCloud(t, refuse(400, "Throttling.User"))
	asked, methods := 0, 0
	twice := op.NewSendPermit(func() error {
		if asked++; asked > 2 {
			return errors.New("no more")
		}
		return nil
	}, nil)
	writeMethods(t, f, twice, func(method string, err error) {
		methods++
		if ClassOf(err) != NotSent || err.(*Error).Message != "no more" || asked != 3 {
			t.Errorf("%s, asked %d times: %v", method, asked, err)
		}
		asked = 0
	})
	wantSends(t, f, 2*methods)
}
