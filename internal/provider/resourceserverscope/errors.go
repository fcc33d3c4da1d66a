// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// reportError explains errors that are specific to scopes. Package report explains all others.
func (r *scopeResource) reportError(diags *diag.Diagnostics, op report.Operation, err error) {
	var race *m2m.LostRaceError
	switch {
	case errors.As(err, &race):
		diags.AddError(op.Summary(), describeRace(op, race))
	case errors.Is(err, m2m.ErrSystemAPI):
		systemScopeError(diags, op)
	default:
		r.run.Report(diags, op, err)
	}
}

// describeRace names all scopes of the API that this run has lost, including scopes of other
// resources whose apply has already succeeded.
func describeRace(op report.Operation, race *m2m.LostRaceError) string {
	said := fmt.Sprintf("The %s was changed, but another writer keeps replacing all scopes of the "+
		"API.", op.Object)
	if len(race.Removed) > 0 {
		said += " It has removed or changed these scopes of this run: " + quoted(race.Removed) + "."
	}
	if len(race.Restored) > 0 {
		said += " It has restored these scopes, which this run removed: " +
			quoted(race.Restored) + "."
	}
	return said + "\n\nRun terraform apply again. If this happens every time, something else " +
		"manages all scopes of this API, such as an m2m_resource_server with scopes in another " +
		"configuration. Let only one of them manage the scopes."
}

func quoted(values []string) string {
	var out []string
	for _, value := range values {
		out = append(out, strconv.Quote(value))
	}
	return strings.Join(out, ", ")
}

// warnOfDoubts says why changes to the scopes of an API may be lost although they succeeded.
func (r *scopeResource) warnOfDoubts(diags *diag.Diagnostics, identifier string) {
	for _, doubt := range r.run.API.ResourceServerScopes.Doubts(identifier) {
		diags.AddWarning(
			fmt.Sprintf("Scopes of the API %q may be lost", identifier), describeDoubt(doubt),
		)
	}
}

func describeDoubt(doubt error) string {
	var slow *m2m.SlowScopesError
	var unconfirmed *m2m.UnconfirmedScopesError
	switch {
	case errors.As(doubt, &slow):
		return fmt.Sprintf("The tenant can only replace all scopes at once. This run replaced "+
			"them %s after it had read them. If another run changed scopes of this API in the "+
			"meantime, its change is undone. Run terraform plan for each configuration that adds "+
			"scopes to this API.", slow.After.Round(100*time.Millisecond))
	case errors.As(doubt, &unconfirmed):
		return fmt.Sprintf("This run changed the scopes %s. Then it could not read the API to "+
			"see whether another run has undone that: %s.\n\nRun terraform plan.",
			quoted(unconfirmed.Scopes), unconfirmed.Err)
	default:
		return doubt.Error()
	}
}

func systemScopeError(diags *diag.Diagnostics, op report.Operation) {
	diags.AddAttributeError(path.Root("resource_server_identifier"), op.Summary(),
		fmt.Sprintf("The %s cannot be managed, because the scopes of a system API cannot be "+
			"changed. Nothing was changed in the tenant. Remove the scope from the configuration.",
			op.Object))
}
