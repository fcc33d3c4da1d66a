// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/release"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestMain lets the test binary act as the command, for tests that send it signals.
func TestMain(m *testing.M) {
	if os.Getenv("M2M_TESTSERVER_AS_COMMAND") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the command and returns it with everything that it printed to standard output before
// closing it.
func start(t *testing.T, args ...string) (command *exec.Cmd, stdout string, stderr *bytes.Buffer) {
	t.Helper()
	command = exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = append(os.Environ(), "M2M_TESTSERVER_AS_COMMAND=1")
	stderr = &bytes.Buffer{}
	command.Stderr = stderr
	pipe, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	printed, err := io.ReadAll(pipe)
	if err != nil {
		t.Fatal(err)
	}
	return command, string(printed), stderr
}

func TestCommand_servesUntilASignal(t *testing.T) {
	t.Parallel()
	for _, name := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(name.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(name) {
				t.Skip("the tests were started with this signal ignored, as with nohup, and so would the " +
					"server; it runs in a shell and in CI")
			}
			command, stdout, stderr := start(t, "-addr", ":0", "-log", "-")
			url := regexp.MustCompile(`http://127\.0\.0\.1:[1-9][0-9]*`).FindString(stdout)
			want := `export AUTH0_DOMAIN='` + url + `'
export AUTH0_CLIENT_ID='ReferenceManagementClient0000001'
export AUTH0_CLIENT_SECRET='this-is-not-a-secret_management-client_0000000000000000000000000'
export M2M_CLIENT_ID='ReferenceMachineClient0000000001'
export M2M_CLIENT_SECRET='this-is-not-a-secret_machine-client_0000000000000000000000000000'
export M2M_SAMPLE_API_URL='` + url + `/sample-api/orders'
export M2M_SAMPLE_API_AUDIENCE='https://sample-api.example.com'
`
			if diff := cmp.Diff(want, stdout); diff != "" {
				t.Errorf("standard output (-want +got):\n%s", diff)
			}
			request, err := http.NewRequestWithContext(
				t.Context(), http.MethodGet, url+"/sample-api/orders", nil,
			)
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d", response.StatusCode)
			}
			if err := command.Process.Signal(name); err != nil {
				t.Fatal(err)
			}
			if err := command.Wait(); err != nil {
				t.Errorf("exit: %v", err)
			}
			for _, part := range []string{
				"The reference server listens on " + url + "\n", "ReferenceWebClient00000000000001",
				"To stop the server: kill " + strconv.Itoa(command.Process.Pid) + "\n",
				"method=GET route=/sample-api/{collection} status=401", "Stopping.",
			} {
				if !strings.Contains(stderr.String(), part) {
					t.Errorf("standard error lacks %q:\n%s", part, stderr)
				}
			}
			if strings.Contains(stderr.String(), "not-a-secret") {
				t.Errorf("a secret on standard error:\n%s", stderr)
			}
		})
	}
}

func TestCommand_version(t *testing.T) {
	t.Parallel()
	command, stdout, stderr := start(t, "-version")
	want := release.Of("", "").Line("m2m-testserver")
	if err := command.Wait(); err != nil || stdout != want || stderr.Len() > 0 {
		t.Errorf("got %q, %q, %v, want %q", stdout, stderr, err, want)
	}
}

func TestCommand_busyPortIsExplained(t *testing.T) {
	t.Parallel()
	first, stdout, _ := start(t, "-addr", ":0")
	addr := regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).FindString(stdout)
	second, stdout, stderr := start(t, "-addr", addr)
	var exit *exec.ExitError
	if err := second.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("exit: %v", err)
	}
	if diff := cmp.Diff("m2m-testserver: listen tcp "+addr+": bind: address already in use; "+
		"choose another address with -addr, or a free port with -addr :0\n",
		stderr.String()); diff != "" || stdout != "" {
		t.Errorf("standard output %q, standard error (-want +got):\n%s", stdout, diff)
	}
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}

