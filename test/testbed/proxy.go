package testbed

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// Proxy stands between a process and a server, holds back what passes, or breaks it. The answers of a PostgreSQL server
// it can tell apart, so that a connection can be cut right after one of them.
type Proxy struct {
	listener net.Listener
	server   string
	plain    bool // bytes, not the messages of PostgreSQL
	all      sync.WaitGroup

	mu     sync.Mutex
	frozen chan struct{} // closed: nothing is held back
	conns  map[net.Conn]bool
	cut    *Cut
}

// Cut says when a connection to PostgreSQL breaks: at the nth answer that the server has finished, or at the request
// after that.
type Cut struct {
	Left    int
	Request bool // the answer arrives, what is asked next does not
	Commit  bool // only answers to COMMIT count, and this one does not arrive
	Reset   bool // by RST instead of FIN
	done    bool
}

// NewProxy listens on loopback for a server at an address.
func NewProxy(server string) (*Proxy, error) { return newProxy(server, true) }

// NewPostgresProxy is one that can cut after a certain answer of PostgreSQL.
func NewPostgresProxy(server string) (*Proxy, error) { return newProxy(server, false) }

func newProxy(server string, plain bool) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, server: server, plain: plain, frozen: make(chan struct{}), conns: map[net.Conn]bool{}}
	close(p.frozen)
	p.all.Go(p.accept)
	return p, nil
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close ends it and all connections.
func (p *Proxy) Close() {
	p.Thaw()
	_ = p.listener.Close()
	p.Drop()
	p.all.Wait()
}

// Drop breaks all connections.
func (p *Proxy) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

// Freeze holds everything back, as a network does that is parted; Thaw lets it go on.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = make(chan struct{})
}

// Thaw ends a Freeze.
func (p *Proxy) Thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.frozen:
	default:
		close(p.frozen)
	}
}

// Arm sets the next cut; nil sets none. It reports whether the one before has come.
func (p *Proxy) Arm(c *Cut) (came bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	came = p.cut != nil && p.cut.done
	p.cut = c
	return came
}

// Came reports whether the cut has come.
func (p *Proxy) Came() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut != nil && p.cut.done
}

func (p *Proxy) wait() {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	<-frozen
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.serve(client.(*net.TCPConn)) })
	}
}

func (p *Proxy) serve(client *net.TCPConn) {
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
	if p.plain {
		p.bytes(client, server)
	} else {
		p.answers(client, server)
	}
	_ = server.Close()
	link.Wait()
}

func (p *Proxy) forget(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

func (p *Proxy) requests(client *net.TCPConn, server net.Conn) {
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

// bytes passes on what the server sends.
func (p *Proxy) bytes(client *net.TCPConn, server net.Conn) {
	defer client.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		p.wait()
		if _, wrong := client.Write(buffer[:n]); err != nil || wrong != nil {
			return
		}
	}
}

// answers passes the messages of PostgreSQL on, one by one: a letter, a length, and the rest.
func (p *Proxy) answers(client *net.TCPConn, server net.Conn) {
	defer client.Close()
	r := bufio.NewReader(server)
	for {
		head, err := r.Peek(5)
		if err != nil {
			return
		}
		message := make([]byte, 1+binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, message); err != nil {
			return
		}
		p.wait()
		if p.ends(message) && p.breaks(client, false) {
			return
		}
		if _, err := client.Write(message); err != nil {
			return
		}
	}
}

// ends reports that a message is one that the next cut counts: "ready for the next one" (Z), or the completion (C) of a
// COMMIT.
func (p *Proxy) ends(message []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut != nil && p.cut.Commit {
		return message[0] == 'C' && bytes.HasPrefix(message[5:], []byte("COMMIT"))
	}
	return message[0] == 'Z'
}

// breaks counts finished answers and reports that the connection breaks here.
func (p *Proxy) breaks(client *net.TCPConn, request bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.cut
	if c == nil || c.done || request && (!c.Request || c.Left > 0) {
		return false
	}
	if !request {
		c.Left--
		if c.Left > 0 || c.Request {
			return false
		}
	}
	c.done = true
	if c.Reset {
		_ = client.SetLinger(0)
	}
	_ = client.Close()
	return true
}
