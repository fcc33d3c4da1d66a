// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

//go:build linux

package testserver

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// The benchmarks report CPU time, not wall time, so that other work on the machine matters little,
// and beside each the RSA operation that it cannot do without, measured in turns with it. What they
// report are medians over rounds, and means where the name says so: those include the rounds in
// which garbage was collected.
//
// A token and a Management API read through the server's handler, without sockets:
//
//	go test ./internal/testserver -run '^$' -bench 'TokenIssue|ManagementRead' -benchtime 100x
//
// What requests cost with 100, 10,000 and 100,000 objects in the tenant:
//
//	go test ./internal/testserver -run '^$' -bench CostByObjects -benchtime 100x
//
// The server as a process of its own under requests over loopback (bench_load_test.go):
//
//	go test ./internal/testserver -run '^$' -bench Load -benchtime 50x

// requestsPerRound is how many requests one round of a benchmark makes.
const requestsPerRound = 40

// ownCPU is the CPU time that this process has used.
func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measure returns the cost of each operation. They take turns, so that a change in the machine's
// speed affects all of them.
func measure(b *testing.B, meter []func() time.Duration, things ...func(times int)) []costs {
	all := make([]costs, len(things))
	for b.Loop() {
		for i, do := range things {
			start := meter[i]()
			do(requestsPerRound)
			all[i] = append(all[i], float64((meter[i]()-start).Nanoseconds())/1000/requestsPerRound)
		}
	}
	b.ReportMetric(0, "ns/op") // The time of a round is meaningless.
	return all
}

// costs are the microseconds of CPU time for one operation, one number per round.
type costs []float64

