package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// guard runs the server and ends it when the test process is gone: then its standard input ends.
const guard = `exec 3<&0; "$@" </dev/null & p=$!; read x <&3; kill -INT $p 2>/dev/null; wait $p`

// Server is a private PostgreSQL.
type Server struct {
	bin, dir string
	port     int
	who      *syscall.Credential // nil: the user of the test
	cmd      *exec.Cmd
	stdin    io.Closer
}

// Start makes a database cluster in a temporary folder and runs it.
func Start() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.who, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(memory(), "pgtest"); err != nil {
		return nil, err
	}
	if err = s.prepare(); err == nil {
		err = s.Up()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

// memory is a folder in memory with room for clusters, where syncing costs nothing; empty when there is none. What a
// lost machine would lose is no matter of tests; what a killed server loses is the same there.
func memory() string {
	const folder, room = "/dev/shm", 1 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return folder
}

// programs finds the folder of the newest PostgreSQL of Debian's packages.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("no /usr/lib/postgresql/*/bin/initdb")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// unprivileged finds a user to run as, because PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("no user but root to run PostgreSQL as")
}

// prepare makes the cluster and finds a free port.
func (s *Server) prepare() error {
	if s.who != nil {
		if err := os.Chown(s.dir, int(s.who.Uid), int(s.who.Gid)); err != nil {
			return err
		}
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	s.port = port
	cmd := s.command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "casterbot", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-instructions", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// freePort finds a port that nobody has and that nobody is given unasked: those that the system hands out, to whoever
// connects or listens on any, begin at 32768. A server keeps its port while it is down.
func freePort() (int, error) {
	var err error
	for range 100 {
		port := 20000 + rand.N(12000)
		var free net.Listener
		if free, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return port, free.Close()
		}
	}
	return 0, fmt.Errorf("no free port for PostgreSQL: %w", err)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.who, Setpgid: true}
	return cmd
}

// Up runs the server and waits until it answers.
func (s *Server) Up() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command("/bin/sh", "-c", guard, "sh", filepath.Join(s.bin, "postgres"), "-D", s.data(),
		"-p", strconv.Itoa(s.port), "-k", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c",
		"shared_buffers=16MB",
		"-c", "max_connections=400") // many tests, and many processes of one test, share it
	s.cmd.Stdout, s.cmd.Stderr = log, log
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.stdin = stdin
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.answers()
}

func (s *Server) answers() error {
	db, err := sql.Open("pgx", s.URL())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return errors.Join(fmt.Errorf("PostgreSQL does not start: %w: %s", err, said), s.Down())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// Down stops the server as an administrator would who does not wait for clients; what they had under way is undone.
func (s *Server) Down() error {
	if s.cmd == nil {
		return nil
	}
	err := errors.Join(s.stdin.Close(), s.ended())
	s.cmd = nil
	return err
}

// Crash ends the server at once, without any order; the next Up recovers from its log.
func (s *Server) Crash() error {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		return err
	}
	return s.Down()
}

// ended waits for the end. An exit code says nothing here: a crash has one, too.
func (s *Server) ended() error {
	exit := &exec.ExitError{}
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// Close stops the server and removes its folder.
func (s *Server) Close() error { return errors.Join(s.Down(), os.RemoveAll(s.dir)) }

// Addr is where the server listens, on the loopback interface.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is the address over the loopback interface; no password is asked for.
func (s *Server) URL() string {
	return "postgres://casterbot@" + s.Addr() + "/postgres?sslmode=disable"
}

// SocketURL is the address over the server's socket in the file system.
func (s *Server) SocketURL() string {
	return "postgres:///postgres?" + url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.port)},
		"user": {"casterbot"}}.Encode()
}
