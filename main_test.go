// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/release"
)

// role is the variable that makes this test binary another process: the provider, or a process that
// starts the provider.
const role = "M2M_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "provider":
		main()
	case "terraform":
		startProvider()
	default:
		os.Exit(m.Run())
	}
}

// startProvider starts the provider as Terraform does, passes its handshake on, and stays.
func startProvider() {
	provider := exec.CommandContext(context.Background(), os.Args[0])
	provider.Env = append(
		os.Environ(), role+"=provider", "PLUGIN_PROTOCOL_VERSIONS=6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
	)
	provider.ExtraFiles = []*os.File{os.NewFile(3, "life")}
	out, err := provider.StdoutPipe()
	if err == nil {
		err = provider.Start()
	}
	if err != nil {
		log.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	fmt.Print(line, err, "\n")
	select {}
}

func TestProvider_version(t *testing.T) {
	t.Parallel()
	provider := exec.CommandContext(t.Context(), os.Args[0], "-version")
	provider.Env = append(os.Environ(), role+"=provider")
	out, err := provider.Output()
	want := release.Of("", "").Line("terraform-provider-m2m")
	if err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}

// The test holds one end of a pipe whose other end only the provider holds, so that the end of the
// pipe is the end of the provider.
func TestProvider_endsWithAKilledTerraform(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not tell a process that its parent has ended.")
	}
	life, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer life.Close()
	terraform := exec.CommandContext(t.Context(), os.Args[0])
	terraform.Env = append(os.Environ(), role+"=terraform")
	terraform.ExtraFiles = []*os.File{held}
	out, err := terraform.StdoutPipe()
	if err == nil {
		err = terraform.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	held.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "1|6|unix|") {
		t.Errorf("the provider printed %q, %v", line, err)
	}
	if err := terraform.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = terraform.Wait() // It was killed.
	if err := life.SetReadDeadline(time.Now().Add(30 * parentCheck)); err != nil {
		t.Fatal(err)
	}
	if _, err := life.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the provider still lives: %v", err)
	}
}
