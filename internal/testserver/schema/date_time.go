// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import "time"

// DateTime is the format of times in requests. It refuses times whose year in UTC has more than
// four digits: they could be written but not read back.
var DateTime = &Format{Name: "date-time", Pattern: dateTimePattern{}}

type dateTimePattern struct{}

// MatchString reports whether a text is a time that can be decoded.
func (dateTimePattern) MatchString(text string) bool {
	var parsed time.Time
	err := parsed.UnmarshalText([]byte(text))
	year := parsed.UTC().Year()
	return err == nil && year >= 0 && year <= 9999
}
