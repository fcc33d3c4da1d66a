// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
)

// totals are counted over all simulations.
type totals struct {
	mu sync.Mutex // Runs at the same time use attempt, which takes it.

	simulations, runs, operations, faults, kills, errors int
	// concurrent are the runs that had company, and interleavings the different orders in which
	// their requests reached the tenant.
	concurrent    int
	interleavings map[string]bool

	// Violations. Each also fails the test.
	orphans, duplicates, lost, unnoticed, leaks, manual int

	memory uint64 // The most bytes that Go has taken from the system.
}

var sum = totals{interleavings: map[string]bool{}}

func (t *totals) String() string {
	return fmt.Sprintf(
		"%d simulations, %d runs, %d operations, %d faults injected, %d kills, %d concurrent runs "+
			"in %d interleavings, %d errors shown; orphans %d, duplicates %d, missing objects %d, "+
			"unnoticed losses %d, leaks %d, manual steps %d, peak memory %d MiB",
		t.simulations, t.runs, t.operations, t.faults, t.kills, t.concurrent,
		len(t.interleavings), t.errors, t.orphans, t.duplicates, t.lost, t.unnoticed, t.leaks,
		t.manual, t.memory>>20,
	)
}

// ended counts a run, and returns what is wrong with what it left behind.
func (t *totals) ended(c *core, env map[string]string) string {
	t.runs++
	t.operations += c.operations
	t.faults += c.network.faulty
	t.errors += len(c.said)
	if c.network.hasCrashed() {
		t.kills++
	}
	said := c.everything()
	for _, secret := range append(c.network.secrets, env["AUTH0_CLIENT_SECRET"]) {
		if strings.Contains(said, secret) {
			t.leaks++
			return "a secret is in what the run leaves behind:\n" + said
		}
	}
	return ""
}

// compare counts the differences between the objects that the tenant has and those that it should
// have. It returns a description.
func (t *totals) compare(want, got []string) string {
	var wrong []string
	left := slices.Clone(want)
	for i, object := range got {
		switch at := slices.Index(left, object); {
		case at >= 0:
			left = slices.Delete(left, at, at+1)
		case slices.Index(got, object) < i:
			t.duplicates++
			wrong = append(wrong, "duplicate "+object)
		default:
			t.orphans++
			wrong = append(wrong, "unexpected "+object)
		}
	}
	for _, object := range left {
		t.lost++
		wrong = append(wrong, "missing "+object)
	}
	return strings.Join(wrong, "\n")
}

// recovered returns what is wrong with a run after the faults. Whatever it says costs the user a
// step.
func (t *totals) recovered(c *core) string {
	t.manual += len(c.said)
	return strings.Join(c.said, "\n")
}

// measure records the use of memory.
func (t *totals) measure() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	t.memory = max(t.memory, stats.Sys)
}

// TestMain bounds the simulations of a test run. A flag on the command line wins. It looks for
// goroutines that are left; each simulation also fails if it leaves one.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	cli.Main(tests{m})
}

// tests runs tests and looks at what they leave.
type tests struct{ *testing.M }

func (m tests) Run() int {
	code := m.M.Run()
	if sum.simulations > 0 && soak() > 0 {
		fmt.Println(sum.String())
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	return code
}

// soak is how long the tests look for failures.
func soak() time.Duration {
	length, err := time.ParseDuration(cmp.Or(os.Getenv("M2M_SOAK"), "0s"))
	if err != nil {
		panic(err)
	}
	return length
}

// Violations are counted, whatever they are.
func TestTotals(t *testing.T) {
	t.Parallel()
	var got totals
	wrong := got.compare([]string{"a", "b", "c"}, []string{"a", "a", "b", "d"})
	if wrong != "duplicate a\nunexpected d\nmissing c" ||
		got.duplicates != 1 || got.orphans != 1 || got.lost != 1 {
		t.Error(wrong, got.String())
	}
	c := &core{
		said: []string{"one", "two with s3cret"}, network: &Network{crashed: true, faulty: 3},
		operations: 4,
	}
	if got.ended(c, map[string]string{"AUTH0_CLIENT_SECRET": "s3cret"}) == "" || got.leaks != 1 ||
		got.runs != 1 || got.kills != 1 || got.faults != 3 || got.operations != 4 ||
		got.errors != 2 {
		t.Error(got.String())
	}
	c.warned, c.network.secrets = []string{"the token t0ken"}, []string{"t0ken"}
	if got.ended(c, map[string]string{"AUTH0_CLIENT_SECRET": "other"}) == "" || got.leaks != 2 {
		t.Error(got.String())
	}
	if got.recovered(c) != "one\ntwo with s3cret" || got.manual != 2 {
		t.Error(got.String())
	}
}
