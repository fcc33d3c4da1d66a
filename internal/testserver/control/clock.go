// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"time"
)

func showClock(s Server, _ call) (any, error) {
	return struct {
		Now    time.Time `json:"now"`
		Offset string    `json:"offset"`
	}{s.Clock().Now().UTC(), s.Clock().Offset().String()}, nil
}

// maxOffset keeps times within the range of tokens and certificates.
const maxOffset = 50 * 365 * 24 * time.Hour

func moveClock(s Server, c call) (any, error) {
	var given struct {
		Advance *string `json:"advance"`
		Offset  *string `json:"offset"`
	}
	if err := decodeStrict(c.body, &given); err != nil {
		return nil, err
	}
	if (given.Advance == nil) == (given.Offset == nil) {
		return nil, bad(`Send either {"advance":"90m"} or {"offset":"0s"}.`)
	}
	text := given.Offset
	if given.Advance != nil {
		text = given.Advance
	}
	d, err := time.ParseDuration(*text)
	if err != nil || d.Abs() > maxOffset {
		return nil, bad(`A duration looks like "90m" or "-1h30m" and is at most %v.`, maxOffset)
	}
	if given.Advance != nil {
		d += s.Clock().Offset()
	}
	if d.Abs() > maxOffset {
		return nil, bad("The clock cannot be more than %v off.", maxOffset)
	}
	s.Clock().SetOffset(d)
	return showClock(s, c)
}
