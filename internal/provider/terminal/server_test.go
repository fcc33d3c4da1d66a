// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package terminal

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// evil is a server that quotes text of the tenant in its errors.
type evil struct{ framework.Server }

func (evil) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{}, nil
}

func (evil) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{Diagnostics: []*tfprotov6.Diagnostic{
		{Summary: "Bad\x1b[2J", Detail: "first\nsecond\u202e"},
	}}, nil
}

func TestServer_errorsAreEscaped(t *testing.T) {
	t.Parallel()
	resp, err := NewServer(evil{}).ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{})
	if err != nil || len(resp.Diagnostics) != 1 {
		t.Fatal(err, resp)
	}
	if d := resp.Diagnostics[0]; d.Summary != `Bad\u001b[2J` || d.Detail != "first\nsecond"+`\u202e` {
		t.Errorf("%q: %q", d.Summary, d.Detail)
	}
}
