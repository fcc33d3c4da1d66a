// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

var killSeed = flag.Uint64("kill.seed", 3, "the seed of the first kill")

// usualKills is how many runs are killed unless M2M_SOAK says how long to go on.
const usualKills = 2

// groups is how many APIs with a scope, a grant and an association the configuration has.
const groups = 13

const killedConfig = `
resource "m2m_resource_server" "api" {
  count      = %[1]d
  identifier = "urn:api-${count.index}"
  name       = "API ${count.index}"
}

resource "m2m_resource_server_scope" "pay" {
  count                      = %[1]d
  resource_server_identifier = m2m_resource_server.api[count.index].identifier
  scope                      = "pay"
  description                = "Pay"
}

resource "m2m_client_grant" "robot" {
  count              = %[1]d
  client_id          = %[2]q
  audience           = m2m_resource_server.api[count.index].identifier
  scopes             = [m2m_resource_server_scope.pay[count.index].scope]
  organization_usage = "allow"
}

resource "m2m_organization_client_grant" "acme" {
  count           = %[1]d
  organization_id = %[3]q
  grant_id        = m2m_client_grant.robot[count.index].id
}
`

// TestAccKilledApply kills an apply at a random moment: Terraform, the provider or both, or
// Terraform by two interrupts. One apply with adopt_identical must then complete it.
func TestAccKilledApply(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("The test finds the processes of the provider in /proc.")
	}
	length, err := time.ParseDuration(cmp.Or(os.Getenv("M2M_SOAK"), "0s"))
	if err != nil {
		t.Fatal(err)
	}
	var sum struct{ kills, existed, unknown int }
	end := time.Now().Add(length)
	for i := uint64(0); !t.Failed() && (i < usualKills || time.Now().Before(end)); i++ {
		seed := *killSeed + i
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			k := newKill(t, seed)
			if k.run(); k.happened {
				sum.kills++
			}
			existed, known := k.recover()
			sum.existed += existed
			sum.unknown += existed - known
		})
	}
	t.Logf("%d kills; %d objects existed, and the state had lost %d of them; orphans 0, duplicates "+
		"0, manual steps 0, processes left 0", sum.kills, sum.existed, sum.unknown)
}

// kill is one apply that is killed.
type kill struct {
	*cli.CLI
	server       *testserver.Server
	organization string
	state        *stateServer // Nil if the state is a file.
	how          string
	after        int           // How many writes are sent before the kill.
	more         time.Duration // What passes then until the kill.
	happened     bool
	providers    []int // The processes of the provider when it was killed.
}

// hows are the ways to kill a run.
var hows = []string{"terraform", "provider", "both", "interrupts"}

func newKill(t *testing.T, seed uint64) *kill {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 0))
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(), Latency: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	k := &kill{
		server: server, organization: server.AddOrganization("acme"),
		how: hows[seed%4], after: 1 + chance.IntN(4*groups-2),
		more: time.Duration(chance.IntN(30)) * time.Millisecond,
	}
	config := fmt.Sprintf(killedConfig, groups, testserver.MachineClientID, k.organization)
	k.CLI = cli.New(t, config, map[string]string{
		role:           "provider",
		"AUTH0_DOMAIN": server.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	})
	if seed/4%2 == 1 {
		k.keepStateInServer()
	}
	t.Logf("kills %s %v after %d writes; state in a server: %t", k.how, k.more, k.after, k.state != nil)
	return k
}

// keepStateInServer initializes the backend before the configuration needs a provider, which
// Terraform would try to download.
func (k *kill) keepStateInServer() {
	k.T.Helper()
	k.state = &stateServer{}
	server := httptest.NewServer(k.state)
	k.T.Cleanup(server.Close)
	backend := fmt.Sprintf("terraform {\n  backend \"http\" {\n    address        = %[1]q\n"+
		"    lock_address   = %[1]q\n    unlock_address = %[1]q\n  }\n}\n", server.URL)
	file := filepath.Join(k.Dir, "main.tf")
	config, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(backend), 0o600)
	}
	if err != nil {
		k.T.Fatal(err)
	}
	k.Must("init")
	if err := os.WriteFile(file, append(config, backend...), 0o600); err != nil {
		k.T.Fatal(err)
	}
}

// run applies and kills.
func (k *kill) run() {
	k.T.Helper()
	var output bytes.Buffer
	apply := exec.CommandContext(k.T.Context(), cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"),
		"apply", "-auto-approve", "-no-color", "-input=false")
	apply.Dir, apply.Env, apply.Stdout, apply.Stderr = k.Dir, k.Env, &output, &output
	if err := apply.Start(); err != nil {
		k.T.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- apply.Wait() }()
	for k.writes() < k.after {
		select {
		case err := <-ended:
			k.T.Fatalf("the apply ended before it was killed: %v\n%s", err, output.String())
		case <-time.After(time.Millisecond):
		}
	}
	time.Sleep(k.more)
	k.providers = childrenOf(apply.Process.Pid)
	k.happened = true
	signal := func(signal syscall.Signal, pids ...int) {
		for _, pid := range pids {
			if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				k.T.Error(err)
			}
		}
	}
	switch k.how {
	case "terraform":
		signal(syscall.SIGKILL, apply.Process.Pid)
	case "provider":
		signal(syscall.SIGKILL, k.providers...)
	case "both":
		signal(syscall.SIGKILL, append(slices.Clone(k.providers), apply.Process.Pid)...)
	case "interrupts":
		signal(syscall.SIGINT, apply.Process.Pid)
		time.Sleep(k.more)
		signal(syscall.SIGINT, apply.Process.Pid)
	}
	if err := <-ended; err == nil {
		k.happened = false // It was over by then.
	}
	k.awaitProviders()
}

