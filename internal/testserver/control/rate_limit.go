// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"cmp"
	"slices"
)

func showRateLimit(s Server, _ call) (any, error) { return s.RateLimit(), nil }

// Outside this range, the tenfold bucket of the token endpoint or the time of the next request
// could overflow.
const leastRate, mostRate = 1e-6, 1e6

func putRateLimit(s Server, c call) (any, error) {
	var given RateLimit
	if err := decodeStrict(c.body, &given); err != nil {
		return nil, bad("%s A limit has the fields per_second, burst and reset.", err)
	}
	given.Reset = cmp.Or(given.Reset, "full")
	switch {
	case !(given.PerSecond >= leastRate && given.PerSecond <= mostRate),
		given.Burst < 1, given.Burst > mostRate:
		return nil, bad("per_second and burst must be positive and at most a million, such as " +
			`{"per_second":2,"burst":10}. DELETE /rate-limit ends the limit.`)
	case !slices.Contains([]string{"full", "next", "past"}, given.Reset):
		return nil, bad("reset must be full, next or past.")
	}
	s.SetRateLimit(given)
	return s.RateLimit(), nil
}

func dropRateLimit(s Server, _ call) (any, error) {
	s.SetRateLimit(RateLimit{})
	return s.RateLimit(), nil
}
