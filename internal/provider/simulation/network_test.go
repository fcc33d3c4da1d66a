// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Fault is what happens to one request.
type Fault string

// The faults. Those that are named "after" take effect on the tenant.
const (
	Refused         Fault = "refused connection"
	Reset           Fault = "reset"
	LostReply       Fault = "lost reply after"
	Unavailable     Fault = "503"
	BadGateway      Fault = "502 after"
	Limited         Fault = "429"
	LimitedUnsigned Fault = "429 without headers"
	Silence         Fault = "no answer"
	SilenceAfter    Fault = "no answer after"
	CutBody         Fault = "cut body after"
	Page            Fault = "HTML"
	PageAfter       Fault = "HTML after"
	EmptyBody       Fault = "empty 200 after"
	OtherObject     Fault = "another object"
	StaleRead       Fault = "stale read"
	StaleNotFound   Fault = "stale 404"
	Unauthorized    Fault = "401"
	Forbidden       Fault = "403"
)

// Faults are all faults.
var Faults = []Fault{
	Refused, Reset, LostReply, Unavailable, BadGateway, Limited, LimitedUnsigned, Silence,
	SilenceAfter, CutBody, Page, PageAfter, EmptyBody, OtherObject, StaleRead, StaleNotFound,
	Unauthorized, Forbidden,
}

// Network is the network between a provider and the tenant. It counts requests from 0.
type Network struct {
	Tenant http.Handler
	// Faults are the faults of single requests.
	Faults map[int]Fault
	// Outage is the fault of all requests from OutageFrom to OutageTo, which is not included.
	Outage               Fault
	OutageFrom, OutageTo int
	// CrashAt is the request during which the provider is killed; 0 means never. The request takes
	// effect.
	CrashAt int
	// Latency returns how long a request or an answer is under way. It may be nil.
	Latency func() time.Duration

	mu      sync.Mutex
	sent    int
	crashed bool
	faulty  int // Requests with a fault.
	log     []event
	secrets []string            // Access tokens.
	earlier map[string][]answer // The answers to a GET, by its URL.
}

// event is a line of the log.
type event struct {
	at   time.Time
	line string
}

// lines returns the log without times.
func (n *Network) lines() (lines []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.log {
		lines = append(lines, e.line)
	}
	return lines
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

var errCrashed = errors.New("the provider was killed")

// RoundTrip sends a request.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	if n.crashed {
		n.mu.Unlock()
		return nil, errCrashed
	}
	number := n.sent
	n.sent++
	fault := n.Faults[number]
	if n.Outage != "" && n.OutageFrom <= number && number < n.OutageTo {
		fault = n.Outage
	}
	if !n.concerns(fault, r) {
		fault = ""
	}
	line := fmt.Sprintf("%d %s %s", number, r.Method, r.URL.Path)
	if fault != "" {
		n.faulty++
		line += " (" + string(fault) + ")"
	}
	if n.CrashAt > 0 && number == n.CrashAt {
		n.crashed = true
		line += " (killed)"
	}
	n.mu.Unlock()
	n.travel()
	n.mu.Lock()
	n.log = append(n.log, event{time.Now(), line})
	n.mu.Unlock()
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && fault != Refused {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	a, err := n.answer(r, fault)
	n.travel()
	switch {
	case n.hasCrashed():
		return nil, errCrashed
	case err != nil:
		return nil, err
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(a.body)),
		Body: io.NopCloser(bytes.NewReader(a.body)),
	}, nil
}

// travel lets the time pass that a request or an answer is under way.
func (n *Network) travel() {
	if n.Latency == nil {
		return
	}
	n.mu.Lock()
	latency := n.Latency()
	n.mu.Unlock()
	time.Sleep(latency)
}

func (n *Network) hasCrashed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.crashed
}

