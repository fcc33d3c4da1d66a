// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/sync/errgroup"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
)

// core is a small stand-in for the core of Terraform: it refreshes, plans and applies one resource
// after the other, but scopes of an API at the same time, and keeps the state. A resource refers to
// others by their state, so each is planned when its references are known. A killed provider loses
// the answer to the call during which it was killed.
type core struct {
	server   tfprotov6.ProviderServer
	schemas  map[string]*tfprotov6.Schema
	provider *tfprotov6.Schema
	network  *Network
	imports  map[string]string // The ids of import blocks, by address.
	// planning is full during a refresh or a plan.
	planning chan struct{}

	mu         sync.Mutex
	state      map[string]*object
	said       []string // Errors.
	warned     []string
	changes    []string // What the last run planned, by address.
	operations int      // Calls of the provider.
}

type object struct {
	typeName string
	value    tftypes.Value
	private  []byte
	tainted  bool
}

// resource is a block of a configuration.
type resource struct {
	address, typeName string
	config            map[string]any
	// refers names attributes that are the id of another resource.
	refers map[string]string
}

// run starts a provider and applies a configuration. Objects without a block are destroyed.
func (c *core) run(ctx context.Context, env map[string]string, configuration []resource) error {
	c.said, c.warned, c.changes, c.planning = nil, nil, nil, make(chan struct{}, 1)
	c.server = provider.NewServer(provider.Options{
		Version: "test", Getenv: func(name string) string { return env[name] }, Transport: c.network,
		PlanWait: 1,
	})()
	if c.schemas == nil { // They are the same in each run.
		schemas, err := c.server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			return err
		}
		c.schemas, c.provider = schemas.ResourceSchemas, schemas.Provider
	}
	none, err := c.encode(c.provider, nil)
	if err != nil {
		return err
	}
	validated, err := c.server.ValidateProviderConfig(
		ctx, &tfprotov6.ValidateProviderConfigRequest{Config: none},
	)
	if err != nil || c.say("provider", validated.Diagnostics) {
		return err
	}
	configured, err := c.server.ConfigureProvider(
		ctx, &tfprotov6.ConfigureProviderRequest{Config: none},
	)
	if err != nil || c.say("provider", configured.Diagnostics) {
		return err
	}
	declared := map[string]bool{}
	for _, r := range configuration {
		declared[r.address] = true
	}
	var left []resource
	for address, object := range c.state {
		if !declared[address] {
			left = append(left, resource{address: address, typeName: object.typeName})
		}
	}
	slices.SortFunc(left, func(a, b resource) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, b.typeName), slices.Index(kinds, a.typeName)),
			cmp.Compare(a.address, b.address),
		)
	})
	if err := c.changeAll(ctx, left); err != nil {
		return err
	}
	return c.changeAll(ctx, configuration)
}

// kinds lists the types, each after those that it refers to.
var kinds = []string{
	"m2m_resource_server", "m2m_resource_server_scope", "m2m_client_grant",
	"m2m_organization_client_grant",
}

// changeAll changes resources in their order. Scopes that follow each other change together.
func (c *core) changeAll(ctx context.Context, resources []resource) error {
	for len(resources) > 0 {
		n := 1
		for n < len(resources) && resources[0].typeName == "m2m_resource_server_scope" &&
			resources[n].typeName == resources[0].typeName {
			n++
		}
		var together errgroup.Group
		for _, r := range resources[:n] {
			together.Go(func() error { return c.change(ctx, r) })
		}
		if err := together.Wait(); err != nil {
			return err
		}
		resources = resources[n:]
	}
	return nil
}

// stateOf returns what the state has at an address; nil if it has nothing.
func (c *core) stateOf(address string) *object {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state[address]
}

// record sets what the state has at an address.
func (c *core) record(address string, o *object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o == nil {
		delete(c.state, address)
	} else {
		c.state[address] = o
	}
}

func (c *core) sayError(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, text)
}

// change refreshes, plans and applies one resource. Only applies run at the same time: in a plan,
// the provider waits with locks for what another call asks the tenant, and a clock does not advance
// while a goroutine waits for a lock. It returns an error if the provider was killed.
func (c *core) change(ctx context.Context, r resource) error {
	ready := c.refresh
	if c.imports[r.address] != "" && c.stateOf(r.address) == nil {
		ready = c.importObject
	}
	c.planning <- struct{}{}
	failed, err := ready(ctx, r)
	<-c.planning
	if failed || err != nil {
		return err
	}
	config := r.config
	for attribute, address := range r.refers {
		referred := c.stateOf(address)
		if referred == nil {
			c.sayError(r.address + ": " + address + " does not exist")
			return nil
		}
		config[attribute] = text(referred.value, "id")
	}
	prior := c.stateOf(r.address)
	if prior != nil && (prior.tainted || config == nil) {
		done, err := c.apply(ctx, r, prior, nil)
		if err != nil || !done || config == nil {
			return err
		}
		prior = nil
	}
	if config == nil {
		return nil
	}
	done, err := c.apply(ctx, r, prior, config)
	if err == nil && !done && c.stateOf(r.address) == nil && prior != nil && !c.hasFailed() {
		_, err = c.apply(ctx, r, nil, config) // The second half of a replacement.
	}
	return err
}

func (c *core) refresh(ctx context.Context, r resource) (failed bool, err error) {
	prior := c.stateOf(r.address)
	if prior == nil {
		return false, nil
	}
	c.count()
	kind := c.schemas[r.typeName].ValueType()
	current, err := dynamic(kind, prior.value)
	if err != nil {
		return false, err
	}
	read, err := c.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: r.typeName, CurrentState: current, Private: prior.private,
	})
	if c.network.hasCrashed() {
		return false, errCrashed
	}
	if err != nil || c.say(r.address, read.Diagnostics) {
		return true, err
	}
	value, err := read.NewState.Unmarshal(kind)
	if err != nil {
		return false, err
	}
	if value.IsNull() {
		c.record(r.address, nil)
		return false, nil
	}
	c.record(r.address, &object{r.typeName, value, read.Private, prior.tainted})
	return false, nil
}

