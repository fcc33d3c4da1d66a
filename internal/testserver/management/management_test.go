// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

const (
	// machinePath is the machine client.
	machinePath = "/clients/" + testserver.MachineClientID
	// apiPath is the API https://a.
	apiPath = "/resource-servers/https:%2F%2Fa"
)

// refusedBody is the answer to a body that violates its schema or a rule.
func refusedBody(message string) string {
	return refused(message, "invalid_body")
}

// refusedQuery is the answer to a query that violates its schema.
func refusedQuery(violation string) string {
	return refused("Query validation error: "+violation, "invalid_query_string")
}

func refused(message, code string) string {
	quoted, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return `{"statusCode":400,"error":"Bad Request","message":` + string(quoted) +
		`,"errorCode":"` + code + `"}`
}
