// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package unchanged answers for objects that have not changed. Most objects of most plans have
// not: their configuration is valid, the tenant's answer is the last one, and their plan is their
// state. The framework needs up to a thousand times longer to find this, because it converts the
// object dozens of times.
//
// The server stands in front of the framework's. It passes a request on unless the encoded request
// and the type of the object prove what the framework would answer, so the answers are the same
// with and without it. A schema proves that a configuration is valid and that a state needs no
// upgrade. For reads and plans, a type implements Type.
package unchanged

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// Type is a resource type that knows when its objects have not changed.
type Type interface {
	// PlansUnchanged reports whether the plan of an object is its state, without a diagnostic. Each
	// attribute of the configuration is null or equal to the state, and the state contains the
	// defaults of the schema. Terraform may propose null for an omitted object, so the framework
	// may have marked all omitted attributes as unknown before ModifyPlan.
	//
	// If the result is true, PlansUnchanged has recorded the plan for other types as ModifyPlan
	// does. Otherwise, it has changed nothing, and ModifyPlan runs.
	PlansUnchanged(Object) bool
	// ReadsUnchanged asks the tenant for an object, and reports whether a read would keep its state
	// and its private state, without a diagnostic. Otherwise, the answer is in the returned
	// context, from which Read takes it with Answer, so that nobody asks twice.
	ReadsUnchanged(context.Context, Object) (context.Context, bool)
}

// answerKey is the key of an answer in a context.
type answerKey struct{}

// answer is what the tenant has answered.
type answer[T any] struct {
	object T
	err    error
}

// WithAnswer returns a context with the answer of the tenant to a read.
func WithAnswer[T any](ctx context.Context, object T, err error) context.Context {
	return context.WithValue(ctx, answerKey{}, answer[T]{object, err})
}

// Answer returns the answer in a context, or asks for it.
func Answer[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	if known, ok := ctx.Value(answerKey{}).(answer[T]); ok {
		return known.object, known.err
	}
	return ask()
}

// Server answers for unchanged objects, and passes all other requests on.
type Server struct {
	framework.Server

	// Schemas returns the schemas of all types by name.
	Schemas func() map[string]Schema
	// Types returns the types by name. There are none until the provider is configured.
	Types func() Types
}

// ValidateResourceConfig answers without a diagnostic if it is certain that there is none.
func (s *Server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	schema, ok := s.Schemas()[req.TypeName]
	if !ok || !schema.accepts(ctx, req) {
		return s.Server.ValidateResourceConfig(ctx, req)
	}
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

// UpgradeResourceState answers with the state, still as JSON, if it has the current schema.
func (s *Server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	schema, ok := s.Schemas()[req.TypeName]
	if !ok || !schema.describes(req) {
		return s.Server.UpgradeResourceState(ctx, req)
	}
	return &tfprotov6.UpgradeResourceStateResponse{
		UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON},
	}, nil
}

// ReadResource answers with the state if it is certain that the tenant has not changed the object.
func (s *Server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	kind, ok := s.Types()[req.TypeName]
	if !ok || isNull(req.CurrentState) {
		return s.Server.ReadResource(ctx, req)
	}
	object, err := newObject(req.CurrentState, req.CurrentState, req.Private, kind.object)
	if err != nil {
		return s.Server.ReadResource(ctx, req)
	}
	identity, ok := kind.identityOf(object.State, req.CurrentIdentity)
	if !ok {
		return s.Server.ReadResource(ctx, req)
	}
	ctx, ok = kind.ReadsUnchanged(ctx, object)
	if !ok {
		return s.Server.ReadResource(ctx, req)
	}
	return &tfprotov6.ReadResourceResponse{
		NewState: req.CurrentState, Private: req.Private, NewIdentity: identity,
	}, nil
}

func isNull(value *tfprotov6.DynamicValue) bool {
	return value == nil || len(value.MsgPack) == 0 || bytes.Equal(value.MsgPack, null)
}

// null is a null value in MessagePack.
var null = []byte{0xc0}

// PlanResourceChange answers with the state if it is certain that the plan changes nothing.
func (s *Server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	if !s.plansUnchanged(req) {
		return s.Server.PlanResourceChange(ctx, req)
	}
	identity := req.PriorIdentity
	if identity == nil {
		identity = &tfprotov6.ResourceIdentityData{
			IdentityData: &tfprotov6.DynamicValue{MsgPack: null},
		}
	}
	return &tfprotov6.PlanResourceChangeResponse{
		PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: identity,
	}, nil
}

func (s *Server) plansUnchanged(req *tfprotov6.PlanResourceChangeRequest) bool {
	kind, ok := s.Types()[req.TypeName]
	if !ok || isNull(req.PriorState) || isNull(req.ProposedNewState) || isNull(req.Config) {
		return false
	}
	object, err := newObject(req.Config, req.PriorState, req.PriorPrivate, kind.object)
	return err == nil && object.agrees(kind.defaults) && kind.keeps(object, req) &&
		kind.PlansUnchanged(object)
}
