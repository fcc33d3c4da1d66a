// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// reportError explains errors that are specific to scopes. Package report explains all others.
func (r *scopeResource) reportError(diags *diag.Diagnostics, op report.Operation, err error) {
	var race *m2m.LostRaceError
	switch {
	case errors.As(err, &race) && race.Restored:
		diags.AddError(op.Summary(), fmt.Sprintf("The %s was removed, but then another writer "+
			"replaced all scopes of the API and restored it.\n\n"+
			"%s", op.Object, raceAdvice))
	case errors.As(err, &race):
		diags.AddError(op.Summary(), fmt.Sprintf("The %s was written, but then another writer "+
			"replaced all scopes of the API and removed it.\n\n"+
			"%s", op.Object, raceAdvice))
	case errors.Is(err, m2m.ErrSystemAPI):
		systemScopeError(diags, op)
	default:
		r.run.Report(diags, op, err)
	}
}

const raceAdvice = "Run terraform apply again. If this happens every time, something else " +
	"manages all scopes of this API, such as an m2m_resource_server with scopes in another " +
	"configuration. Let only one of them manage the scopes."

func systemScopeError(diags *diag.Diagnostics, op report.Operation) {
	diags.AddAttributeError(path.Root("resource_server_identifier"), op.Summary(),
		fmt.Sprintf("The %s cannot be managed, because the scopes of a system API cannot be "+
			"changed. Nothing was changed in the tenant. Remove the scope from the configuration.",
			op.Object))
}
