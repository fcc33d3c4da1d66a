// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// cell is a fault that strikes one request of an operation, or all requests from that one on.
type cell struct {
	request int
	fault   Fault
	outage  bool
}

func (c cell) String() string {
	if c.outage {
		return fmt.Sprintf("%s from request %d on", c.fault, c.request)
	}
	return fmt.Sprintf("%s at request %d", c.fault, c.request)
}

// outcome is what it takes until the tenant is as configured.
type outcome int

const (
	unconcerned    outcome = iota // The fault makes no difference.
	silent                        // The run shows no error.
	healedByApply                 // The run shows an error, and the next apply heals it.
	healedBySwitch                // The next apply with adopt_identical heals it.
	notHealed                     // Somebody must do something else.
)

// lab is a tenant in which operations meet faults.
type lab struct {
	tenant
	handler http.Handler
	schemas *core // A core that knows the schemas of the provider.
}

func newLab(t *testing.T) lab {
	t.Helper()
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	l := lab{tenant{t, server}, &signingOnce{Handler: server}, &core{}}
	l.in(t, func(l lab) { l.run(l.schemas, &Network{}, false, nil) })
	return l
}

// core returns a core with a state.
func (l lab) core(state map[string]*object, o operation) *core {
	return &core{
		schemas: l.schemas.schemas, provider: l.schemas.provider, state: state, imports: o.imports,
	}
}

// signingOnce returns the first token for each request of a token. A signature costs more than all
// other requests of a run.
type signingOnce struct {
	http.Handler
	answer *httptest.ResponseRecorder
}

func (s *signingOnce) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/oauth/token" {
		s.Handler.ServeHTTP(w, r)
		return
	}
	if s.answer == nil {
		s.answer = httptest.NewRecorder()
		s.Handler.ServeHTTP(s.answer, r)
	}
	maps.Copy(w.Header(), s.answer.Header())
	_, _ = w.Write(s.answer.Body.Bytes())
}

// in is the same lab in a bubble of virtual time.
func (l lab) in(t *testing.T, do func(lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		l.T = t
		do(l)
		// Goroutines of providers may still wait. The clock stops with the test.
		time.Sleep(time.Hour)
	})
}

func (l lab) restore(snapshot []byte) {
	l.Helper()
	if err := l.Restore(snapshot); err != nil {
		l.Fatal(err)
	}
}

// run applies a configuration over a network.
func (l lab) run(
	c *core, network *Network, adopts bool, configuration []resource,
) {
	l.Helper()
	env := map[string]string{
		"AUTH0_DOMAIN": l.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
		"M2M_ADOPT_IDENTICAL": fmt.Sprint(adopts),
	}
	network.Tenant = l.handler
	c.network = network
	ctx, end := context.WithCancel(l.Context())
	defer end() // A process that has ended leaves nothing behind.
	if err := c.run(ctx, env, configuration); err != nil {
		l.Error(err)
	}
}

// prepared is an operation up to the run that a fault will strike.
type prepared struct {
	operation
	state   map[string]*object
	earlier map[string][]answer
	// calls is how many requests the run sends without faults, want is the tenant afterwards, and
	// known are the ids of the objects before.
	calls int
	want  []string
	known map[string]bool
}

// prepare does what comes before the run, and records the run without faults.
func (l lab) prepare(o operation) prepared {
	l.Helper()
	l.restore(o.tenant)
	p, earlier := prepared{operation: o, known: map[string]bool{}}, map[string][]answer{}
	c := l.core(map[string]*object{}, o)
	run := func(adopts bool, configuration []resource) {
		l.run(c, &Network{earlier: earlier}, adopts, configuration)
		if len(c.said) > 0 {
			l.Fatalf("%s %s without faults: %s", o.name, o.typeName, c.said)
		}
	}
	for _, configuration := range o.before {
		run(false, configuration)
	}
	p.tenant, p.state, p.earlier = l.Snapshot(), copied(c.state), maps.Clone(earlier)
	l.objects(func(id string) string {
		p.known[id] = true
		return id
	})

	run(o.adopts, o.configuration)
	p.calls = c.network.sent
	p.want = l.objects(p.idOrNew)
	run(false, o.configuration)
	if len(c.changes) > 0 {
		l.Fatalf("%s %s: the next plan is not empty: %s", o.name, o.typeName, c.changes)
	}
	if o.result != nil {
		anyID := func(string) string { return "" }
		got := l.objects(anyID)
		l.restore(o.result)
		if diff := gocmp.Diff(l.objects(anyID), got); diff != "" {
			l.Fatalf("%s %s without faults (-want +got):\n%s", o.name, o.typeName, diff)
		}
	}
	return p
}

