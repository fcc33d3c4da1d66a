// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package terminal keeps text of the tenant from controlling the terminal of its reader. A
// person who may name an API could otherwise hide lines of a plan, or make them up.
//
// Terraform escapes control characters in a string of one line, but prints strings of several
// lines, and the texts of errors and warnings, as they are. The server in this package stands in
// front of the framework's and escapes them: in each error and warning, and in each value that
// Terraform does not have already. Text that the configuration contains stays as it is, and so does
// a secret, which Terraform does not print. It knows no types.
package terminal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/printable"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// Server is a server whose answers are safe to print.
type Server struct {
	framework.Server
	schemas func() *tfprotov6.GetProviderSchemaResponse
}

// NewServer returns a server in front of another one.
func NewServer(server framework.Server) *Server {
	return &Server{Server: server, schemas: sync.OnceValue(
		func() *tfprotov6.GetProviderSchemaResponse {
			schemas, err := server.GetProviderSchema(
				context.Background(), &tfprotov6.GetProviderSchemaRequest{},
			)
			if err != nil {
				return &tfprotov6.GetProviderSchemaResponse{}
			}
			return schemas
		})}
}

// ReadResource escapes what is new in the state, and warns of it. The identifier of an object
// cannot be escaped, because it would name another object.
func (s *Server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Server.ReadResource(ctx, req)
	if err != nil {
		return resp, err
	}
	v := s.resource(req.TypeName, req.CurrentState)
	resp.NewState = v.escape(resp.NewState)
	resp.Diagnostics = append(escaped(resp.Diagnostics), v.refusal()...)
	return resp, nil
}

// PlanResourceChange escapes errors and warnings. A plan has no text of the tenant but what is in
// the state.
func (s *Server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Server.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = escaped(resp.Diagnostics)
	}
	return resp, err
}

// ApplyResourceChange escapes what the tenant has filled in.
func (s *Server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Server.ApplyResourceChange(ctx, req)
	if err != nil {
		return resp, err
	}
	v := s.resource(req.TypeName, req.PriorState, req.PlannedState, req.Config)
	resp.NewState = v.escape(resp.NewState)
	resp.Diagnostics = append(escaped(resp.Diagnostics), v.warning()...)
	return resp, nil
}

// ReadDataSource escapes what the tenant answers, and warns of it.
func (s *Server) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.Server.ReadDataSource(ctx, req)
	if err != nil {
		return resp, err
	}
	v := newValue("data."+req.TypeName, s.schemas().DataSourceSchemas[req.TypeName], req.Config)
	resp.State = v.escape(resp.State)
	resp.Diagnostics = append(escaped(resp.Diagnostics), v.warning()...)
	return resp, nil
}

// ListResource escapes the names and the values of the listed objects.
func (s *Server) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.Server.ListResource(ctx, req)
	if err != nil || stream == nil || stream.Results == nil {
		return stream, err
	}
	return &tfprotov6.ListResourceServerStream{
		Results: func(yield func(tfprotov6.ListResourceResult) bool) {
			for result := range stream.Results {
				result.DisplayName = printable.Text(result.DisplayName)
				result.Resource = s.resource(req.TypeName).escape(result.Resource)
				result.Diagnostics = escaped(result.Diagnostics)
				if !yield(result) {
					return
				}
			}
		},
	}, nil
}

// ImportResourceState escapes what the imported object has. The read that follows warns of it.
func (s *Server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.Server.ImportResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	resp.Diagnostics = escaped(resp.Diagnostics)
	for _, imported := range resp.ImportedResources {
		v := s.resource(imported.TypeName)
		imported.State = v.escape(imported.State)
		if v.keys {
			resp.Diagnostics = append(resp.Diagnostics, v.refusal()...)
		}
	}
	return resp, nil
}

// OpenEphemeralResource escapes errors. Terraform does not print ephemeral values.
func (s *Server) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	resp, err := s.Server.OpenEphemeralResource(ctx, req)
	if err == nil {
		resp.Diagnostics = escaped(resp.Diagnostics)
	}
	return resp, err
}

// PlanAction escapes errors and warnings.
func (s *Server) PlanAction(
	ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	resp, err := s.Server.PlanAction(ctx, req)
	if err == nil {
		resp.Diagnostics = escaped(resp.Diagnostics)
	}
	return resp, err
}

// InvokeAction escapes what an action says, and its errors and warnings.
func (s *Server) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.Server.InvokeAction(ctx, req)
	if err != nil || stream == nil || stream.Events == nil {
		return stream, err
	}
	return &tfprotov6.InvokeActionServerStream{
		Events: func(yield func(tfprotov6.InvokeActionEvent) bool) {
			for event := range stream.Events {
				switch kind := event.Type.(type) {
				case tfprotov6.ProgressInvokeActionEventType:
					kind.Message = printable.Text(kind.Message)
					event.Type = kind
				case tfprotov6.CompletedInvokeActionEventType:
					kind.Diagnostics = escaped(kind.Diagnostics)
					event.Type = kind
				}
				if !yield(event) {
					return
				}
			}
		},
	}, nil
}

