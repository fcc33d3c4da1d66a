// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/bench/usage"
)

// asCommand makes the test binary be the command.
const asCommand = "M2M_TEST_METERED"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// metered returns a command that runs a shell script in the place of a provider.
func metered(t *testing.T, script string) (cmd *exec.Cmd, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "usage.jsonl")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, os.Args[0], "-c", script)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(),
		asCommand+"=1", usage.ProviderVariable+"=/bin/sh", usage.FileVariable+"="+file)
	return cmd, file
}

func TestMetered_passesStreamsAndExitCode(t *testing.T) {
	cmd, file := metered(t, `read line; echo "out $line"; echo "err $line" >&2; exit 3`)
	cmd.Stdin = strings.NewReader("hello\n")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("got %v, want exit code 3", err)
	}
	if stdout.String() != "out hello\n" || stderr.String() != "err hello\n" {
		t.Errorf("got %q and %q", stdout.String(), stderr.String())
	}
	if used, err := usage.Take(file); err != nil || used.PeakMemory == 0 {
		t.Errorf("got %+v and %v", used, err)
	}
}

// It counts the CPU time of the provider, and adds up several processes.
func TestMetered_recordsCPU(t *testing.T) {
	const busy = `i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done`
	cmd, file := metered(t, busy)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	cmd, _ = metered(t, busy)
	cmd.Env = append(cmd.Env, usage.FileVariable+"="+file)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("got %q and %v, want two lines", text, err)
	}
	if used, err := usage.Take(file); err != nil || used.CPU < time.Millisecond {
		t.Errorf("got %+v and %v", used, err)
	}
	if used, err := usage.Take(file); err != nil || used != (usage.Process{}) {
		t.Errorf("the file was not removed: %+v and %v", used, err)
	}
}

func TestMetered_passesSignals(t *testing.T) {
	cmd, file := metered(t, `trap 'exit 7' TERM; echo ready; while :; do sleep 0.02; done`)
	startAndWaitForLine(t, cmd)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("got %v, want exit code 7", err)
	}
	if used, err := usage.Take(file); err != nil || used.PeakMemory == 0 {
		t.Errorf("got %+v and %v", used, err)
	}
}

func TestMetered_killLeavesNoProvider(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can do it")
	}
	cmd, _ := metered(t, `echo $$; exec sleep 60`)
	pid, err := strconv.Atoi(startAndWaitForLine(t, cmd))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for syscall.Kill(pid, 0) == nil && !isZombie(pid) {
		if ctx.Err() != nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("the provider still runs")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// isZombie reports whether the process has ended and waits for a parent.
func isZombie(pid int) bool {
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return strings.Contains(string(stat), ") Z ")
}

func startAndWaitForLine(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("no line")
	}
	return lines.Text()
}