// concerns reports whether a fault makes a difference to a request.
func (n *Network) concerns(fault Fault, r *http.Request) bool {
	read := r.Method == http.MethodGet
	// A list that lacks an object cannot be told from the truth.
	single := strings.Count(r.URL.Path, "/") == len("/api/v2/things/id")-len("apiv2thingsid")
	switch fault {
	case OtherObject:
		return strings.HasPrefix(r.URL.Path, "/api/") && (single || !read)
	case StaleRead:
		return len(n.earlier[r.URL.String()]) > 0
	case StaleNotFound:
		return read && single
	default:
		return true
	}
}

//nolint:cyclop // A case for each fault.
func (n *Network) answer(r *http.Request, fault Fault) (answer, error) {
	switch fault {
	case Refused:
		return answer{}, syscall.ECONNREFUSED
	case Reset:
		return answer{}, syscall.ECONNRESET
	case LostReply:
		n.handle(r)
		return answer{}, io.ErrUnexpectedEOF
	case Unavailable:
		return page(http.StatusServiceUnavailable), nil
	case BadGateway:
		n.handle(r)
		return page(http.StatusBadGateway), nil
	case Limited:
		a := refusal(http.StatusTooManyRequests, "too_many_requests")
		a.header.Set("Retry-After", "1")
		return a, nil
	case LimitedUnsigned:
		return answer{http.StatusTooManyRequests, http.Header{}, []byte("{}")}, nil
	case Silence:
		return answer{}, silence(r.Context())
	case SilenceAfter:
		n.handle(r)
		return answer{}, silence(r.Context())
	case CutBody:
		a := n.handle(r)
		a.body = a.body[:len(a.body)/2]
		return a, nil
	case Page:
		return page(http.StatusOK), nil
	case PageAfter:
		n.handle(r)
		return page(http.StatusOK), nil
	case EmptyBody:
		a := n.handle(r)
		a.body = nil
		return a, nil
	case OtherObject:
		return other(n.handle(r)), nil
	case StaleRead:
		n.mu.Lock()
		before := n.earlier[r.URL.String()]
		n.mu.Unlock()
		n.handle(r)
		return before[len(before)-1], nil
	case StaleNotFound:
		return refusal(http.StatusNotFound, "inexistent_resource_server"), nil
	case Unauthorized:
		return refusal(http.StatusUnauthorized, "invalid_token"), nil
	case Forbidden:
		return refusal(http.StatusForbidden, "insufficient_scope"), nil
	default:
		return n.handle(r), nil
	}
}

// handle lets the tenant answer.
func (n *Network) handle(r *http.Request) answer {
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	n.Tenant.ServeHTTP(recorder, r)
	a := answer{recorder.Code, recorder.Header(), recorder.Body.Bytes()}
	var login struct {
		Token string `json:"access_token"`
	}
	if r.URL.Path == "/oauth/token" && json.Unmarshal(a.body, &login) == nil && login.Token != "" {
		n.mu.Lock()
		n.secrets = append(n.secrets, login.Token)
		n.mu.Unlock()
	}
	if r.Method == http.MethodGet && a.status == http.StatusOK {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.earlier == nil {
			n.earlier = map[string][]answer{}
		}
		key := r.URL.String()
		n.earlier[key] = append(n.earlier[key], answer{a.status, a.header, slices.Clone(a.body)})
	}
	return a
}

// other makes an answer one about another object.
func other(a answer) answer {
	if a.status == http.StatusNoContent { // Of a delete.
		a.status, a.body = http.StatusOK, []byte(`{"identifier":"urn:","id":""}`)
	}
	a.body = bytes.ReplaceAll(a.body, []byte(`"identifier":"urn:`), []byte(`"identifier":"urn:x-`))
	for _, id := range []string{"id", "client_id", "grant_id"} {
		a.body = bytes.ReplaceAll(a.body, []byte(`"`+id+`":"`), []byte(`"`+id+`":"x`))
	}
	return a
}

func silence(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func page(status int) answer {
	return answer{
		status, http.Header{"Content-Type": {"text/html"}}, []byte("<html><body>Sorry</body></html>"),
	}
}

func refusal(status int, code string) answer {
	return answer{status, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, fmt.Appendf(
		nil, `{"statusCode":%d,"error":%q,"message":"Injected.","errorCode":%q}`,
		status, http.StatusText(status), code,
	)}
}
