// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"os/exec"
	"syscall"
)

// command prepares a command that is asked to stop when ctx ends.
//
// It gets a process group of its own. The terminal sends Ctrl-C to the group of this program alone,
// which passes it on once: Terraform takes a second interrupt for "give up without saving".
func command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	return cmd
}

// runCommand runs cmd to its end. When hard ends first, the whole process group is killed, plugins
// included.
func runCommand(hard context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(hard, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer stop()
	return cmd.Wait()
}
