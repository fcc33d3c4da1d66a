// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// MoveFrom accepts the state of a type of the auth0 provider. S is a struct with the attributes
// to read from its JSON. All others are ignored, so any version of the type can be read.
// convert writes the new state. It must not send requests: Terraform moves a state before it
// configures the provider, and refreshes it afterwards.
func MoveFrom[S any](
	typeName string, convert func(context.Context, S, *resource.MoveStateResponse),
) resource.StateMover {
	return resource.StateMover{
		StateMover: func(
			ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse,
		) {
			if req.SourceTypeName != typeName || !isIncumbent(req.SourceProviderAddress) {
				return
			}
			var state S
			if req.SourceRawState == nil || len(req.SourceRawState.JSON) == 0 {
				MoveError(
					&resp.Diagnostics, typeName,
					"it is not stored as JSON, the format of Terraform 0.12 and later",
				)
				return
			}
			if err := json.Unmarshal(req.SourceRawState.JSON, &state); err != nil {
				MoveError(&resp.Diagnostics, typeName, explainJSON(err))
				return
			}
			convert(ctx, state, resp)
		},
	}
}

// isIncumbent recognizes the auth0 provider by its name alone, since its host and namespace
// depend on where it was installed from.
func isIncumbent(address string) bool {
	return address[strings.LastIndex(address, "/")+1:] == "auth0"
}

// MoveError reports a state that cannot be moved.
func MoveError(diags *diag.Diagnostics, typeName, reason string) {
	diags.AddError("Unable to move state",
		fmt.Sprintf("The state of the %s cannot be moved: %s. Nothing was changed.\n\nInstead of "+
			"the moved block, remove the old resource from the state with a removed block with "+
			"destroy = false, and import the object into the new resource.", typeName, reason))
}

// explainJSON explains an error without the value that caused it, which may be a secret.
func explainJSON(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("its attribute %s has an unexpected type (%s)", kind.Field, kind.Value)
	}
	return "it is not valid JSON"
}
