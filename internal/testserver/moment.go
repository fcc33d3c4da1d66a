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

// dateTime is the format of the times that are sent. A time whose year has more than four digits in UTC could be
// written down but not be read again.
var dateTime = &format{name: "date-time", pattern: dateTimePattern{}}

type dateTimePattern struct{}

// MatchString reports whether a text is a time that decodes into a moment.
func (dateTimePattern) MatchString(text string) bool {
	var parsed time.Time
	err := parsed.UnmarshalText([]byte(text))
	year := parsed.UTC().Year()
	return err == nil && year >= 0 && year <= 9999
}
