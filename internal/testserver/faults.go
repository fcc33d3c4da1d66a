// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fault is something that goes wrong with one request.
type Fault struct {
	name  string
	apply func(s *Server, c *call, handle endpoint) reply
}

// Refuse answers with the API's own body for a status such as 429, 500 or 503, and does not handle the request.
func Refuse(status int) Fault {
	return Fault{"refuse " + strconv.Itoa(status), func(s *Server, c *call, _ endpoint) reply {
		return s.refusal(c, status)
	}}
}

// LoseReply handles the request, then closes the connection without an answer.
func LoseReply() Fault {
	return Fault{"lose reply", func(_ *Server, c *call, handle endpoint) reply {
		handle(c)
		return reply{ending: closedUnanswered}
	}}
}

// ResetConnection resets the connection and does not handle the request.
func ResetConnection() Fault {
	return Fault{"reset connection", func(*Server, *call, endpoint) reply {
		return reply{ending: resetUnanswered}
	}}
}

// HTMLPage answers with the error page of a proxy in front, and does not handle the request.
func HTMLPage(status int) Fault {
	text := http.StatusText(status)
	page := fmt.Sprintf("<html>\n<head><title>%d %s</title></head>\n<body><center><h1>%d %s</h1></center></body>\n</html>\n",
		status, text, status, text)
	return Respond(status, "text/html", page)
}

// Respond answers as told, and does not handle the request.
func Respond(status int, contentType, body string) Fault {
	return Fault{"respond " + strconv.Itoa(status), func(*Server, *call, endpoint) reply {
		return reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: []byte(body)}
	}}
}

// faultQueues holds the faults that wait for a request to their route.
type faultQueues struct {
	mu      sync.Mutex
	byRoute map[string][]Fault
}

func (q *faultQueues) add(route string, faults []Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.byRoute == nil {
		q.byRoute = map[string][]Fault{}
	}
	q.byRoute[route] = append(q.byRoute[route], faults...)
}

func (q *faultQueues) take(route string) (Fault, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.byRoute[route]
	if len(waiting) == 0 {
		return Fault{}, false
	}
	q.byRoute[route] = waiting[1:]
	return waiting[0], true
}

// refusals holds what the API says with a status of its own accord. The text of 429 is that of API contract 1.6.
//
// ASSUMED: the texts of the 5xx are those that the API's HTTP framework gives by default.
var refusals = map[int]struct{ code, message string }{
	http.StatusTooManyRequests:     {"too_many_requests", "Global limit has been reached"},
	http.StatusInternalServerError: {"", "An internal server error occurred"},
	http.StatusBadGateway:          {"", "Bad Gateway"},
	http.StatusServiceUnavailable:  {"", "Service Unavailable"},
	http.StatusGatewayTimeout:      {"", "Gateway Timeout"},
}

// refusal words a refused request as the endpoint that was asked would.
func (s *Server) refusal(c *call, status int) reply {
	words, known := refusals[status]
	if !known {
		words.message = http.StatusText(status)
	}
	answer := problem(status, words.code, "%s", words.message)
	if c.route.pattern == tokenPattern {
		if words.code == "" {
			words.code = "server_error"
		}
		answer = tokenError(status, words.code, words.message)
	}
	if status == http.StatusTooManyRequests {
		reset := s.clock.Now().Add(time.Second).Unix()
		answer.header["X-Ratelimit-Limit"] = []string{"50"}
		answer.header["X-Ratelimit-Remaining"] = []string{"0"}
		answer.header["X-Ratelimit-Reset"] = []string{strconv.FormatInt(reset, 10)}
	}
	return answer
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter, how ending) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 lets go of no connection; aborting resets the stream.
	}
	defer func() { _ = conn.Close() }()
	if how != resetUnanswered {
		return
	}
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if plain, ok := conn.(*net.TCPConn); ok {
		_ = plain.SetLinger(0) // Closing then sends RST in place of FIN.
		_ = plain.Close()
	}
}
