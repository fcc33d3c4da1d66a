// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command metered stands in for a provider: it runs the provider and appends what the process used
// to a file. Terraform starts a provider several times in one command, so the file gets several
// lines.
//
// It is transparent: the provider inherits the standard streams, which carry the handshake of the
// plugin protocol, and gets the signals.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/bench/usage"
)

func main() {
	code, err := run(os.Getenv(usage.ProviderVariable), os.Getenv(usage.FileVariable))
	if err != nil {
		fmt.Fprintln(os.Stderr, "metered:", err)
	}
	os.Exit(code)
}

// run returns the exit code of the provider.
func run(provider, file string) (int, error) {
	cmd := exec.Command(provider, os.Args[1:]...) //nolint:noctx,gosec // It runs what it is told to, until that ends.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// Terraform kills a plugin that does not stop in time, and must not leave the provider behind.
	// The kernel watches the thread that started the provider, so that thread must stay.
	dieWithParent(cmd)
	runtime.LockOSThread()

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			// An interrupt of a terminal reaches the whole process group, so the provider already
			// has it.
			if s != syscall.SIGINT {
				_ = cmd.Process.Signal(s)
			}
		}
	}()
	_ = cmd.Wait() // The exit code says more.
	code := cmd.ProcessState.ExitCode()
	if code < 0 {
		code = 1
	}
	return code, record(file, cmd.ProcessState)
}

// record appends one line, so that providers that end at the same time do not mix their lines.
func record(file string, ended *os.ProcessState) error {
	process := usage.Process{CPU: ended.UserTime() + ended.SystemTime()}
	if used, ok := ended.SysUsage().(*syscall.Rusage); ok {
		process.PeakMemory = usage.MemoryBytes(used)
	}
	line, err := json.Marshal(process)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // It writes where it is told to.
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