func (c costs) median() float64 {
	sorted := slices.Sorted(slices.Values(c))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func (c costs) mean() float64 {
	sum := 0.0
	for _, one := range c {
		sum += one
	}
	return sum / float64(len(c))
}

// reportBeside reports the cost of a request and of its RSA operation.
func reportBeside(b *testing.B, request costs, operation string, bare costs) {
	b.ReportMetric(request.median(), "cpu-µs/request")
	b.ReportMetric(request.mean(), "mean-cpu-µs/request")
	b.ReportMetric(bare.median(), "cpu-µs/"+operation)
	b.ReportMetric(request.median()/bare.median(), "×"+operation)
}

var ownMeter = []func() time.Duration{ownCPU, ownCPU, ownCPU}

var signedDigest = sha256.Sum256([]byte("the bytes of a token"))

// sign makes RS256 signatures and nothing else.
func sign(times int) {
	for range times {
		if _, err := rsa.SignPKCS1v15(
			nil, directKeys()[0], crypto.SHA256, signedDigest[:],
		); err != nil {
			panic(err)
		}
	}
}

var bareSignature = sync.OnceValue(func() []byte {
	signature, err := rsa.SignPKCS1v15(nil, directKeys()[0], crypto.SHA256, signedDigest[:])
	if err != nil {
		panic(err)
	}
	return signature
})

// checkSignature verifies RS256 signatures and nothing else.
func checkSignature(times int) {
	signature := bareSignature()
	for range times {
		if err := rsa.VerifyPKCS1v15(
			&directKeys()[0].PublicKey, crypto.SHA256, signedDigest[:], signature,
		); err != nil {
			panic(err)
		}
	}
}

// benchTenant is a server that holds a number of objects.
type benchTenant struct {
	*direct
	id string // The id of the API in the middle.
}

// newBenchTenant fills half of the tenant with APIs and half with the machine client's grants for
// them.
func newBenchTenant(objects int) *benchTenant {
	x := &benchTenant{direct: newDirect()}
	for i := range objects / 2 {
		id := x.must(http.MethodPost, "/resource-servers", apiBody(benchAPI(i)))
		x.must(http.MethodPost, "/client-grants", grantBody(benchAPI(i)))
		if i == objects/4 {
			x.id = id
		}
	}
	return x
}

func benchAPI(i int) string { return "https://api-" + strconv.Itoa(i) + ".example.com" }

// apiBody asks for HS256, because the time of an RS256 signature would hide a cost that grows with
// the tenant.
func apiBody(identifier string) string {
	return `{"identifier":"` + identifier + `","name":"An API","signing_alg":"HS256",` +
		`"scopes":[{"value":"read:orders","description":"Read orders"},{"value":"write:orders"}]}`
}

func grantBody(identifier string) string {
	return `{"client_id":"` + tenant.MachineClientID + `","audience":"` + identifier +
		`","scope":["read:orders"]}`
}

func BenchmarkTokenIssue(b *testing.B) {
	x := newBenchTenant(10_000)
	x.must(http.MethodPost, "/client-grants", grantBody(tenant.SampleAPIAudience))
	all := measure(b, ownMeter, func(times int) {
		for range times {
			x.do(http.StatusOK, x.askToken(
				tenant.MachineClientID, tenant.MachineClientSecret, tenant.SampleAPIAudience,
			))
		}
	}, sign)
	reportBeside(b, all[0], "signature", all[1])
}

func BenchmarkManagementRead(b *testing.B) {
	x := newBenchTenant(10_000)
	all := measure(b, ownMeter, func(times int) {
		for range times {
			x.do(http.StatusOK, x.api(
				http.MethodGet, "/resource-servers/"+url.PathEscape(benchAPI(2500)), "",
			))
		}
	}, checkSignature)
	reportBeside(b, all[0], "verification", all[1])
}

// costByObjects lists requests whose cost must not depend on how many objects there are.
var costByObjects = []struct {
	name string
	do   func(x *benchTenant, objects int)
}{
	{"read by id", func(x *benchTenant, _ int) {
		x.do(http.StatusOK, x.api(http.MethodGet, "/resource-servers/"+x.id, ""))
	}},
	{"read by identifier", func(x *benchTenant, objects int) {
		x.do(http.StatusOK, x.api(
			http.MethodGet, "/resource-servers/"+url.PathEscape(benchAPI(objects/4)), "",
		))
	}},
	{"create and delete", func(x *benchTenant, _ int) {
		const identifier = "https://new.example.com"
		x.do(http.StatusCreated, x.api(http.MethodPost, "/resource-servers", apiBody(identifier)))
		x.do(http.StatusCreated, x.api(http.MethodPost, "/client-grants", grantBody(identifier)))
		x.do(http.StatusNoContent, x.api(
			http.MethodDelete, "/resource-servers/"+url.PathEscape(identifier), "",
		))
	}},
	{"patch", func(x *benchTenant, _ int) {
		x.do(http.StatusOK, x.api(
			http.MethodPatch, "/resource-servers/"+x.id, `{"name":"Another name"}`,
		))
	}},
	{"first page", func(x *benchTenant, _ int) {
		x.do(http.StatusOK, x.api(
			http.MethodGet, "/client-grants?per_page=10&include_totals=true", "",
		))
	}},
	{"last page", func(x *benchTenant, objects int) {
		page := strconv.Itoa(objects/2/10 - 1)
		x.do(http.StatusOK, x.api(
			http.MethodGet, "/client-grants?per_page=10&include_totals=true&page="+page, "",
		))
	}},
	{"checkpoint page", func(x *benchTenant, objects int) {
		from := base64.RawURLEncoding.EncodeToString(fmt.Appendf(
			nil, "%d.%d", objects/4, x.clock.Now().Unix(),
		))
		x.do(http.StatusOK, x.api(http.MethodGet, "/client-grants?take=10&from="+from, ""))
	}},
	{"grants of a client", func(x *benchTenant, _ int) {
		x.do(http.StatusOK, x.api(
			http.MethodGet, "/client-grants?per_page=10&client_id="+tenant.MachineClientID, "",
		))
	}},
	{"grants for machines", func(x *benchTenant, _ int) {
		x.do(http.StatusOK, x.api(
			http.MethodGet, "/client-grants?per_page=10&subject_type=client", "",
		))
	}},
	{"grant of a client for an API", func(x *benchTenant, objects int) {
		audience := url.QueryEscape(benchAPI(objects / 4))
		x.do(http.StatusOK, x.api(
			http.MethodGet,
			"/client-grants?client_id="+tenant.MachineClientID+"&audience="+audience, "",
		))
	}},
	{"token", func(x *benchTenant, objects int) {
		x.do(http.StatusOK, x.askToken(
			tenant.MachineClientID, tenant.MachineClientSecret, benchAPI(objects/4),
		))
	}},
}

var benchSizes = []int{100, 10_000, 100_000}

func BenchmarkCostByObjects(b *testing.B) {
	var tenants []*benchTenant
	for _, objects := range benchSizes {
		tenants = append(tenants, newBenchTenant(objects))
	}
	for _, request := range costByObjects {
		b.Run(request.name, func(b *testing.B) {
			var sizes []func(times int)
			for i, x := range tenants {
				sizes = append(sizes, func(times int) {
					for range times {
						request.do(x, benchSizes[i])
					}
				})
			}
			all := measure(b, ownMeter, sizes...)
			for i, objects := range benchSizes {
				b.ReportMetric(all[i].median(), "cpu-µs@"+strconv.Itoa(objects))
			}
			b.ReportMetric(all[1].median()/all[0].median(), "×@10000")
			b.ReportMetric(all[2].median()/all[0].median(), "×@100000")
		})
	}
}
