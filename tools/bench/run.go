// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/bench/usage"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/refserver"
)

// bench runs measurements one after another.
type bench struct {
	soft, hard context.Context

	cli, server string
	timeout     time.Duration // Of one Terraform command.
	runs        int
	once        time.Duration // What takes longer is measured once.
	subjects    map[string]*subject
	serverFlags string // What the server's -h prints.
}

// cell is one measurement: a scenario for a subject.
type cell struct {
	subject  string
	scenario Scenario
}

// sample is the result of one run of a cell.
type sample struct {
	wall     time.Duration
	used     usage.Process
	requests Requests
	second   *Production
}

// fixture is a tenant after a create, and the state of it.
type fixture struct{ snapshot, state []byte }

// measure runs each cell several times. Each round visits all cells, so that a load of the machine
// that comes and goes affects all of them alike. A cell that fails is not run again. After an
// interrupt, there are rows only for the cells that have run.
func (b *bench) measure(cells []cell) []Row {
	samples := map[cell][]sample{}
	failures := map[cell]error{}
	for round := range b.runs {
		for i, c := range cells {
			if failures[c] != nil || round > 0 && samples[c][0].wall > b.once {
				continue
			}
			s, err := b.run(c)
			if process.Ended(b.soft) {
				return rowsOf(cells, samples, failures)
			}
			progress(round, b.runs, i, len(cells), c, s, err)
			if err != nil {
				failures[c] = err
				continue
			}
			samples[c] = append(samples[c], s)
		}
	}
	return rowsOf(cells, samples, failures)
}

func rowsOf(cells []cell, samples map[cell][]sample, failures map[cell]error) []Row {
	var rows []Row
	for _, c := range cells {
		if len(samples[c]) > 0 || failures[c] != nil {
			rows = append(rows, newRow(c, samples[c], failures[c]))
		}
	}
	return rows
}

func progress(round, rounds, i, n int, c cell, s sample, err error) {
	result := s.wall.Round(10 * time.Millisecond).String()
	if err != nil {
		result = err.Error()
	}
	fmt.Fprintf(os.Stderr, "round %d/%d, %d/%d: %s, %s: %s\n",
		round+1, rounds, i+1, n, c.subject, c.scenario, result)
}

// run measures a cell once, on a server of its own.
func (b *bench) run(c cell) (sample, error) {
	s, x := b.subjects[c.subject], c.scenario
	var before fixture
	if x.Work != Create {
		var err error
		if before, err = b.fixture(s, x); err != nil {
			return sample{}, err
		}
	}
	if err := s.configure(x, before.state); err != nil {
		return sample{}, err
	}
	if err := b.initialize(s); err != nil {
		return sample{}, err
	}
	var srv *refserver.Server
	if s.source != "" {
		var err error
		if srv, err = b.startServer(s, x, before.snapshot); err != nil {
			return sample{}, err
		}
	}
	out, err := b.commands(s, x, srv)
	if srv != nil {
		err = errors.Join(err, srv.Stop())
	}
	return out, err
}

// commands runs the commands of the scenario and returns what they took and used together.
func (b *bench) commands(s *subject, x Scenario, srv *refserver.Server) (sample, error) {
	var variables map[string]string
	if srv != nil {
		variables = srv.Variables
	}
	if _, err := usage.Take(s.usage()); err != nil {
		return sample{}, err
	}
	var out sample
	stop := func() *Production { return nil }
	if x.Capacity > 0 && srv != nil {
		stop = startProduction(b.soft, variables["AUTH0_DOMAIN"], x.Limit)
	}
	err := func() error {
		start := time.Now()
		for _, args := range commandsOf(x) {
			if _, err := b.terraform(s, variables, args...); err != nil {
				return err
			}
		}
		out.wall = time.Since(start)
		return nil
	}()
	out.second = stop()
	if err != nil {
		return sample{}, err
	}
	if out.used, err = usage.Take(s.usage()); err != nil || srv == nil {
		return out, err
	}
	all, err := control{variables["M2M_CONTROL_URL"]}.requests(b.soft)
	out.requests = count(all)
	return out, err
}

// commandsOf lists the commands that do the work. Without references, Terraform does not know that
// an API must exist before its grant, so a create takes two commands. The second one does not
// refresh what the first one made.
func commandsOf(x Scenario) [][]string {
	apply := []string{"apply", "-auto-approve"}
	switch x.Work {
	case Create:
		if x.Scopes > 0 || x.References {
			return [][]string{apply}
		}
		return [][]string{
			append(slices.Clone(apply), "-var=grants=false"),
			append(slices.Clone(apply), "-refresh=false"),
		}
	case Rename:
		return [][]string{append(apply, "-var=revision=2")}
	case Change:
		return [][]string{append(apply, "-var=revision=2", "-var=grant_revision=2")}
	case Destroy:
		return [][]string{{"destroy", "-auto-approve"}}
	default:
		// With changes, -detailed-exitcode makes the command fail.
		return [][]string{{"plan", "-detailed-exitcode"}}
	}
}

