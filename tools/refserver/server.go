// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package refserver starts and stops the reference server as a process of its own.
package refserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 5 * time.Second
)

// Options say how to start a server.
type Options struct {
	Binary    string
	Args      []string // Besides the address.
	Log       string   // The file for the server's log.
	Variables []string // Those that the server prints and the caller needs.
}

// Server is a running reference server.
type Server struct {
	Variables map[string]string

	cmd *exec.Cmd
	log string
}

// Start starts the reference server on a free port of loopback, unless the arguments name an
// address, and waits for its export lines. The server's log is shown only on failure. The server
// continues after soft has ended, because the cleanup may need it.
func Start(soft, hard context.Context, o Options) (*Server, error) {
	logFile, err := os.Create(o.Log)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	cmd := process.Command(
		hard, o.Binary, append([]string{"-addr", "127.0.0.1:0", "-log", "-"}, o.Args...)...,
	)
	cmd.Cancel = nil // It is killed when hard ends.
	cmd.Stderr = logFile
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}

	s := &Server{cmd: cmd, log: o.Log}
	ctx, cancel := context.WithTimeoutCause(
		soft, startTimeout, errors.New("no export lines within the time limit"),
	)
	defer cancel()
	read := make(chan error, 1)
	go func() {
		var err error
		s.Variables, err = readExports(stdout, o.Variables)
		read <- err
	}()
	select {
	case err = <-read:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = s.Stop() // Its log says more than its exit status.
		return nil, fmt.Errorf("start the reference server: %w%s", err, s.LastLog())
	}
	return s, nil
}

// Stop stops the server, and kills it if it does not exit in time.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil &&
		!errors.Is(err, os.ErrProcessDone) {
		return err
	}
	kill := time.AfterFunc(stopTimeout, func() { _ = s.cmd.Process.Kill() })
	err := s.cmd.Wait()
	if !kill.Stop() {
		return errors.New("the reference server did not stop in time and was killed")
	}
	if err != nil {
		return fmt.Errorf("the reference server: %w%s", err, s.LastLog())
	}
	return nil
}

// LastLog returns the end of the server's log, with a heading.
func (s *Server) LastLog() string {
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
