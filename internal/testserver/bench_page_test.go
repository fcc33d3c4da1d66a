// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

//go:build linux

package testserver

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control/page"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// BenchmarkPage makes the views of a tenant with 10,000 objects: 5,000 APIs with a grant each, and
// 500 clients beside them.
//
//	go test ./internal/testserver -run '^$' -bench Page -benchtime 5x
func BenchmarkPage(b *testing.B) {
	x := newBenchTenant(10_000)
	for i := range 500 {
		x.must(http.MethodPost, "/clients", fmt.Sprintf(
			`{"name":"Client %d","app_type":"non_interactive"}`, i))
	}
	why := "/page/why?" + url.Values{
		"client_id": {tenant.MachineClientID}, "audience": {benchAPI(2500)},
	}.Encode()
	for name, path := range map[string]string{"Access": "/", "Filtered": "/?apis=api-49", "Why": why} {
		b.Run(name, func(b *testing.B) {
			size := 0
			b.ReportAllocs()
			start := ownCPU()
			for b.Loop() {
				recorder := httptest.NewRecorder()
				page.Serve(recorder, newRequest(http.MethodGet, path, ""), steered{x.Server})
				size = recorder.Body.Len()
				if !strings.HasSuffix(recorder.Body.String(), "</html>") {
					b.Fatal("the page is not complete")
				}
			}
			b.ReportMetric(float64((ownCPU()-start).Milliseconds())/float64(b.N), "cpu-ms/page")
			b.ReportMetric(float64(size)/1e3, "kB")
		})
	}
}
