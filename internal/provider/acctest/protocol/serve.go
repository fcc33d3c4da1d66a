// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
)

// Factories are the providers of a test, by name.
type Factories = map[string]func() (tfprotov6.ProviderServer, error)

// retryTimeout lets a test that never succeeds fail soon.
const retryTimeout = 10 * time.Second

// Options returns options for a provider with its own environment, so that tests with different
// environments can run in parallel.
func Options(env map[string]string) provider.Options {
	return provider.Options{
		Version: "test", Getenv: func(name string) string { return env[name] },
		RetryTimeout: retryTimeout,
	}
}

// Serving serves the provider with the given options, and compares it with the framework alone.
func Serving(o provider.Options) Factories {
	serve := newCompared(o)
	return Factories{"m2m": func() (tfprotov6.ProviderServer, error) { return serve(), nil }}
}

// ProviderWith serves the provider in the given environment.
func ProviderWith(env map[string]string) Factories { return Serving(Options(env)) }

// Together makes the Management API client wait until n changes of scopes can share a request.
func Together(n int) func(pending func() int) {
	return func(pending func() int) {
		for deadline := time.Now().Add(time.Minute); pending() < n && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
	}
}
