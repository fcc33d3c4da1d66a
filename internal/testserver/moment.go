// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "time"

// moment is a time as the API writes it: in UTC, with milliseconds and a Z (API contract 7.1).
type moment struct{ time.Time }

const momentLayout = `"2006-01-02T15:04:05.000Z"`

// MarshalJSON implements json.Marshaler.
func (m moment) MarshalJSON() ([]byte, error) {
	return []byte(m.UTC().Format(momentLayout)), nil
}
