package commands

import "sync"

// mapped makes one of each.
func mapped[T, A any](all []T, of func(T) A) []A {
	made := make([]A, len(all))
	for i, one := range all {
		made[i] = of(one)
	}
	return made
}

// each asks for every one of some things side by side and waits for all answers, which keep the order of the things.
func each[T, A any](things []T, ask func(int, T) A) []A {
	answers := make([]A, len(things))
	var open sync.WaitGroup
	for i, thing := range things {
		open.Go(func() { answers[i] = ask(i, thing) })
	}
	open.Wait()
	return answers
}

// answer is what came of one of several asks, each of which may fail on its own.
type answer[A any] struct {
	got A
	err error
}

// tries asks for every one of some things side by side.
func tries[T, A any](things []T, ask func(T) (A, error)) []answer[A] {
	return each(things, func(_ int, thing T) (a answer[A]) {
		a.got, a.err = ask(thing)
		return a
	})
}

// together asks what is independent side by side and waits for all of it. The error is that of the first in order, so
// that the same trouble is always told in the same words.
func together(asks ...func() error) error {
	for _, err := range each(asks, func(_ int, ask func() error) error { return ask() }) {
		if err != nil {
			return err
		}
	}
	return nil
}

// into makes an ask that keeps what it is told.
func into[A any](to *A, ask func() (A, error)) func() error {
	return func() (err error) {
		*to, err = ask()
		return err
	}
}
