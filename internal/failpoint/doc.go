// Package failpoint marks the places of casterbot at which the crash matrix ends the process, so that what is left
// behind can be looked at from outside (docs/reliability.md).
//
// In every build that is shipped its functions are empty and inlined: nothing can be switched on in them. Only a binary
// built with -tags crashpoints obeys three variables of its environment:
//
//	CASTERBOT_CRASH=k3:1          the process kills itself (SIGKILL) at the first passage of k3
//	CASTERBOT_CRASH=k2:1:+50ms    what passes there waits, and after 50 ms the process kills itself
//	CASTERBOT_CRASH=k3:1:6s       it stands still for 6 s there instead (SIGSTOP), as on a suspended machine
//	CASTERBOT_CRASH_AHEAD=FILE    the engine's clock is ahead by the duration that stands in the file
//	CASTERBOT_CRASH_SCALE=20      the engine's waits, that for an answer included, are 20 times shorter
//
// It must not know who calls it, and nothing may depend on what it does.
package failpoint
