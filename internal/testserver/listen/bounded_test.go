// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package listen

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
)

// pipes is a listener whose connections are pipes.
type pipes struct{ accepted int }

func (p *pipes) Accept() (net.Conn, error) {
	p.accepted++
	server, _ := net.Pipe()
	return server, nil
}
func (*pipes) Close() error   { return nil }
func (*pipes) Addr() net.Addr { return nil }

func TestBound_connectionsWaitForASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := &pipes{}
		l := bound(inner, 2)
		first, _ := l.Accept()
		_, _ = l.Accept()
		var last error
		go func() {
			for last == nil {
				_, last = l.Accept()
			}
		}()
		synctest.Wait()
		if inner.accepted != 2 {
			t.Errorf("%d connections with 2 slots", inner.accepted)
		}
		_, _ = first.Close(), first.Close() // The second has no effect.
		synctest.Wait()
		if inner.accepted != 3 {
			t.Errorf("%d connections after one ended", inner.accepted)
		}
		_ = l.Close()
		synctest.Wait()
		if !errors.Is(last, net.ErrClosed) {
			t.Errorf("a closed listener: %v", last)
		}
	})
}
