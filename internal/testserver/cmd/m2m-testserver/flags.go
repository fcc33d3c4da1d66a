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
It keeps its state in memory and loses it when it stops, unless -data is given.

Once it is ready, it prints export lines that point Terraform at it to standard
output, and nothing else. To start it in the background and use it from the same
shell:

  eval "$(m2m-testserver &)"

Then it prints a summary to standard error, which ends with the command that
stops it, and after that only warnings. -log FILE writes a line for each request.
A second signal to stop aborts the requests in progress.

Flags:
`

// options are the values of the flags. read and secure process the files and the certificate.
type options struct {
	server    testserver.Config
	tls       bool
	caOut     string
	seed      string
	faults    string
	log       string // The file; "-" is standard error, and "" means warnings only.
	logFormat string
	version   bool // Print the version instead of serving.
}

// parseFlags prints what is wrong with the arguments to stderr, in one line.
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
	case err == nil && o.server.RemoteControl && o.server.ControlAddr == "":
		err = errors.New("-remote-control has no effect without -control-addr")
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
		"`HOST:PORT` to listen on; port 0 picks a free port, and an empty host means 127.0.0.1 "+
			"(default 127.0.0.1:4646)",
	)
	flags.BoolVar(
		&o.tls, "tls", false,
		"use HTTPS with a new certificate authority, whose certificate SSL_CERT_FILE names",
	)
	flags.StringVar(
		&o.caOut, "ca-out", "",
		"with -tls, `FILE` to write the authority's certificate to (default a temporary file)",
	)
	flags.Func("issuer", "`URL` of the tenant, if it differs from the address that it listens on",
		func(text string) error {
			_, err := url.Parse(text)
			o.server.Issuer = text
			return err
		})
	flags.StringVar(
		&o.seed, "seed", "",
		"YAML or JSON `FILE` with objects for the tenant to start with, besides the seeded "+
			"clients and the sample API",
	)
	flags.StringVar(
		&o.server.Data, "data", "",
		"`FILE` to keep the tenant in across restarts; its content takes precedence over -seed",
	)
	flags.Func("rate-limit", "`RPS,BURST` of the Management API, for example 2,10; the token "+
		"endpoint has a separate limit, ten times as large", func(text string) (err error) {
		reset := o.server.RateLimit.Reset
		o.server.RateLimit, err = parseRateLimit(text)
		o.server.RateLimit.Reset = reset
		return err
	})
	flags.Func("rate-reset", "`MEANING` of x-ratelimit-reset: full or next, when the bucket is "+
		"full or has the next token, or past, a moment that is over (default full)",
		func(text string) error {
			o.server.RateLimit.Reset = testserver.Reset(text)
			switch o.server.RateLimit.Reset {
			case testserver.ResetFull, testserver.ResetNext, testserver.ResetPast:
				return nil
			default:
				return errors.New("the meaning must be full, next or past")
			}
		})
	flags.Func("latency", "`DURATION` to delay each reply by, for example 50ms",
		func(text string) (err error) {
			o.server.Latency, err = time.ParseDuration(text)
			if err == nil && o.server.Latency < 0 {
				err = errors.New("a latency cannot be negative")
			}
			return err
		})
	flags.StringVar(
		&o.faults, "faults", "",
		"YAML or JSON `FILE` with faults by route, count or probability; the -awkward seed, or 0, "+
			"determines the random choices",
	)
	flags.Func("awkward", "make replies unusual but valid, determined by this `SEED`: other "+
		"orders, extra properties, small pages, lagging reads", func(text string) error {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return errors.New("a seed must be a whole number, 0 or more")
		}
		o.server.Awkward, o.server.Seed = &seed, seed
		return nil
	})
	address(
		flags, &o.server.ControlAddr, "control-addr",
		"`HOST:PORT` of the control API: reset, snapshot, faults, clock and request log (default "+
			"off)",
	)
	flags.BoolVar(
		&o.server.RemoteControl, "remote-control", false,
		"let -control-addr be an address that other machines can reach, for example in a "+
			"container; everybody who reaches it can read all secrets and private keys",
	)
	flags.BoolVar(&o.version, "version", false, "print the version and exit")
	flags.StringVar(
		&o.log, "log", "",
		"`FILE` to add a line to for each request, besides the warnings; - is standard error",
	)
	flags.Func("log-format", "`FORMAT` of the log, text or json (default text)",
		func(text string) error {
			o.logFormat = text
			if text != "text" && text != "json" {
				return errors.New("the format must be text or json")
			}
			return nil
		})
}

// address defines a flag for an address, and checks the form of the address at once.
func address(flags *flag.FlagSet, target *string, name, text string) {
	flags.Func(name, text, func(given string) error {
		_, _, err := net.SplitHostPort(given)
		if wrong, ok := errors.AsType[*net.AddrError](err); ok {
			return fmt.Errorf(
				"%s; an address has the form HOST:PORT, for example 127.0.0.1:4646", wrong.Err,
			)
		}
		*target = given
		return err
	})
}

func parseRateLimit(text string) (testserver.RateLimit, error) {
	perSecond, burst, _ := strings.Cut(text, ",")
	rps, rateErr := strconv.ParseFloat(perSecond, 64)
	size, burstErr := strconv.Atoi(burst)
	// Outside this range, the tenfold bucket of the token endpoint or the time of the next request
	// could overflow.
	const least, most = 1e-6, 1e6
	if rateErr != nil || burstErr != nil || !(rps >= least && rps <= most) || size < 1 ||
		size > most {
		return testserver.RateLimit{}, errors.New("a limit must be two positive numbers, " +
			"requests per second and burst, such as 2,10, each at most a million")
	}
	return testserver.RateLimit{PerSecond: rps, Burst: size}, nil
}

// logger returns a logger for warnings to stderr, and for everything to the file that -log names.
func (o options) logger(stderr io.Writer) (*slog.Logger, error) {
	switch o.log {
	case "":
		return slog.New(o.handler(stderr, slog.LevelWarn)), nil
	case "-":
		return slog.New(o.handler(stderr, slog.LevelInfo)), nil
	}
	file, err := os.OpenFile(o.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return slog.New(slog.NewMultiHandler(
		o.handler(stderr, slog.LevelWarn), o.handler(file, slog.LevelInfo),
	)), nil
}

func (o options) handler(w io.Writer, least slog.Level) slog.Handler {
	settings := &slog.HandlerOptions{Level: least}
	if o.logFormat == "json" {
		return slog.NewJSONHandler(w, settings)
	}
	return slog.NewTextHandler(w, settings)
}

// read reads the files that the flags name.
func (o *options) read() (rules []testserver.FaultRule, err error) {
	if o.seed != "" {
		//nolint:gosec // The user who starts the server chooses the file.
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
