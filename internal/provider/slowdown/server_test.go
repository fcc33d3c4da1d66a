// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package slowdown

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// server answers each call with a diagnostic, or fails.
type server struct {
	framework.Server
	fails error
}

func said() []*tfprotov6.Diagnostic { return []*tfprotov6.Diagnostic{{Summary: "Other"}} }

func (s server) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	if s.fails != nil {
		return nil, s.fails
	}
	return &tfprotov6.ReadResourceResponse{Diagnostics: said()}, nil
}

func (s server) PlanResourceChange(
	context.Context, *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return &tfprotov6.PlanResourceChangeResponse{Diagnostics: said()}, nil
}

func (s server) ApplyResourceChange(
	context.Context, *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: said()}, nil
}

func (s server) ReadDataSource(
	context.Context, *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return &tfprotov6.ReadDataSourceResponse{Diagnostics: said()}, nil
}

func (s server) OpenEphemeralResource(
	context.Context, *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return &tfprotov6.OpenEphemeralResourceResponse{Diagnostics: said()}, nil
}

func TestServer_addsTheWarning(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	slowed := false
	s := &Server{server{}, func() (string, bool) { return "So far, 7 requests had to wait.", slowed }}
	for name, call := range map[string]func() ([]*tfprotov6.Diagnostic, error){
		"read": func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ReadResource(ctx, nil)
			return resp.Diagnostics, err
		},
		"plan": func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.PlanResourceChange(ctx, nil)
			return resp.Diagnostics, err
		},
		"apply": func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ApplyResourceChange(ctx, nil)
			return resp.Diagnostics, err
		},
		"data source": func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ReadDataSource(ctx, nil)
			return resp.Diagnostics, err
		},
		"token": func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.OpenEphemeralResource(ctx, nil)
			return resp.Diagnostics, err
		},
	} {
		for _, slowed = range []bool{false, true} {
			want := said()
			if slowed {
				want = append(want, &tfprotov6.Diagnostic{
					Severity: tfprotov6.DiagnosticSeverityWarning,
					Summary:  "The tenant's rate limit slows this run down",
					Detail:   "So far, 7 requests had to wait.",
				})
			}
			got, err := call()
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s, slowed %v: %v, (-want +got):\n%s", name, slowed, err, diff)
			}
		}
	}
}

// A call without an answer must not use the warning up.
func TestServer_failedCall(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	s := &Server{server{fails: broken}, func() (string, bool) {
		t.Error("the warning is lost")
		return "", true
	}}
	if resp, err := s.ReadResource(t.Context(), nil); resp != nil || !errors.Is(err, broken) {
		t.Errorf("%v, %v", resp, err)
	}
}