// fixture creates what the work of a scenario starts with, on a server without latency and limit.
func (b *bench) fixture(s *subject, x Scenario) (fixture, error) {
	start := Scenario{Work: Create, Objects: x.Objects, Scopes: x.Scopes, Tenant: x.Tenant}
	if s.source == "" {
		start = start.floor()
	}
	if made, has := s.fixtures[start]; has {
		return made, nil
	}
	made, err := b.makeFixture(s, start)
	if err != nil {
		return fixture{}, fmt.Errorf("prepare %s: %w", start, err)
	}
	s.fixtures[start] = made
	return made, nil
}

func (b *bench) makeFixture(s *subject, start Scenario) (made fixture, err error) {
	if err := s.configure(start, nil); err != nil {
		return fixture{}, err
	}
	if err := b.initialize(s); err != nil {
		return fixture{}, err
	}
	var srv *refserver.Server
	if s.source != "" {
		if srv, err = b.startServer(s, start, nil); err != nil {
			return fixture{}, err
		}
		defer func() { err = errors.Join(err, srv.Stop()) }()
	}
	if _, err := b.commands(s, start, srv); err != nil {
		return fixture{}, err
	}
	if made.state, err = s.readState(); err != nil || srv == nil {
		return made, err
	}
	made.snapshot, err = control{srv.Variables["M2M_CONTROL_URL"]}.snapshot(b.soft)
	return made, err
}

// startServer starts a server with the tenant of the snapshot, or with the tenant that the scenario
// starts with.
func (b *bench) startServer(
	s *subject, x Scenario, snapshot []byte,
) (*refserver.Server, error) {
	o := refserver.Options{
		Binary: b.server,
		Log:    filepath.Join(s.dir, "server.log"),
		Args:   append(serverArgs(x), "-control-addr", "127.0.0.1:0"),
		Variables: []string{
			"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "M2M_CONTROL_URL",
		},
	}
	if s.https {
		o.Args = append(o.Args, "-tls", "-ca-out", filepath.Join(s.dir, "authority.pem"))
		o.Variables = append(o.Variables, "SSL_CERT_FILE")
	}
	if s.address != "" {
		o.Args = append(o.Args, "-addr", s.address)
	}
	if snapshot == nil {
		text, err := seedFor(x)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(s.dir, "seed.json")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, err
		}
		o.Args = append(o.Args, "-seed", file)
	}
	srv, err := refserver.Start(b.soft, b.hard, o)
	if err != nil {
		return nil, err
	}
	s.address = strings.TrimPrefix(srv.Variables["AUTH0_DOMAIN"], "http://")
	if snapshot != nil {
		err = control{srv.Variables["M2M_CONTROL_URL"]}.restore(b.soft, snapshot)
	}
	if err != nil {
		return nil, errors.Join(err, srv.Stop())
	}
	return srv, nil
}

// The flag of the server for the meaning of x-ratelimit-reset, and its values.
const resetFlag = "-rate-reset"

var resetMeanings = []string{"next", "full", "past"}

func serverArgs(x Scenario) []string {
	var args []string
	if x.Latency > 0 {
		args = append(args, "-latency", x.Latency.String())
	}
	if x.Limit != (Limit{}) {
		args = append(args, "-rate-limit", fmt.Sprintf("%g,%d", x.Limit.PerSecond, x.Limit.Burst))
	}
	if x.Reset != "" {
		args = append(args, resetFlag, x.Reset)
	}
	return args
}

// readServerFlags asks the server for its flags.
func (b *bench) readServerFlags() error {
	cmd := process.Command(b.soft, b.server, "-h")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err := process.Run(b.hard, cmd)
	b.serverFlags = out.String()
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		err = nil // It may exit with 2 after the usage.
	}
	return err
}

// missing says why a cell cannot be measured; "" if it can.
func (b *bench) missing(c cell) (string, error) {
	s, has := b.subjects[c.subject]
	switch {
	case !has:
		return "needs -compare", nil
	case !s.supports(c.scenario):
		return "no configuration for it", nil
	case c.scenario.Reset != "" && !strings.Contains(b.serverFlags, resetFlag+" "):
		return "the reference server has no " + resetFlag, nil
	case c.scenario.Capacity > 0 && s.source != "":
		known, err := b.hasArgument(s, "max_api_capacity")
		if err != nil || known {
			return "", err
		}
		return "the provider has no max_api_capacity", nil
	}
	return "", nil
}

// add appends the cells that are not yet there.
func add(cells []cell, more ...cell) []cell {
	for _, c := range more {
		if !slices.Contains(cells, c) {
			cells = append(cells, c)
		}
	}
	return cells
}

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
