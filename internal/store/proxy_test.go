package store

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a store and its server and spoils what passes.
type proxy struct {
	listener net.Listener
	server   string
	all      sync.WaitGroup

	mu     sync.Mutex
	frozen chan struct{} // closed: nothing is held back
	conns  map[net.Conn]bool
	cut    *cutting
}

// cutting says when a connection breaks: at the nth answer that the server has finished, or at the request after that.
type cutting struct {
	left    int
	request bool // the answer arrives, what is asked next does not
	reset   bool // by RST instead of FIN
	done    bool
}

func newProxy(t testing.TB, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, server: server, frozen: make(chan struct{}), conns: map[net.Conn]bool{}}
	close(p.frozen)
	p.all.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

func (p *proxy) close() {
	p.thaw()
	_ = p.listener.Close()
	p.drop()
	p.all.Wait()
}

// drop breaks all connections.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

// freeze holds everything back, thaw lets it go on.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = make(chan struct{})
}

func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.frozen:
	default:
		close(p.frozen)
	}
}

func (p *proxy) wait() {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	<-frozen
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.serve(client.(*net.TCPConn)) })
	}
}

func (p *proxy) serve(client *net.TCPConn) {
	defer p.forget(client)
	p.wait()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer p.forget(server)
	p.mu.Lock()
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	var link sync.WaitGroup
	link.Go(func() { p.requests(client, server) })
	p.answers(client, server)
	_ = server.Close()
	link.Wait()
}

func (p *proxy) forget(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

func (p *proxy) requests(client *net.TCPConn, server net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		p.wait()
		if err != nil || p.breaks(client, true) {
			_ = server.Close()
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// answers passes the server's messages on, one by one: a letter, a length, and the rest.
func (p *proxy) answers(client *net.TCPConn, server net.Conn) {
	r := bufio.NewReader(server)
	for {
		head, err := r.Peek(5)
		if err != nil {
			_ = client.Close()
			return
		}
		message := make([]byte, 1+binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, message); err != nil {
			_ = client.Close()
			return
		}
		p.wait()
		if message[0] == 'Z' && p.breaks(client, false) { // ready for the next one
			return
		}
		if _, err := client.Write(message); err != nil {
			return
		}
	}
}

// breaks counts finished answers and reports that the connection breaks here.
func (p *proxy) breaks(client *net.TCPConn, request bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.cut
	if c == nil || c.done || request && (!c.request || c.left > 0) {
		return false
	}
	if !request {
		c.left--
		if c.left > 0 || c.request {
			return false
		}
	}
	c.done = true
	if c.reset {
		_ = client.SetLinger(0)
	}
	_ = client.Close()
	return true
}

// arm sets the next break.
func (p *proxy) arm(c *cutting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = c
}

// disarm reports whether the break came.
func (p *proxy) disarm() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := p.cut.done
	p.cut = nil
	return done
}
