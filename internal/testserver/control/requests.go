// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"context"
	"net/url"
	"strconv"
	"time"
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
	since, err := readNumber(
		c.query, "since", "the number of the last request that you have seen",
	)
	if err != nil {
		return nil, err
	}
	return shownRequests(s.RequestsAfter(since)), nil
}

// longestWait is shorter than the patience of proxies and clients.
const longestWait = 20 * time.Second

// showNews answers once there are news, so that a client can follow the requests without asking all
// the time.
func showNews(s Server, c call) (any, error) {
	after, err := readNumber(c.query, "after", "the number `last` of the answer before")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.ctx, longestWait)
	defer cancel()
	news := s.News(ctx, after)
	return struct {
		Last     uint64         `json:"last"`
		Oldest   uint64         `json:"oldest"`
		Requests []shownRequest `json:"requests"`
	}{news.Last, news.Oldest, shownRequests(news.Requests)}, nil
}

func shownRequests(requests []Request) []shownRequest {
	out := []shownRequest{}
	for _, request := range requests {
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
	return out
}

// readNumber reads a query whose only parameter is a number. Without it, the number is 0.
func readNumber(rawQuery, name, meaning string) (uint64, error) {
	values, err := url.ParseQuery(rawQuery)
	given := values[name]
	if err == nil && len(values) == 0 {
		return 0, nil
	}
	if err == nil && len(values) == 1 && len(given) == 1 {
		if number, err := strconv.ParseUint(given[0], 10, 64); err == nil {
			return number, nil
		}
	}
	return 0, bad("The only query parameter is %s=N: %s.", name, meaning)
}

func dropRequests(s Server, _ call) (any, error) {
	s.ForgetRequests()
	return nil, nil
}
