// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// BenchmarkReview reads and reviews a plan that changes each of many grants.
func BenchmarkReview(b *testing.B) {
	for _, grants := range []int{1_000, 10_000} {
		text := manyGrants(grants)
		b.Run(fmt.Sprintf("grants=%d", grants), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				read, err := plan.Read(strings.NewReader(text), Wanted)
				if err != nil {
					b.Fatal(err)
				}
				report := Review([]Plan{{Plan: read}}, Tenant{}, BuiltIn(time.Time{}))
				if len(report.Changes) != grants {
					b.Fatal(len(report.Changes))
				}
			}
		})
	}
}

// manyGrants is a plan as Terraform writes it: each object is in it four times.
func manyGrants(count int) string {
	var planned, changes, prior, configured []string
	for i := range count {
		address := fmt.Sprintf("m2m_client_grant.g%d", i)
		values := func(scopes string) string {
			return fmt.Sprintf(`{"id":"cgr_%d","client_id":"client%d","audience":"urn:%d",`+
				`"subject_type":"client","allow_all_scopes":false,"scopes":[%s]}`, i, i, i/100, scopes)
		}
		resource := func(scopes string) string {
			return fmt.Sprintf(`{"address":%q,"mode":"managed","type":"m2m_client_grant","name":"g%d",`+
				`"values":%s}`, address, i, values(scopes))
		}
		planned = append(planned, resource(`"r","w"`))
		prior = append(prior, resource(`"r"`))
		changes = append(changes, fmt.Sprintf(`{"address":%q,"mode":"managed",`+
			`"type":"m2m_client_grant","name":"g%d","change":{"actions":["update"],"before":%s,`+
			`"after":%s,"after_unknown":{}}}`, address, i, values(`"r"`), values(`"r","w"`)))
		configured = append(configured, fmt.Sprintf(`{"address":%q,"mode":"managed",`+
			`"type":"m2m_client_grant","name":"g%d","expressions":{"scopes":{}}}`, address, i))
	}
	list := func(elements []string) string {
		return `{"root_module":{"resources":[` + strings.Join(elements, ",") + `]}}`
	}
	return `{"format_version":"1.2","planned_values":` + list(planned) + `,"resource_changes":[` +
		strings.Join(changes, ",") + `],"prior_state":{"values":` + list(prior) +
		`},"configuration":` + list(configured) + `}`
}
