// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package listen

import (
	"errors"
	"net"
	"sync"
)

// maxConnections bounds what clients can make a server hold. Further connections wait until one
// ends.
const maxConnections = 512

// bounded is a listener with a bounded number of open connections.
type bounded struct {
	net.Listener
	slots   chan struct{}
	closing chan struct{}
	once    sync.Once
}

func bound(l net.Listener, connections int) net.Listener {
	return &bounded{
		Listener: l, slots: make(chan struct{}, connections), closing: make(chan struct{}),
	}
}

// Accept waits for a free slot, then for a connection.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.slots <- struct{}{}:
	case <-b.closing:
		return nil, net.ErrClosed
	}
	conn, err := b.Listener.Accept()
	if err != nil {
		<-b.slots
		return nil, err
	}
	return &counted{Conn: conn, free: sync.OnceFunc(func() { <-b.slots })}, nil
}

func (b *bounded) Close() error {
	b.once.Do(func() { close(b.closing) })
	return b.Listener.Close()
}

// counted frees its slot when it is closed.
type counted struct {
	net.Conn
	free func()
}

func (c *counted) Close() error {
	defer c.free()
	return c.Conn.Close()
}

// NetConn returns the connection without the count, to set its options.
func (c *counted) NetConn() net.Conn { return c.Conn }

// CloseWrite lets the HTTP server end its side first, so that a client that still sends can read
// the reply.
func (c *counted) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
