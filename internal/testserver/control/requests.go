// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"net/url"
	"strconv"
)

// shownRequest has only the parts of a request that cannot contain a secret: no path, query or
// body.
type shownRequest struct {
	Number uint64 `json:"number"`
	Method string `json:"method"`
	Route  string `json:"route"`
	// 0 while the request is in progress, and if it got no reply.
	Status     int      `json:"status"`
	DurationMS *float64 `json:"duration_ms"` // null while the request is in progress.
	ClientID   string   `json:"client_id"`
	Reason     string   `json:"reason"` // Why it was refused; empty if it was not.
	Fault      string   `json:"fault"`
}

func showRequests(s Server, c call) (any, error) {
	since, err := readSince(c.query)
	if err != nil {
		return nil, err
	}
	out := []shownRequest{}
	for _, request := range s.RequestsAfter(since) {
		shown := shownRequest{
			Number: request.Number, Method: request.Method, Route: request.Route,
			Status:   request.Status,
			ClientID: request.ClientID, Reason: request.Reason, Fault: request.Fault,
		}
		if request.Duration > 0 {
			milliseconds := float64(request.Duration.Microseconds()) / 1000
			shown.DurationMS = &milliseconds
		}
		out = append(out, shown)
	}
	return out, nil
}

func readSince(rawQuery string) (uint64, error) {
	values, err := url.ParseQuery(rawQuery)
	given := values["since"]
	if err == nil && len(values) == 0 {
		return 0, nil
	}
	if err == nil && len(values) == 1 && len(given) == 1 {
		if since, err := strconv.ParseUint(given[0], 10, 64); err == nil {
			return since, nil
		}
	}
	return 0, bad("The only query parameter is since=N: the number of the last request that you " +
		"have seen.")
}

func dropRequests(s Server, _ call) (any, error) {
	s.ForgetRequests()
	return nil, nil
}
