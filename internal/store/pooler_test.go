package store

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// pooler stands before a server like PgBouncer: it takes no setting while a connection is made, and has connections of
// its own to the server: one for each of its clients as long as that stays, or one for all of them, for a transaction.
type pooler struct {
	server *pgconn.Config
	shared *upstream // nil: in session mode
}

// upstream is a connection to the server.
type upstream struct {
	sync.Mutex
	conn   *pgproto3.Frontend
	socket net.Conn
}

func (p *pooler) dial() (*upstream, error) {
	conn, err := pgconn.ConnectConfig(context.Background(), p.server)
	if err != nil {
		return nil, err
	}
	raw, err := conn.Hijack()
	if err != nil {
		return nil, err
	}
	return &upstream{conn: raw.Frontend, socket: raw.Conn}, nil
}

// before puts a pooler before the server of an address and gives the address through it.
func before(t *testing.T, address string, transactions bool) string {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &pooler{}
	if p.server, err = pgconn.ParseConfig(address); err != nil {
		t.Fatal(err)
	}
	if transactions {
		if p.shared, err = p.dial(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.shared.socket.Close() })
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = errors.Join(p.serve(conn), conn.Close()) }()
		}
	}()
	u.Host, u.RawQuery = listener.Addr().String(), "sslmode=disable"
	return u.String()
}

func (p *pooler) serve(conn net.Conn) error {
	client := pgproto3.NewBackend(conn, conn)
	first, err := client.ReceiveStartupMessage()
	if err != nil {
		return err
	}
	if start, ok := first.(*pgproto3.StartupMessage); ok {
		for name := range start.Parameters {
			if !slices.Contains([]string{"user", "database", "application_name", "client_encoding"}, name) {
				client.Send(&pgproto3.ErrorResponse{
					Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: " + name,
				})
				return client.Flush()
			}
		}
	}
	up := p.shared
	if up == nil {
		if up, err = p.dial(); err != nil {
			return err
		}
		defer func() { _ = up.socket.Close() }()
	}
	client.Send(&pgproto3.AuthenticationOk{})
	client.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	client.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	client.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	for err = client.Flush(); err == nil; {
		err = up.transaction(client)
	}
	return err
}

// transaction passes on what belongs together, from the first message of the client until the server is idle again.
func (u *upstream) transaction(client *pgproto3.Backend) error {
	message, err := client.Receive()
	if err != nil {
		return err
	}
	u.Lock()
	defer u.Unlock()
	for {
		switch message.(type) {
		case *pgproto3.Terminate:
			return errors.New("the client has gone")
		case *pgproto3.Query, *pgproto3.Sync:
			u.conn.Send(message)
			if idle, err := u.answers(client); idle || err != nil {
				return err
			}
		default:
			u.conn.Send(message)
		}
		if message, err = client.Receive(); err != nil {
			return err
		}
	}
}

func (u *upstream) answers(client *pgproto3.Backend) (idle bool, err error) {
	if err := u.conn.Flush(); err != nil {
		return false, err
	}
	for {
		message, err := u.conn.Receive()
		if err != nil {
			return false, err
		}
		client.Send(message)
		if ready, ok := message.(*pgproto3.ReadyForQuery); ok {
			return ready.TxStatus == 'I', client.Flush()
		}
	}
}

func TestPoolers(t *testing.T) {
	t.Parallel()
	address := server.Address(t)
	s, err := Open(t.Context(), before(t, address, false), Options{})
	if err != nil {
		t.Fatal("in session mode:", err)
	}
	if err := errors.Join(s.Ping(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
	refused(t, before(t, address, true), "a pooler in transaction mode")
	refused(t, before(t, address, false)+"&search_path=x", "a pooler before it refuses a setting of the address")
}
