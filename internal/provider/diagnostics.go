// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// operation is what was being done when the API said no.
type operation struct {
	verb string // create, read, update, delete
	kind string // resource server, client grant
	// object tells people which one: API "https://…".
	object string
	// typeName is the Terraform type, for import blocks.
	typeName string
	// leavesToTenant says that what the configuration leaves out is the tenant's to
	// decide.
	leavesToTenant bool
	// importOnly says that there is no use_existing: one that exists is imported.
	importOnly bool
	// attributes are the names that errors may be put on.
	attributes func(name string) bool
}

func (op operation) summary() string { return "Unable to " + op.verb + " " + op.kind }

// report is the only place where errors of the API become diagnostics: what
// happened, to which object, what to do.
func (s *session) report(diags *diag.Diagnostics, op operation, err error) {
	var (
		config    *configError
		login     *m2m.LoginError
		conflict  *m2m.ConflictError
		uncertain *m2m.UncertainError
		answer    *m2m.Error
	)
	switch {
	case errors.As(err, &config):
		diags.AddError(config.summary, config.detail)
	case errors.As(err, &login):
		diags.AddError("Unable to log in to the Management API", s.explainLogin(login))
	case errors.Is(err, errClaimedTwice):
		diags.AddError(op.summary(), fmt.Sprintf("The %s exists already: another resource has created or adopted it in this run. "+
			"Two resources that manage one object undo each other's changes; keep one of them.", op.object))
	case errors.As(err, &conflict):
		diags.AddError(op.summary(), explainConflict(op, conflict))
	case errors.As(err, &uncertain):
		diags.AddError(op.summary(), s.explainUncertain(op, uncertain))
	case errors.As(err, &answer):
		detail := s.explainAnswer(op, answer)
		if name := attributeOf(op, answer); name != "" {
			diags.AddAttributeError(path.Root(name), op.summary(), detail)
			return
		}
		diags.AddError(op.summary(), detail)
	default:
		diags.AddError(op.summary(), s.explainTransport(op, err))
	}
}

// quote is what the API answered, in one line without a full stop.
func quote(answer *m2m.Error) string {
	text := fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status))
	if answer.Code != "" {
		text += " (" + answer.Code + ")"
	}
	if answer.Message != "" {
		text += ": " + strings.TrimSuffix(answer.Message, ".")
	}
	if answer.RequestID != "" {
		text += " [request " + answer.RequestID + "]"
	}
	return text
}

func tried(answer *m2m.Error) string {
	if answer.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf("It was tried %d times in %s.", answer.Attempts, answer.Elapsed.Round(100*time.Millisecond))
}

// sentences joins what happened and what to do with a blank line between.
func sentences(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "\n\n")
}
