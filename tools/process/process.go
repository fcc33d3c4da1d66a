// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package process runs the processes that the tools need, and ends them on an interrupt.
package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// ExitInterrupted is the exit code that a shell reports for an interrupted command.
const ExitInterrupted = 128 + int(syscall.SIGINT)

// Interruptible returns two contexts. The first signal ends soft: the current step is asked to
// stop, and the program cleans up. The second signal ends hard: everything that still runs is
// killed.
//
// A closed pipe counts as a signal, so that `make demo | head` cleans up as well.
func Interruptible() (soft, hard context.Context) {
	soft, cancelSoft := context.WithCancel(context.Background())
	hard, cancelHard := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		<-signals
		cancelSoft()
		fmt.Fprintln(os.Stderr, "\nInterrupted: cleaning up. Interrupt again to stop at once.")
		for s := range signals {
			// Once the reader of the output has gone, each further line that is printed causes
			// another SIGPIPE.
			if s != syscall.SIGPIPE {
				cancelHard()
			}
		}
	}()
	return soft, hard
}

// Ended reports whether ctx has ended.
func Ended(ctx context.Context) bool {
	return ctx.Err() != nil
}

// Command returns a command that is interrupted when ctx ends.
//
// The command has its own process group, so Ctrl-C in a terminal reaches only this program, which
// then interrupts the command once: Terraform takes a second interrupt as a request to exit without
// saving.
func Command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	return cmd
}

// Run runs cmd until it exits. If hard ends first, it kills the whole process group,
// including plugins.
func Run(hard context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(hard, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer stop()
	return cmd.Wait()
}
