// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// The names of groups.
func ofAudience(identifier string) string { return "audience " + identifier }
func ofClient(clientID string) string     { return "client " + clientID }
func ofOrganization(id string) string     { return "organization " + id }
func ofGrant(id string) string            { return "grant " + id }

func ofResourceServer(identifier string) string { return "resource server " + identifier }
func ofSubject(subjectType string) string       { return "subject " + subjectType }
func ofDefault(group string) string             { return "default " + group }