func escaped(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	for _, d := range diags {
		d.Summary, d.Detail = printable.Text(d.Summary), printable.Text(d.Detail)
	}
	return diags
}

func (s *Server) resource(typeName string, has ...*tfprotov6.DynamicValue) *value {
	return newValue(typeName, s.schemas().ResourceSchemas[typeName], has...)
}

// value is a value of the protocol in an answer.
type value struct {
	typeName string
	schema   *tfprotov6.Schema
	has      func() map[string]bool // The texts with control characters that Terraform has.
	name     string                 // Of the object.
	found    []string               // The attributes with control characters.
	keys     bool                   // One of them identifies the object.
}

// newValue returns a value of a type. Terraform has the other values.
func newValue(
	typeName string, schema *tfprotov6.Schema, has ...*tfprotov6.DynamicValue,
) *value {
	v := &value{typeName: typeName, schema: schema}
	v.has = sync.OnceValue(func() map[string]bool {
		texts := map[string]bool{}
		for _, known := range has {
			v.each(known, func(_, text string) string {
				texts[text] = true
				return text
			})
		}
		return texts
	})
	return v
}

// escape returns a value without control characters.
func (v *value) escape(state *tfprotov6.DynamicValue) *tfprotov6.DynamicValue {
	return v.each(state, func(attribute, text string) string {
		if attribute == "identifier" || v.name == "" &&
			slices.Contains([]string{"id", "client_id", "organization_id"}, attribute) {
			v.name = text
		}
		safe := printable.Text(text)
		if safe == text || v.has()[text] {
			return text
		}
		if !slices.Contains(v.found, attribute) {
			v.found = append(v.found, attribute)
			slices.Sort(v.found)
		}
		v.keys = v.keys || attribute == "id" || v.attribute(attribute).Required
		return safe
	})
}

// each replaces each text of a value that Terraform may print.
func (v *value) each(
	encoded *tfprotov6.DynamicValue, replace func(attribute, text string) string,
) *tfprotov6.DynamicValue {
	if encoded == nil || v.schema == nil {
		return encoded
	}
	kind := v.schema.ValueType()
	decoded, err := encoded.Unmarshal(kind)
	if err != nil || decoded.IsNull() {
		return encoded
	}
	changed := false
	made, err := tftypes.Transform(decoded, func(
		path *tftypes.AttributePath, part tftypes.Value,
	) (tftypes.Value, error) {
		var text string
		if !part.Type().Is(tftypes.String) || !part.IsKnown() || part.IsNull() ||
			part.As(&text) != nil {
			return part, nil
		}
		attribute, _ := path.Steps()[0].(tftypes.AttributeName)
		if v.attribute(string(attribute)).Sensitive {
			return part, nil
		}
		replaced := replace(string(attribute), text)
		if replaced == text {
			return part, nil
		}
		changed = true
		return tftypes.NewValue(tftypes.String, replaced), nil
	})
	if err != nil || !changed {
		return encoded
	}
	out, err := tfprotov6.NewDynamicValue(kind, made)
	if err != nil {
		return encoded
	}
	return &out
}

func (v *value) attribute(name string) *tfprotov6.SchemaAttribute {
	for _, attribute := range v.schema.Block.Attributes {
		if attribute.Name == name {
			return attribute
		}
	}
	return &tfprotov6.SchemaAttribute{}
}

// warning says which attributes have control characters.
func (v *value) warning() []*tfprotov6.Diagnostic {
	return v.diagnostic(tfprotov6.DiagnosticSeverityWarning, "They could hide parts of this "+
		"output, so Terraform gets them in the form \\u001b. Check who has written the text, and "+
		"correct it in the tenant.")
}

// refusal is the warning, or an error if one of the attributes identifies the object.
func (v *value) refusal() []*tfprotov6.Diagnostic {
	if !v.keys {
		return v.warning()
	}
	return v.diagnostic(tfprotov6.DiagnosticSeverityError, "They identify the object, so it "+
		"cannot be managed. Check who has created it, and replace it in the tenant.")
}

func (v *value) diagnostic(
	severity tfprotov6.DiagnosticSeverity, detail string,
) []*tfprotov6.Diagnostic {
	if len(v.found) == 0 {
		return nil
	}
	object := v.typeName
	if v.name != "" {
		object = fmt.Sprintf("%s %q", v.typeName, v.name)
	}
	return []*tfprotov6.Diagnostic{{
		Severity: severity,
		Summary:  "Control characters in the " + object,
		Detail: fmt.Sprintf("The tenant has control characters in: %s. %s",
			strings.Join(v.found, ", "), detail),
	}}
}