// apply plans and applies a change from prior to a configuration; nil means to destroy. It returns
// false if it failed, or if it has destroyed an object that must be replaced.
func (c *core) apply(
	ctx context.Context, r resource, prior *object, config map[string]any,
) (done bool, err error) {
	schema := c.schemas[r.typeName]
	kind := schema.ValueType()
	priorValue, private := tftypes.NewValue(kind, nil), []byte(nil)
	if prior != nil {
		priorValue, private = prior.value, prior.private
	}
	priorState, err := dynamic(kind, priorValue)
	if err != nil {
		return false, err
	}
	given, err := dynamic(kind, tftypes.NewValue(kind, nil))
	if config != nil {
		given, err = c.encode(schema, config)
	}
	if err != nil {
		return false, err
	}
	proposed := given
	if config != nil {
		if proposed, err = c.propose(schema, given, priorValue); err != nil {
			return false, err
		}
	}
	c.count()
	c.planning <- struct{}{}
	planned, err := c.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.typeName, PriorState: priorState, ProposedNewState: proposed, Config: given,
		PriorPrivate: private,
	})
	<-c.planning
	if c.network.hasCrashed() {
		return false, errCrashed
	}
	if err != nil || c.say(r.address, planned.Diagnostics) {
		return false, err
	}
	if prior != nil && len(planned.RequiresReplace) > 0 {
		_, err := c.apply(ctx, r, prior, nil)
		return false, err
	}
	plannedValue, err := planned.PlannedState.Unmarshal(kind)
	if err != nil || plannedValue.Equal(priorValue) {
		return err == nil, err
	}
	c.count()
	c.mu.Lock()
	c.changes = append(c.changes, r.address)
	c.mu.Unlock()
	applied, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.typeName, PriorState: priorState, PlannedState: planned.PlannedState,
		Config: given, PlannedPrivate: planned.PlannedPrivate,
	})
	if c.network.hasCrashed() {
		return false, errCrashed
	}
	if err != nil {
		return false, err
	}
	failed := c.say(r.address, applied.Diagnostics)
	value, err := applied.NewState.Unmarshal(kind)
	if err != nil {
		return false, err
	}
	if value.IsNull() {
		c.record(r.address, nil)
		return !failed, nil
	}
	c.record(r.address, &object{r.typeName, value, applied.Private, prior == nil && failed})
	return !failed, nil
}

// propose merges the configuration with the prior state as Terraform does: a computed attribute
// that the configuration omits keeps its value.
func (c *core) propose(
	schema *tfprotov6.Schema, config *tfprotov6.DynamicValue, prior tftypes.Value,
) (*tfprotov6.DynamicValue, error) {
	kind := schema.ValueType()
	value, err := config.Unmarshal(kind)
	if err != nil || prior.IsNull() {
		return config, err
	}
	var given, had map[string]tftypes.Value
	if err := value.As(&given); err != nil {
		return nil, err
	}
	if err := prior.As(&had); err != nil {
		return nil, err
	}
	for _, attribute := range schema.Block.Attributes {
		if attribute.Computed && given[attribute.Name].IsNull() {
			given[attribute.Name] = had[attribute.Name]
		}
	}
	return dynamic(kind, tftypes.NewValue(kind, given))
}

func (c *core) encode(schema *tfprotov6.Schema, given map[string]any) (*tfprotov6.DynamicValue, error) {
	kind := schema.ValueType()
	attributes := map[string]tftypes.Value{}
	for name, kind := range kind.(tftypes.Object).AttributeTypes {
		attributes[name] = value(kind, given[name])
	}
	return dynamic(kind, tftypes.NewValue(kind, attributes))
}

func value(kind tftypes.Type, of any) tftypes.Value {
	switch of := of.(type) {
	case []string:
		elements := []tftypes.Value{}
		for _, element := range of {
			elements = append(elements, tftypes.NewValue(tftypes.String, element))
		}
		return tftypes.NewValue(kind, elements)
	case map[string]string:
		elements := map[string]tftypes.Value{}
		for key, element := range of {
			elements[key] = tftypes.NewValue(tftypes.String, element)
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, of)
	}
}

func dynamic(kind tftypes.Type, value tftypes.Value) (*tfprotov6.DynamicValue, error) {
	out, err := tfprotov6.NewDynamicValue(kind, value)
	return &out, err
}

func text(object tftypes.Value, attribute string) string {
	var attributes map[string]tftypes.Value
	var out string
	if object.As(&attributes) == nil {
		_ = attributes[attribute].As(&out)
	}
	return out
}

// say records what the provider says, and reports whether there are errors.
func (c *core) say(address string, diagnostics []*tfprotov6.Diagnostic) (failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range diagnostics {
		text := fmt.Sprintf("%s: %s: %s", address, d.Summary, d.Detail)
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			failed = true
			c.said = append(c.said, text)
		} else {
			c.warned = append(c.warned, text)
		}
	}
	return failed
}

func (c *core) hasFailed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.said) > 0
}

// count counts a call of the provider.
func (c *core) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.operations++
}

// everything is all that a run leaves behind: what it said, and its state.
func (c *core) everything() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, text := range slices.Concat(c.said, c.warned) {
		b.WriteString(text + "\n")
	}
	for address, object := range c.state {
		b.WriteString(address + " " + object.value.String() + " " + string(object.private) + "\n")
	}
	return b.String()
}
