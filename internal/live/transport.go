package live

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// newTransport is for one kind of call. Writes get a fresh connection each and HTTP/1 only: net/http repeats some
// requests by itself on connections that it uses again. A proxy from the environment is used for https only.
func newTransport(scheme string, keepAlive bool) *http.Transport {
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	t := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		DisableKeepAlives:      !keepAlive,
		DisableCompression:     true,
		Protocols:              http1,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 64 << 10,
	}
	if scheme == "https" {
		t.Proxy = http.ProxyFromEnvironment
	}
	return t
}

// checkProxy finds a wrong proxy setting at the start instead of at the first call. Its text may hold a password.
func checkProxy(scheme, host string) error {
	if scheme != "https" {
		return nil
	}
	request := &http.Request{URL: &url.URL{Scheme: scheme, Host: host}}
	if _, err := http.ProxyFromEnvironment(request); err != nil {
		return errors.New("HTTPS_PROXY is not the address of a proxy; want http://host:port")
	}
	return nil
}
