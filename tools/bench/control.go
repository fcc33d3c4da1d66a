// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// control calls the control API of a reference server.
type control struct{ url string }

// request is what the control API shows of a request.
type request struct {
	Route    string `json:"route"`
	Method   string `json:"method"`
	Status   int    `json:"status"`
	ClientID string `json:"client_id"`
}

func (c control) requests(ctx context.Context) ([]request, error) {
	text, err := c.call(ctx, http.MethodGet, "/requests", nil)
	if err != nil {
		return nil, err
	}
	var all []request
	return all, json.Unmarshal(text, &all)
}

// snapshot returns the whole tenant.
func (c control) snapshot(ctx context.Context) ([]byte, error) {
	return c.call(ctx, http.MethodGet, "/snapshot", nil)
}

func (c control) restore(ctx context.Context, snapshot []byte) error {
	_, err := c.call(ctx, http.MethodPut, "/snapshot", snapshot)
	return err
}

func (c control) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, resp.Status, text)
	}
	return text, err
}

// Requests counts the requests of the provider.
type Requests struct {
	Total   int            `json:"total"`
	ByRoute map[string]int `json:"by_route,omitempty"`
	Refused int            `json:"refused"` // With 429.
}

// count counts all requests except the requests of the second client.
func count(all []request) Requests {
	out := Requests{ByRoute: map[string]int{}}
	for _, r := range all {
		if r.ClientID == productionID {
			continue
		}
		route := r.Route
		if route == "" {
			route = r.Method + " elsewhere"
		}
		out.Total++
		out.ByRoute[route]++
		if r.Status == http.StatusTooManyRequests {
			out.Refused++
		}
	}
	return out
}

// with counts the requests with one of the methods.
func (r Requests) with(methods ...string) int {
	n := 0
	for route, times := range r.ByRoute {
		for _, method := range methods {
			if len(route) > len(method) && route[:len(method)+1] == method+" " &&
				route != http.MethodPost+" /oauth/token" {
				n += times
			}
		}
	}
	return n
}
