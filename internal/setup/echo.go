package setup

import (
	"os"

	"golang.org/x/sys/unix"
)

// echo decides whether a terminal shows what is typed. All the time but while a plain question is asked it does not, so
// that a secret which is pasted too early is not shown either. Ctrl-C works as ever.
type echo struct {
	fd     int
	before unix.Termios
}

// openEcho takes a terminal; false when it is none.
func openEcho(f *os.File) (*echo, bool) {
	state, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return nil, false
	}
	e := &echo{fd: int(f.Fd()), before: *state}
	e.show(false)
	return e, true
}

// show switches it. What fails here fails at the next read as well.
func (e *echo) show(on bool) {
	state := e.before
	state.Lflag |= unix.ICANON | unix.ISIG
	state.Iflag |= unix.ICRNL
	if on {
		state.Lflag |= unix.ECHO
	} else {
		state.Lflag &^= unix.ECHO
	}
	_ = unix.IoctlSetTermios(e.fd, setTermios, &state)
}

// restore leaves the terminal as it was.
func (e *echo) restore() { _ = unix.IoctlSetTermios(e.fd, setTermios, &e.before) }
