// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestControl_addressBeyondLoopbackNeedsPermission(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", "[::]:0"} {
		server, err := testserver.Listen(testserver.Config{
			ControlAddr: addr, SigningKeys: servertest.SigningKeys()[:2],
		})
		if err == nil {
			_ = server.Close()
		}
		if !errors.Is(err, testserver.ErrControlReachable) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for addr, warns := range map[string]bool{
		"0.0.0.0:0": true, "127.0.0.1:0": false, "localhost:0": false, ":0": false,
	} {
		var log bytes.Buffer
		servertest.NewWith(t, testserver.Config{
			ControlAddr: addr, RemoteControl: true, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if warned := strings.Contains(log.String(), "level=WARN"); warned != warns {
			t.Errorf("%s: the log says %q", addr, log.String())
		}
	}
}
