// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"crypto/tls"
	"net"
	"net/http"
)

// hangUp ends the connection without a reply.
func hangUp(w http.ResponseWriter, how Ending) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// An HTTP/2 connection cannot be hijacked; aborting resets the stream.
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	if how != ResetUnanswered {
		return
	}
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	plain := conn
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok {
		plain = wrapped.NetConn()
	}
	if plain, ok := plain.(*net.TCPConn); ok {
		_ = plain.SetLinger(0) // Closing then sends RST instead of FIN.
	}
	_ = conn.Close()
}

// breakOff sends half of a body, after a header with its full length, then ends the connection.
func breakOff(w http.ResponseWriter, body []byte) {
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) // Over HTTP/2, aborting resets the stream.
}

// Ending is how an exchange ends on the wire.
type Ending int

// The ways in which an exchange can end.
const (
	Answered         Ending = iota
	ClosedUnanswered        // The connection is closed instead of sending a reply.
	ResetUnanswered         // The connection is reset instead of sending a reply.
	Truncated               // The connection is closed in the middle of the reply.
)