func copied(state map[string]*object) map[string]*object {
	out := map[string]*object{}
	for address, o := range state {
		c := *o
		out[address] = &c
	}
	return out
}

// idOrNew returns the id of an object that existed before. All new ids are the same.
func (p prepared) idOrNew(id string) string {
	if p.known[id] {
		return id
	}
	return "new"
}

// trial is what happened in a cell.
type trial struct {
	outcome outcome
	shown   []string // The errors.
	wrong   string   // What is not as it must be in the end.
	log     []string
	// What is not as configured in the end: objects that are left over or replaced, objects that
	// are missing, and objects that exist more than once.
	surplus, missing, duplicates int
}

// try runs an operation with a fault, and then again without until the tenant is as configured.
func (l lab) try(p prepared, in cell) (done trial) {
	l.Helper()
	l.restore(p.tenant)
	c := l.core(copied(p.state), p.operation)
	run := func(adopts bool, faulty *Network) (failed bool) {
		l.run(c, faulty, adopts, p.configuration)
		done.log = append(append(append(done.log, "--- run"), faulty.lines()...), c.said...)
		return len(c.said) > 0
	}
	faulty := &Network{
		Faults: map[int]Fault{in.request: in.fault}, earlier: maps.Clone(p.earlier),
	}
	if in.outage {
		faulty.Outage, faulty.OutageFrom, faulty.OutageTo = in.fault, in.request, math.MaxInt
	}
	failed := run(p.adopts, faulty)
	done.shown = slices.Clone(c.said)
	switch {
	case !strings.Contains(strings.Join(faulty.lines(), "\n"), "("+string(in.fault)+")"):
		return trial{}
	case !failed:
		done.outcome = silent
	case !run(p.adopts, &Network{}):
		done.outcome = healedByApply
	case !run(true, &Network{}):
		done.outcome = healedBySwitch
	default:
		done.outcome, done.wrong = notHealed, "an apply with adopt_identical fails"
		return done
	}
	if run(false, &Network{}) || len(c.changes) > 0 {
		done.wrong = fmt.Sprintf("the next plan is not empty: %s", c.changes)
	}
	got := l.objects(p.idOrNew)
	if diff := gocmp.Diff(p.want, got); diff != "" {
		done.wrong = "the tenant is not as configured (-want +got):\n" + diff
	}
	done.surplus, done.missing = count(got, p.want), count(p.want, got)
	apart := l.objects(func(string) string { return "" })
	done.duplicates = len(apart) - len(slices.Compact(slices.Clone(apart)))
	for _, said := range done.shown {
		if done.wrong == "" && !explains(said, p.names) {
			done.wrong = "the error does not name the object or does not say what to do: " + said
		}
	}
	return done
}

// count returns how many of these are not among others.
func count(these, others []string) (n int) {
	for _, one := range these {
		if !slices.Contains(others, one) {
			n++
		}
	}
	return n
}

var sentenceEnd = regexp.MustCompile(`[.:](\s|$)`)

// explains reports whether an error names the object and has more than one sentence: what happened
// and what to do.
func explains(said string, names []string) bool {
	return len(sentenceEnd.FindAllString(said, -1)) > 1 &&
		slices.ContainsFunc(names, func(name string) bool { return strings.Contains(said, name) })
}

