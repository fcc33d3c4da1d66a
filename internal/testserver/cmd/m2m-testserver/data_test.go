// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestCommand_killLosesNoWrites kills the process at a random moment while clients create, change
// and delete objects. Then it starts it on the same file again and checks every acknowledged write.
func TestCommand_killLosesNoWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	known := newLedger()
	for round := range 8 {
		killed, domain := startOn(t, path)
		token := managementToken(t, domain)
		known.check(t, domain, token)
		var writers sync.WaitGroup
		for writer := range 4 {
			writers.Go(func() {
				known.writeUntilItFails(domain, token, fmt.Sprintf("urn:%d:%d:", round, writer))
			})
		}
		known.waitFor(20 * (round + 1))
		if err := killed.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = killed.Wait()
		writers.Wait()
	}
	last, domain := startOn(t, path)
	known.check(t, domain, managementToken(t, domain))
	if err := last.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = last.Wait()
}

// TestCommand_lostFileEndsWithAnError empties or removes the file of a running server. No write may
// succeed after that, and the server still answers.
func TestCommand_lostFileEndsWithAnError(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(path string) error{
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"removed": os.Remove,
	} {
		path := filepath.Join(t.TempDir(), "tenant.db")
		command, stdout, stderr := start(
			t, "-addr", ":0", "-control-addr", ":0", "-data", path,
		)
		urls := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+'`).FindAllString(stdout, -1)
		if len(urls) != 2 {
			t.Fatalf("it did not start: %s", stderr)
		}
		domain, control := strings.Trim(urls[0], "'"), strings.Trim(urls[1], "'")
		token := managementToken(t, domain)
		create := func(identifier string) int {
			status, _ := send(http.MethodPost, domain+"/api/v2/resource-servers", token,
				`{"identifier":"`+identifier+`"}`)
			return status
		}
		if status := create("urn:kept"); status != 201 {
			t.Fatalf("%s: %d", name, status)
		}
		if err := lose(path); err != nil {
			t.Fatal(err)
		}
		if status := create("urn:lost"); status != 503 {
			t.Errorf("%s: %d", name, status)
		}
		status, rescued := send(http.MethodGet, control+"/snapshot", "", "")
		if status != 200 || !strings.Contains(rescued, "urn:kept") ||
			strings.Contains(rescued, "urn:lost") {
			t.Errorf("%s: the snapshot is %d %.200s", name, status, rescued)
		}
		if status, text := send(http.MethodPut, control+"/snapshot", "", rescued); status != 500 ||
			!strings.Contains(text, "every change is refused from now on") {
			t.Errorf("%s: restore: %d %s", name, status, text)
		}
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := command.Wait(); command.ProcessState.ExitCode() != 1 ||
			!strings.Contains(stderr.String(), "m2m-testserver: stop: the data file "+path) {
			t.Errorf("%s: %v, %s", name, err, stderr)
		}
	}
}

// startOn starts the command with a data file and returns its URL.
func startOn(t *testing.T, path string) (command *exec.Cmd, domain string) {
	t.Helper()
	command, stdout, stderr := start(t, "-addr", ":0", "-data", path)
	if domain = regexp.MustCompile(
		`http://127\.0\.0\.1:[1-9][0-9]*`,
	).FindString(stdout); domain == "" {
		t.Fatalf("it did not start: %s", stderr)
	}
	return command, domain
}

func managementToken(t *testing.T, domain string) string {
	t.Helper()
	status, body := send(http.MethodPost, domain+
		"/oauth/token", "", `{"grant_type":"client_credentials","client_id":"`+
		testserver.ManagementClientID+`","client_secret":"`+testserver.ManagementClientSecret+
		`","audience":"`+domain+`/api/v2/"}`)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %d, %v", status, err)
	}
	return answer.Token
}

// ledger records acknowledged writes: the name of each API by identifier; "" if it was deleted. The
// last write of each writer may or may not have happened, so its API is removed from the ledger.
type ledger struct {
	mu      sync.Mutex
	names   map[string]string
	acks    int
	stopped int // The number of writers that have met a dead server.
	moved   *sync.Cond
}

func newLedger() *ledger {
	l := &ledger{names: map[string]string{}}
	l.moved = sync.NewCond(&l.mu)
	return l
}

func (l *ledger) acknowledge(identifier, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[identifier] = name
	l.acks++
	l.moved.Broadcast()
}

func (l *ledger) strikeOut(identifier string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.names, identifier)
	l.stopped++
	l.moved.Broadcast()
}

// waitFor returns when the server has acknowledged that many more writes, or has died.
func (l *ledger) waitFor(more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for enough, before := l.acks+more, l.stopped; l.acks < enough && l.stopped == before; {
		l.moved.Wait()
	}
}

func (l *ledger) writeUntilItFails(domain, token, prefix string) {
	for n := 0; ; n++ {
		identifier := fmt.Sprint(prefix, n)
		one := "/api/v2/resource-servers/" + url.PathEscape(identifier)
		for _, step := range []struct{ method, path, body, name string }{
			{
				http.MethodPost, "/api/v2/resource-servers",
				`{"identifier":"` + identifier + `","name":"made"}`, "made",
			},
			{http.MethodPatch, one, `{"name":"changed"}`, "changed"},
			{http.MethodDelete, one, "", ""},
		} {
			if step.method == http.MethodDelete && n%2 == 0 {
				continue // Every other API stays.
			}
			if status, _ := send(step.method, domain+step.path, token, step.body); status < 200 ||
				status > 299 {
				l.strikeOut(identifier)
				return
			}
			l.acknowledge(identifier, step.name)
		}
	}
}

func (l *ledger) check(t *testing.T, domain, token string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for identifier, name := range l.names {
		status, body := send(
			http.MethodGet,
			domain+"/api/v2/resource-servers/"+url.PathEscape(identifier)+"?fields=name", token, "",
		)
		wanted := `{"name":"` + name + `"}`
		if name == "" {
			wanted = "The resource server does not exist"
		}
		if !strings.Contains(body, wanted) {
			t.Errorf("%s: %d %s, want %s", identifier, status, body, wanted)
		}
	}
}

// send returns the status 0 if it gets no reply.
func send(method, url, token, body string) (status int, answer string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body)) //nolint:noctx // It ends when the server is killed.
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(content)
}
