// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

//go:build linux

package testserver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// loadClients is how many connections make requests at a time.
const loadClients = 4

// BenchmarkLoad runs the command as a separate process, because the clients of a load run also need
// CPU time. It makes a fixed number of requests over loopback. With two processors, an idle
// processor spends CPU time on looking for work and on early garbage collection, which is counted.
// On one processor, all CPU time is spent on requests.
func BenchmarkLoad(b *testing.B) {
	for _, processors := range []int{1, 2} {
		b.Run(fmt.Sprint("processors=", processors), func(b *testing.B) {
			x := startLoadTarget(b, processors)
			b.Run("TokenIssue", x.tokenIssue)
			b.Run("ManagementRead", x.managementRead)
		})
	}
}

func (x *loadTarget) tokenIssue(b *testing.B) {
	all := measure(b, []func() time.Duration{x.cpu, ownCPU}, func(times int) {
		x.send(times, func() *http.Request {
			return x.tenant.askToken(
				tenant.MachineClientID, tenant.MachineClientSecret, tenant.SampleAPIAudience,
			)
		})
	}, sign)
	reportBeside(b, all[0], "signature", all[1])
}

func (x *loadTarget) managementRead(b *testing.B) {
	all := measure(b, []func() time.Duration{x.cpu, ownCPU, x.cpu}, func(times int) {
		x.send(times, func() *http.Request {
			return x.tenant.api(
				http.MethodGet, "/resource-servers/"+url.PathEscape(benchAPI(2500)), "",
			)
		})
	}, checkSignature, func(times int) {
		x.send(times, func() *http.Request {
			return newRequest(http.MethodGet, x.tenant.url+"/nowhere", "")
		})
	})
	reportBeside(b, all[0], "verification", all[1])
	b.ReportMetric(all[2].median(), "cpu-µs/unknown-route") // The cost of HTTP alone.
}

// loadTarget is a running command and what a client needs to call it.
type loadTarget struct {
	pid    int
	client *http.Client
	tenant *direct // For its requests, not for its server.
}

// startLoadTarget builds and starts the command and stores 10,000 objects in its tenant.
func startLoadTarget(b *testing.B, processors int) *loadTarget {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "m2m-testserver")
	if out, err := exec.CommandContext(
		b.Context(), "go", "build", "-o", binary, "./cmd/m2m-testserver",
	).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	command := exec.CommandContext(context.Background(), binary, "-addr", "127.0.0.1:0")
	command.Env = append(os.Environ(), fmt.Sprint("GOMAXPROCS=", processors))
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: loadClients}
	b.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			b.Error(err)
		}
	})
	x := &loadTarget{pid: command.Process.Pid, client: &http.Client{Transport: transport}}
	x.tenant = &direct{Server: &Server{url: exportedDomain(b, stdout)}}
	x.fill(10_000)
	return x
}

// exportedDomain reads the command's address from its export lines.
func exportedDomain(b *testing.B, stdout io.Reader) string {
	b.Helper()
	address := ""
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), "export AUTH0_DOMAIN="); found {
			address = strings.Trim(value, "'")
		}
	}
	if address == "" {
		b.Fatal("the command printed no AUTH0_DOMAIN")
	}
	return address
}

// fill makes as many objects as newBenchTenant, and the grant that the machine client needs for
// tokens.
func (x *loadTarget) fill(objects int) {
	var issued tokens.TokenAnswer
	answer := x.do(x.tenant.askToken(
		tenant.ManagementClientID, tenant.ManagementClientSecret, x.tenant.url+"/api/v2/",
	))
	if err := json.Unmarshal(answer, &issued); err != nil {
		panic(err)
	}
	x.tenant.token = issued.AccessToken
	x.do(x.tenant.api(http.MethodPost, "/client-grants", grantBody(tenant.SampleAPIAudience)))
	for i := range objects / 2 {
		x.do(x.tenant.api(http.MethodPost, "/resource-servers", apiBody(benchAPI(i))))
		x.do(x.tenant.api(http.MethodPost, "/client-grants", grantBody(benchAPI(i))))
	}
}

// send makes requests on several connections.
func (x *loadTarget) send(times int, request func() *http.Request) {
	var group sync.WaitGroup
	for range loadClients {
		group.Go(func() {
			for range times / loadClients {
				x.do(request())
			}
		})
	}
	group.Wait()
}

func (x *loadTarget) do(r *http.Request) []byte {
	response, err := x.client.Do(r)
	if err != nil {
		panic(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil ||
		response.StatusCode >= http.StatusMultipleChoices &&
			response.StatusCode != http.StatusNotFound {
		panic(fmt.Sprint(r.URL, ": ", response.StatusCode, " ", string(body), " ", err))
	}
	return body
}

// cpu is the CPU time that the command has used. The files count nanoseconds; /proc/PID/stat counts
// hundredths of a second.
func (x *loadTarget) cpu() time.Duration {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", x.pid))
	if err != nil || len(threads) == 0 {
		panic(fmt.Sprint("the kernel tells nothing about process ", x.pid, ": ", err))
	}
	var sum time.Duration
	for _, thread := range threads {
		content, err := os.ReadFile(thread)
		if err != nil {
			panic(err)
		}
		var used int64
		if _, err := fmt.Sscan(string(content), &used); err != nil {
			panic(err)
		}
		sum += time.Duration(used)
	}
	return sum
}