// objects returns all APIs, grants and associations of the tenant, in any order that is the same
// for the same tenant. called replaces their ids.
func (l lab) objects(called func(id string) string) (out []string) {
	l.Helper()
	list := func(kind, path string) (ids []string) {
		status, body := l.Dashboard("GET", "/api/v2/"+path+"?per_page=100", "")
		var objects []map[string]any
		if status != 200 || json.Unmarshal(body, &objects) != nil {
			l.Fatal(path, status, string(body))
		}
		for _, o := range objects {
			ids = append(ids, o["id"].(string))
			o["id"] = called(o["id"].(string))
			for _, random := range []string{"signing_secret", "created_at", "updated_at"} {
				delete(o, random)
			}
			text, err := json.Marshal(o)
			if err != nil {
				l.Fatal(err)
			}
			out = append(out, kind+" "+string(text))
		}
		return ids
	}
	list("API", "resource-servers")
	list("grant", "client-grants")
	for _, id := range list("organization", "organizations") {
		list("association", "organizations/"+id+"/client-grants")
	}
	slices.Sort(out)
	return out
}

var (
	allCells = flag.Bool("cells.all", false, "strike each request with each fault")
	update   = flag.Bool("update", false, "the same, and write the results into the guide")
	cellSeed = flag.Uint64("cells.seed", 1, "the seed of a sample of cells")
)

// cellsPerRequest is the size of a sample.
const cellsPerRequest = 1

// cells returns all cells of a request, or a sample.
func cells(request int, chance *rand.Rand) (all []cell) {
	for _, fault := range Faults {
		all = append(all, cell{request, fault, false}, cell{request, fault, true})
	}
	if *allCells || *update {
		return all
	}
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:cellsPerRequest]
}

// row counts what happened to an operation of a resource.
type row struct {
	typeName, name string
	calls, cells   int
	outcomes       map[outcome]int
	// single counts the cells with a single fault, and passed how many of them showed no error.
	single, passed               int
	surplus, missing, duplicates int
}

func (r *row) add(other *row) {
	r.calls += other.calls
	r.cells += other.cells
	for o, n := range other.outcomes {
		r.outcomes[o] += n
	}
	r.single += other.single
	r.passed += other.passed
	r.surplus += other.surplus
	r.missing += other.missing
	r.duplicates += other.duplicates
}

func (r *row) String() string {
	return fmt.Sprintf("%d requests, %d cells: %d passed, %d errors healed by the next apply, %d "+
		"with adopt_identical; surplus %d, missing %d, duplicates %d, manual steps %d",
		r.calls, r.cells, r.outcomes[silent], r.outcomes[healedByApply],
		r.outcomes[healedBySwitch], r.surplus, r.missing, r.duplicates, r.outcomes[notHealed])
}

// TestFaultMatrix strikes each request of each operation of each resource with faults, and holds
// the results against the guide. By default it runs a sample.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	all := newLab(t).subjects()
	rows := make([][]*row, len(all))
	t.Run("resources", func(t *testing.T) {
		for i := range all {
			t.Run(all[i].typeName, func(t *testing.T) {
				t.Parallel()
				l := newLab(t)
				rows[i] = l.matrix(l.subjects()[i])
			})
		}
	})
	sum := &row{outcomes: map[outcome]int{}}
	for _, r := range slices.Concat(rows...) {
		sum.add(r)
	}
	t.Log(sum)
	if !t.Failed() {
		checkGuide(t, slices.Concat(rows...), sum)
	}
}

// matrix runs the operations of a resource.
func (l lab) matrix(s subject) (rows []*row) {
	l.Helper()
	chance := rand.New(rand.NewPCG(*cellSeed, 0))
	for _, o := range s.operations() {
		var p prepared
		l.in(l.T, func(l lab) { p = l.prepare(o) })
		if len(rows) == 0 || rows[len(rows)-1].name != o.name {
			rows = append(rows, &row{
				typeName: o.typeName, name: o.name, outcomes: map[outcome]int{},
			})
		}
		r := rows[len(rows)-1]
		r.calls += p.calls
		for request := range p.calls {
			for _, c := range cells(request, chance) {
				var done trial
				l.in(l.T, func(l lab) { done = l.try(p, c) })
				if done.wrong != "" {
					l.Errorf("%s %s, %s: %s\n%s", o.name, o.typeName, c, done.wrong,
						strings.Join(done.log, "\n"))
				}
				if done.outcome != unconcerned {
					result := &row{
						cells: 1, outcomes: map[outcome]int{done.outcome: 1}, surplus: done.surplus,
						missing: done.missing, duplicates: done.duplicates,
					}
					if !c.outage {
						result.single, result.passed = 1, result.outcomes[silent]
					}
					r.add(result)
				}
			}
		}
	}
	return rows
}
