// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"crypto/tls"
	"net"
	"net/http"
)

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter, how Ending) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 lets go of no connection; aborting resets the stream.
	}
	defer func() { _ = conn.Close() }()
	if how != ResetUnanswered {
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

// breakOff sends half of a body whose whole length was announced, then ends the connection.
func breakOff(w http.ResponseWriter, body []byte) {
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler) // Over HTTP/2, aborting resets the stream.
}

// Ending says how an exchange ends on the wire.
type Ending int

// The ways in which an exchange ends.
const (
	Answered         Ending = iota
	ClosedUnanswered        // The connection is closed in place of an answer.
	ResetUnanswered         // The connection is reset in place of an answer.
	Truncated               // The connection is closed in the middle of the answer.
)
