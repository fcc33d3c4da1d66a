// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const usage = `m2m-testserver runs a reference server: a tenant with a Management API, a token
endpoint and a sample API, seeded with clients whose credentials are known.
It keeps its state in memory and forgets it when it stops, unless -data is given.

When it is ready it prints export lines to standard output that point Terraform
at it, and nothing else there. The log goes to standard error. To start it in
the background of a shell and use it from there:

  eval "$(m2m-testserver &)"

Interrupt it or send SIGTERM to stop it; its process id is in the log. A second
signal cuts off the requests under way.

Flags:
`

// options are the flags. Files are read when the server is set up.
type options struct {
	server    testserver.Config
	tls       bool
	caOut     string
	seed      string
	faults    string
	logFormat string
}

// parseFlags says on stderr what is wrong with the arguments, in one line.
func parseFlags(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("m2m-testserver", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(flags, &o)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprint(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return o, err
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case err == nil && o.caOut != "" && !o.tls:
		err = errors.New("-ca-out has no effect without -tls")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "m2m-testserver: %v; -h lists the flags\n", err)
	}
	return o, err
}

func define(flags *flag.FlagSet, o *options) {
	o.server.Addr = "127.0.0.1:4646"
	address(
		flags, &o.server.Addr, "addr",
		"`HOST:PORT` to listen on; :0 picks a free port, and without a host it is 127.0.0.1 "+
			"(default 127.0.0.1:4646)",
	)
	flags.BoolVar(
		&o.tls, "tls", false,
		"speak HTTPS, with a certificate authority of its own that SSL_CERT_FILE names",
	)
	flags.StringVar(
		&o.caOut, "ca-out", "",
		"with -tls, `FILE` to write the authority's certificate to; a temporary file otherwise",
	)
	flags.Func("issuer", "`URL` that the tenant is known by, if it is not where it listens",
		func(text string) error {
			_, err := url.Parse(text)
			o.server.Issuer = text
			return err
		})
	flags.StringVar(
		&o.seed, "seed", "",
		"YAML or JSON `FILE` with what the tenant starts with besides the seeded clients and the "+
			"sample API",
	)
	flags.StringVar(
		&o.server.Data, "data", "",
		"`FILE` to keep the tenant in across restarts; what it holds goes before -seed",
	)
	flags.Func("rate-limit", "`RPS,BURST` of the Management API, for example 2,10; the token "+
		"endpoint has its own, ten times as large", func(text string) (err error) {
		o.server.RateLimit, err = parseRateLimit(text)
		return err
	})
	flags.Func("latency", "`DURATION` to hold each answer back, for example 50ms",
		func(text string) (err error) {
			o.server.Latency, err = time.ParseDuration(text)
			if err == nil && o.server.Latency < 0 {
				err = errors.New("a latency is not negative")
			}
			return err
		})
	flags.StringVar(
		&o.faults, "faults", "",
		"YAML or JSON `FILE` with faults by route, count or probability; chance goes by the "+
			"-awkward seed, or 0",
	)
	flags.Func("awkward", "be awkward within the rules, by this `SEED`: other orders, more "+
		"fields, small pages, reads that lag behind", func(text string) error {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return errors.New("a seed is a whole number from 0")
		}
		o.server.Awkward, o.server.Seed = &seed, seed
		return nil
	})
	address(
		flags, &o.server.ControlAddr, "control-addr",
		"`HOST:PORT` of the control API: reset, snapshot, faults, clock and request log; off "+
			"unless given",
	)
	flags.Func("log-format", "`FORMAT` of the log, text or json (default text)",
		func(text string) error {
			o.logFormat = text
			if text != "text" && text != "json" {
				return errors.New("the formats are text and json")
			}
			return nil
		})
}

// address defines a flag whose form is checked before anything starts.
func address(flags *flag.FlagSet, target *string, name, text string) {
	flags.Func(name, text, func(given string) error {
		_, _, err := net.SplitHostPort(given)
		if wrong, ok := errors.AsType[*net.AddrError](err); ok {
			return fmt.Errorf("%s; an address is HOST:PORT, for example 127.0.0.1:4646", wrong.Err)
		}
		*target = given
		return err
	})
}

func parseRateLimit(text string) (testserver.RateLimit, error) {
	perSecond, burst, _ := strings.Cut(text, ",")
	rps, rateErr := strconv.ParseFloat(perSecond, 64)
	size, burstErr := strconv.Atoi(burst)
	// Beyond these, the tenfold bucket of the token endpoint or the moment of the next request
	// would be no number any more.
	const least, most = 1e-6, 1e6
	if rateErr != nil || burstErr != nil || !(rps >= least && rps <= most) || size < 1 ||
		size > most {
		return testserver.RateLimit{}, errors.New("a limit is two positive numbers, requests per " +
			"second and burst, such as 2,10, of a million at most")
	}
	return testserver.RateLimit{PerSecond: rps, Burst: size}, nil
}

// logger writes to standard error in the chosen format.
func (o options) logger(stderr io.Writer) *slog.Logger {
	if o.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(stderr, nil))
	}
	return slog.New(slog.NewTextHandler(stderr, nil))
}

// read takes in the files that flags name.
func (o *options) read() (rules []testserver.FaultRule, err error) {
	if o.seed != "" {
		//nolint:gosec // Whoever starts the server may read any file.
		if o.server.Tenant, err = os.ReadFile(o.seed); err != nil {
			return nil, err
		}
	}
	if o.faults == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.faults) //nolint:gosec // As above.
	if err != nil {
		return nil, err
	}
	if rules, err = testserver.ParseFaults(text); err != nil {
		return nil, fmt.Errorf("%s: %w", o.faults, err)
	}
	return rules, nil
}
