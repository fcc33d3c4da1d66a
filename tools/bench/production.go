// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// productionShare is the part of the limits that the second client uses.
const productionShare = 0.2

// tokenFactor is how much larger the limit of the token endpoint is.
const tokenFactor = 10

// Production is what the second client saw: it stands for the applications of the tenant, which ask
// for tokens and read from the Management API while Terraform runs.
type Production struct {
	Requests int `json:"requests"`
	Refused  int `json:"refused"` // With 429.
	Failed   int `json:"failed"`  // In any other way.
}

// startProduction starts the second client. The returned function stops it and says what it saw.
func startProduction(ctx context.Context, tenant string, limit Limit) func() *Production {
	ctx, cancel := context.WithCancel(ctx)
	p := &producer{tenant: tenant}
	rate := limit.PerSecond * productionShare
	var group sync.WaitGroup
	group.Go(func() { p.every(ctx, rate*tokenFactor, p.askToken) })
	group.Go(func() { p.every(ctx, rate, p.read) })
	return func() *Production {
		cancel()
		group.Wait()
		return &p.seen
	}
}

// producer makes the requests of the second client.
type producer struct {
	tenant string

	mu    sync.Mutex
	token string
	seen  Production
}

// every makes a request at that rate until ctx ends.
func (p *producer) every(
	ctx context.Context, perSecond float64, send func(context.Context) (int, error),
) {
	ticker := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		status, err := send(ctx)
		if ctx.Err() != nil {
			return // The request was cut off at the end.
		}
		p.mu.Lock()
		p.seen.Requests++
		switch {
		case status == http.StatusTooManyRequests:
			p.seen.Refused++
		case err != nil || status != http.StatusOK:
			p.seen.Failed++
		}
		p.mu.Unlock()
	}
}

func (p *producer) askToken(ctx context.Context) (int, error) {
	body, err := json.Marshal(map[string]string{
		"grant_type": "client_credentials", "audience": p.tenant + "/api/v2/",
		"client_id": productionID, "client_secret": productionSecret,
	})
	if err != nil {
		return 0, err
	}
	status, text, err := p.send(ctx, http.MethodPost, "/oauth/token", body)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(text, &answer)
		p.mu.Lock()
		p.token = answer.Token
		p.mu.Unlock()
	}
	return status, err
}

// read asks for a token first if there is none.
func (p *producer) read(ctx context.Context) (int, error) {
	p.mu.Lock()
	token := p.token
	p.mu.Unlock()
	if token == "" {
		return p.askToken(ctx)
	}
	status, _, err := p.send(ctx, http.MethodGet, "/api/v2/resource-servers?per_page=1", nil)
	return status, err
}

func (p *producer) send(
	ctx context.Context, method, path string, body []byte,
) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.tenant+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	p.mu.Lock()
	if p.token != "" && method == http.MethodGet {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	p.mu.Unlock()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, text, err
}
