// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"os/exec"
	"syscall"
)

// command returns a command that is interrupted when ctx ends.
//
// The command has its own process group, so Ctrl-C in a terminal reaches only this program, which
// then interrupts the command once: Terraform takes a second interrupt as a request to exit without
// saving.
func command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	return cmd
}

// runCommand runs cmd until it exits. If hard ends first, it kills the whole process group,
// including plugins.
func runCommand(hard context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(hard, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer stop()
	return cmd.Wait()
}