func TestCommand_busyPortKeepsCAFile(t *testing.T) {
	t.Parallel()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte("of the server that runs"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var stdout discard
	if code := run(
		t.Context(), []string{"-addr", listener.Addr().String(), "-tls", "-ca-out", ca}, &stdout,
		io.Discard,
	); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if kept, err := os.ReadFile(ca); err != nil || string(kept) != "of the server that runs" {
		t.Errorf("%v, %q", err, kept)
	}
}

type discard struct{ bytes.Buffer }

func (*discard) Close() error { return nil }

func TestCommand_arguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   []string
		code   int
		stderr string
	}{
		"help": {[]string{"-h"}, 0, "m2m-testserver runs a reference server"},
		"unknown flag": {
			[]string{"-port", "1"},
			2,
			"m2m-testserver: flag provided but not defined: -port; -h lists the flags\n",
		},
		"argument": {
			[]string{"8080"}, 2, `m2m-testserver: unexpected argument "8080"; -h lists the flags`,
		},
		"CA without TLS": {
			[]string{"-ca-out", "ca.pem"},
			2,
			"m2m-testserver: -ca-out has no effect without -tls; -h lists the flags\n",
		},
		"rate without burst": {
			[]string{"-rate-limit", "2"},
			2,
			`m2m-testserver: invalid value "2" for flag -rate-limit: a limit must be two positive numbers`,
		},
		"endless rate": {
			[]string{"-rate-limit", "Inf,1"},
			2,
			`m2m-testserver: invalid value "Inf,1" for flag -rate-limit: a limit must be two positive`,
		},
		"rate beyond numbers": {
			[]string{"-rate-limit", "1e308,5"},
			2,
			`m2m-testserver: invalid value "1e308,5" for flag -rate-limit: a limit must be two positive`,
		},
		"burst that overflows": {
			[]string{"-rate-limit", "5,9223372036854775807"},
			2,
			`m2m-testserver: invalid value "5,9223372036854775807" for flag`,
		},
		"endless wait": {
			[]string{"-rate-limit", "1e-300,1"},
			2,
			`m2m-testserver: invalid value "1e-300,1" for flag -rate-limit: a limit must be two positive`,
		},
		"unknown meaning of the reset": {
			[]string{"-rate-limit", "2,10", "-rate-reset", "soon"},
			2,
			`m2m-testserver: invalid value "soon" for flag -rate-reset: the meaning must be full,`,
		},
		"negative latency": {
			[]string{"-latency", "-1s"},
			2,
			`m2m-testserver: invalid value "-1s" for flag -latency: a latency cannot be negative`,
		},
		"awkward, no seed": {
			[]string{"-awkward", "very"},
			2,
			`m2m-testserver: invalid value "very" for flag -awkward: a seed must be a whole number, 0 or more`,
		},
		"unknown log format": {
			[]string{"-log-format", "xml"},
			2,
			`m2m-testserver: invalid value "xml" for flag -log-format: the format must be text or json`,
		},
		"control API beyond loopback": {
			[]string{"-addr", ":0", "-control-addr", "0.0.0.0:0"},
			1,
			"m2m-testserver: listen for the control API on 0.0.0.0:0: other machines can reach " +
				"this address, and the control API gives everybody who can reach it all secrets " +
				"and private keys of the tenant; listen on 127.0.0.1, or permit it with " +
				"-remote-control\n",
		},
		"remote control of nothing": {
			[]string{"-remote-control"},
			2,
			"m2m-testserver: -remote-control has no effect without -control-addr; -h lists the " +
				"flags\n",
		},
		"control, no port": {
			[]string{"-control-addr", "host"},
			2,
			`m2m-testserver: invalid value "host" for flag -control-addr: missing port`,
		},
		"issuer is not a URL": {
			[]string{"-addr", ":0", "-issuer", "acme"},
			1,
			`m2m-testserver: the issuer "acme" is not a URL such as https://acme.example.com` +
				"\n",
		},
		"log in a missing folder": {
			[]string{"-addr", ":0", "-log", "nowhere/log"},
			1,
			"m2m-testserver: open nowhere/log: no such file or directory\n",
		},
		"missing seed file": {
			[]string{"-seed", "nowhere.yaml"},
			1,
			"m2m-testserver: open nowhere.yaml: no such file or directory\n",
		},
		"missing faults file": {
			[]string{"-faults", "nowhere.yaml"},
			1,
			"m2m-testserver: open nowhere.yaml: no such file or directory\n",
		},
		"data is a directory": {
			[]string{"-addr", ":0", "-data", os.TempDir()},
			1,
			"m2m-testserver: " + os.TempDir() + ": open " + os.TempDir() + ": is a directory\n",
		},
		"bad address": {
			[]string{"-addr", "127.0.0.1:nonsense"},
			1,
			"m2m-testserver: listen tcp: lookup tcp/nonsense: unknown port",
		},
		"no port": {
			[]string{"-addr", "127.0.0.1"},
			2,
			`m2m-testserver: invalid value "127.0.0.1" for flag -addr: missing port in address; ` +
				`an address has the form HOST:PORT, for example 127.0.0.1:4646; -h lists the flags` + "\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout discard
			var stderr bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if code := run(ctx, test.args, &stdout, &stderr); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.HasPrefix(stderr.String(), test.stderr) || stdout.Len() > 0 {
				t.Errorf("standard output %q, standard error %q", stdout.String(), stderr.String())
			}
		})
	}
}

// startWithRequestUnderWay starts the command and leaves a request unfinished, for which a shutdown
// waits.
func startWithRequestUnderWay(t *testing.T) (command *exec.Cmd, stderr *bufio.Reader) {
	t.Helper()
	command = exec.CommandContext(t.Context(), os.Args[0], "-addr", ":0")
	command.Env = append(os.Environ(), "M2M_TESTSERVER_AS_COMMAND=1")
	pipe, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stderr = bufio.NewReader(pipe)
	summary, err := stderr.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(
		t.Context(), "tcp", regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).FindString(summary),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const head = "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: " +
		"100-continue\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil ||
		!strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("got %q, %v", line, err)
	}
	return command, stderr
}

func TestCommand_secondSignalKills(t *testing.T) {
	t.Parallel()
	command, stderr := startWithRequestUnderWay(t)
	for _, after := range []string{"To stop the server", "Stopping."} {
		for {
			line, err := stderr.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(line, after) {
				break
			}
		}
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	rest, _ := io.ReadAll(stderr)
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Errorf("exit: %v, want one by the signal; standard error: %s", err, rest)
	}
}

func TestCommand_endsWhenServingFails(t *testing.T) {
	t.Parallel()
	server, err := testserver.Listen(testserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var stderr bytes.Buffer
	if err := wait(ctx, server, &stderr); err == nil ||
		err.Error() != "the server has stopped unexpectedly" || stderr.Len() > 0 {
		t.Errorf("got %v, standard error %q", err, stderr.String())
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	if got := shellQuote(`it's $HOME`); got != `'it'\''s $HOME'` {
		t.Errorf("got %s", got)
	}
}
