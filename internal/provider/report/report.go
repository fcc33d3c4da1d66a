// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// DiagnosticError is an error that already has the text of its diagnostic.
type DiagnosticError struct {
	Summary, Detail string
	// StopsRun reports that the problem stops every request of the run.
	StopsRun bool
}

func (e *DiagnosticError) Error() string { return e.Summary }

// ErrOwnedTwice is returned when a second resource of a run creates or adopts the same object.
var ErrOwnedTwice = errors.New("another resource of this run has created or adopted it")

// Report adds a diagnostic that says what happened, to which object, and what to do. A problem that
// stops every request of the run is reported in full only once.
func (c *Connection) Report(diags *diag.Diagnostics, op Operation, err error) {
	var (
		problem   *DiagnosticError
		login     *rest.LoginError
		conflict  *m2m.ConflictError
		uncertain *m2m.UncertainError
		answer    *rest.Error
	)
	if summary, detail, ok := c.again(op, err); ok {
		diags.AddError(summary, op.named(detail, " "))
		return
	}
	switch {
	case errors.As(err, &problem):
		diags.AddError(problem.Summary, problem.Detail)
	case errors.As(err, &login):
		diags.AddError(loginFailed, op.named(c.explainLogin(login), "\n\n"))
	case errors.Is(err, ErrOwnedTwice):
		diags.AddError(op.Summary(), fmt.Sprintf("Another resource has already created or "+
			"adopted the %s in this run. Two resources that manage the same object undo each "+
			"other's changes. Keep only one of them.",
			op.Object))
	case errors.As(err, &conflict):
		diags.AddError(op.Summary(), explainConflict(op, conflict))
	case errors.As(err, &uncertain):
		diags.AddError(op.Summary(), c.explainUncertain(op, uncertain))
	case errors.As(err, &answer):
		detail := op.named(c.explainAnswer(op, answer), "\n\n")
		if name := attributeOf(op, answer); name != "" {
			diags.AddAttributeError(path.Root(name), op.Summary(), detail)
			return
		}
		diags.AddError(op.Summary(), detail)
	default:
		diags.AddError(op.Summary(), op.named(c.explainTransport(op, err), "\n\n"))
	}
}
