// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// moveFrom takes over the state of a type of the incumbent provider, auth0. S is a
// struct with what is wanted of it, in the terms of its JSON; what S does not name
// is ignored, so that states of all versions can be read. convert makes our state
// of it. It has no network and no credentials: Terraform moves a state before it
// configures the provider, and refreshes it afterwards.
func moveFrom[S any](typeName string, convert func(context.Context, S, *resource.MoveStateResponse)) resource.StateMover {
	return resource.StateMover{
		StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if req.SourceTypeName != typeName || !isIncumbent(req.SourceProviderAddress) {
				return
			}
			var state S
			if req.SourceRawState == nil || len(req.SourceRawState.JSON) == 0 {
				moveError(&resp.Diagnostics, typeName, "it is not stored as JSON, as Terraform does since version 0.12")
				return
			}
			if err := json.Unmarshal(req.SourceRawState.JSON, &state); err != nil {
				moveError(&resp.Diagnostics, typeName, explainJSON(err))
				return
			}
			convert(ctx, state, resp)
		},
	}
}

// isIncumbent tells the provider by its name. Its host and namespace depend on
// where it was installed from.
func isIncumbent(address string) bool {
	return address[strings.LastIndex(address, "/")+1:] == "auth0"
}

// moveError reports a state that cannot be moved.
func moveError(diags *diag.Diagnostics, typeName, reason string) {
	diags.AddError("Unable to move state",
		fmt.Sprintf("The state of the %s cannot be taken over: %s. Nothing was changed.\n\n"+
			"Instead of the moved block, take the old resource out of the state with a removed block with destroy = false, and import the "+
			"object into the new one.", typeName, reason))
}

// explainJSON words an error without the value that caused it.
func explainJSON(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("its attribute %s is of an unexpected type (%s)", kind.Field, kind.Value)
	}
	return "it is not valid JSON"
}
