// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import "time"

// DateTime is the format of the times that are sent. A time whose year has more than four digits in
// UTC could be written down but not be read again.
var DateTime = &Format{Name: "date-time", Pattern: dateTimePattern{}}

type dateTimePattern struct{}

// MatchString reports whether a text is a time that decodes into a moment.
func (dateTimePattern) MatchString(text string) bool {
	var parsed time.Time
	err := parsed.UnmarshalText([]byte(text))
	year := parsed.UTC().Year()
	return err == nil && year >= 0 && year <= 9999
}