// awaitProviders waits until no provider process is left.
func (k *kill) awaitProviders() {
	k.T.Helper()
	for deadline := time.Now().Add(30 * parentCheck); ; time.Sleep(10 * time.Millisecond) {
		left := slices.DeleteFunc(slices.Clone(k.providers), func(pid int) bool {
			_, state := process(pid)
			return state == "" || state == "Z"
		})
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			k.T.Fatalf("the providers %v still live", left)
		}
	}
}

// writes is how many writes the tenant has received.
func (k *kill) writes() (n int) {
	for _, r := range k.server.Requests() {
		if r.Method != http.MethodGet && r.Path != "/oauth/token" {
			n++
		}
	}
	return n
}

// recover applies again with adopt_identical, and checks the result. It returns how many objects
// existed after the kill, and how many of them the state knew.
func (k *kill) recover() (existed, known int) {
	k.T.Helper()
	existed = len(k.objects())
	if k.state != nil {
		if id := k.state.lockID(); id != "" {
			k.Must("force-unlock", "-force", id)
		}
	}
	if output, err := k.Run("state", "list"); err == nil {
		known = strings.Count(output, "\n")
	}
	k.With(map[string]string{"M2M_ADOPT_IDENTICAL": "true"}).Must("apply", "-auto-approve", "-input=false")
	k.Must("plan", "-detailed-exitcode", "-input=false") // Fails if the plan is not empty.
	want := []string{}
	for i := range groups {
		want = append(want, fmt.Sprintf("API urn:api-%d API %[1]d", i),
			fmt.Sprintf("scope urn:api-%d {pay Pay}", i), fmt.Sprintf("association urn:api-%d [pay]", i), fmt.Sprintf("grant urn:api-%d [pay]", i))
	}
	slices.Sort(want)
	if diff := gocmp.Diff(want, k.objects()); diff != "" {
		k.T.Errorf("the tenant is not as configured (-want +got):\n%s", diff)
	}
	if list := k.Must("state", "list"); strings.Count(list, "\n") != 4*groups {
		k.T.Errorf("the state has:\n%s", list)
	}
	return existed, known
}

// objects returns the APIs with their scopes, the grants and the associations of the tenant.
func (k *kill) objects() (out []string) {
	k.T.Helper()
	var apis []struct {
		Identifier, Name string
		Scopes           []struct{ Value, Description string }
	}
	k.list("resource-servers", &apis)
	for _, api := range apis {
		out = append(out, fmt.Sprint("API ", api.Identifier, " ", api.Name))
		for _, scope := range api.Scopes {
			out = append(out, fmt.Sprint("scope ", api.Identifier, " ", scope))
		}
	}
	for kind, path := range map[string]string{
		"grant": "client-grants", "association": "organizations/" + k.organization + "/client-grants",
	} {
		var grants []struct {
			Audience string
			Scope    []string
		}
		k.list(path, &grants)
		for _, grant := range grants {
			out = append(out, fmt.Sprint(kind, " ", grant.Audience, " ", grant.Scope))
		}
	}
	out = slices.DeleteFunc(out, func(object string) bool { return !strings.Contains(object, " urn:api-") })
	slices.Sort(out)
	return out
}

func (k *kill) list(path string, into any) {
	k.T.Helper()
	status, body := k.server.Dashboard("GET", "/api/v2/"+path+"?per_page=100", "")
	if status != http.StatusOK {
		k.T.Fatal(status, string(body))
	}
	if err := json.Unmarshal(body, into); err != nil {
		k.T.Fatal(err)
	}
}

// childrenOf returns the processes that a process has started.
func childrenOf(parent int) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			if its, _ := process(pid); its == parent {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// process returns the parent of a process and its state, such as Z for one that has ended. The
// state is empty if the process does not exist.
func process(pid int) (parent int, state string) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, ""
	}
	// The name of the process, in parentheses, can contain anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	return parent, fields[0]
}

// stateServer is a server for the state of Terraform's http backend, with a lock.
type stateServer struct {
	mu          sync.Mutex
	state, lock []byte
}

func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // Its client was killed.
	}
	switch r.Method {
	case http.MethodGet:
		if s.state == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		_, _ = w.Write(s.state)
	case http.MethodPost:
		s.state = body
	case "LOCK":
		if s.lock != nil {
			w.WriteHeader(http.StatusLocked)
			_, _ = w.Write(s.lock)
			return
		}
		s.lock = body
	case "UNLOCK":
		s.lock = nil
	}
}

// lockID returns the id of the lock that a killed run has left, or "".
func (s *stateServer) lockID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lock struct{ ID string }
	_ = json.Unmarshal(s.lock, &lock) // It is empty if there is no lock.
	return lock.ID
}
