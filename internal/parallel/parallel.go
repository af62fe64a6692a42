// Package parallel asks several things side by side and waits for all answers. It must not know what is asked.
package parallel

import "sync"

// Each asks for every one of some things side by side and waits for all answers, which keep the order of the things.
func Each[T, A any](things []T, ask func(int, T) A) []A {
	answers := make([]A, len(things))
	var open sync.WaitGroup
	for i, thing := range things {
		open.Go(func() { answers[i] = ask(i, thing) })
	}
	open.Wait()
	return answers
}

// Answer is what came of one of several asks, each of which may fail on its own.
type Answer[A any] struct {
	Got A
	Err error
}

// Tries asks for every one of some things side by side.
func Tries[T, A any](things []T, ask func(T) (A, error)) []Answer[A] {
	return Each(things, func(_ int, thing T) (a Answer[A]) {
		a.Got, a.Err = ask(thing)
		return a
	})
}

// Together asks what is independent side by side and waits for all of it. The error is that of the first in order, so
// that the same trouble is always told in the same words.
func Together(asks ...func() error) error {
	for _, err := range Each(asks, func(_ int, ask func() error) error { return ask() }) {
		if err != nil {
			return err
		}
	}
	return nil
}

// Into makes an ask that keeps what it is told.
func Into[A any](to *A, ask func() (A, error)) func() error {
	return func() (err error) {
		*to, err = ask()
		return err
	}
}
