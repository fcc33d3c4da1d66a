// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"log"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Factories are the providers of a test, by name.
type Factories = map[string]func() (tfprotov6.ProviderServer, error)

// Env returns the environment of a provider that uses the tenant. Changes are pairs of name and
// value; an empty value unsets the variable.
func (n *Tenant) Env(changes ...string) map[string]string {
	env := map[string]string{
		"AUTH0_DOMAIN":        n.URL(),
		"AUTH0_CLIENT_ID":     testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	}
	for pair := range slices.Chunk(changes, 2) {
		env[pair[0]] = pair[1]
	}
	return env
}

// Options returns options for a provider with its own environment, so that tests with different
// environments can run in parallel.
func Options(env map[string]string) provider.Options {
	return provider.Options{Version: "test", Getenv: func(name string) string { return env[name] }}
}

// Serving serves the provider with the given options.
func Serving(o provider.Options) Factories {
	return Factories{"m2m": providerserver.NewProtocol6WithError(provider.New(o)())}
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

// servesProvider is the variable that makes a test binary serve the provider.
const servesProvider = "M2M_TEST_SERVES_PROVIDER"

// Main is the TestMain of a package that uses CLI, because CLI runs the test binary as the
// provider.
func Main(m *testing.M) {
	if os.Getenv(servesProvider) == "" {
		os.Exit(m.Run())
	}
	opts := providerserver.ServeOpts{Address: "registry.terraform.io/terraform-m2m/m2m"}
	if err := providerserver.Serve(
		context.Background(), provider.New(provider.Options{Version: "test"}), opts,
	); err != nil {
		log.Fatal(err)
	}
}
