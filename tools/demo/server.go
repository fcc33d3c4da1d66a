// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	serverStartTimeout = 15 * time.Second
	serverStopTimeout  = 5 * time.Second
)

// server is a running reference server.
type server struct {
	cmd       *exec.Cmd
	log       string
	variables map[string]string
}

// startServer starts the reference server on a free port and waits for its export lines. The
// server's log goes to a file, which is shown only on failure. The server continues after soft has
// ended, because the cleanup needs it.
func startServer(soft, hard context.Context, binary, log string) (*server, error) {
	logFile, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	cmd := command(hard, binary, "-addr", "127.0.0.1:0")
	cmd.Cancel = nil // It is killed when hard ends.
	cmd.Stderr = logFile
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}

	s := &server{cmd: cmd, log: log}
	ctx, cancel := context.WithTimeoutCause(
		soft, serverStartTimeout, errors.New("no export lines within the time limit"),
	)
	defer cancel()
	read := make(chan error, 1)
	go func() {
		var err error
		s.variables, err = readExports(stdout, serverVariables)
		read <- err
	}()
	select {
	case err = <-read:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = s.stop() // Its log says more than its exit status.
		return nil, fmt.Errorf("start the reference server: %w%s", err, s.lastLog())
	}
	return s, nil
}

// stop stops the server, and kills it if it does not exit in time.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil &&
		!errors.Is(err, os.ErrProcessDone) {
		return err
	}
	kill := time.AfterFunc(serverStopTimeout, func() { _ = s.cmd.Process.Kill() })
	err := s.cmd.Wait()
	if !kill.Stop() {
		return errors.New("the reference server did not stop in time and was killed")
	}
	if err != nil {
		return fmt.Errorf("the reference server: %w%s", err, s.lastLog())
	}
	return nil
}

// lastLog returns the end of the server's log, with a heading.
func (s *server) lastLog() string {
	const most = 20
	text, err := os.ReadFile(s.log)
	if err != nil || len(text) == 0 {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return "\nThe log of the reference server ends with:\n  " + strings.Join(lines, "\n  ")
}
