// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/refserver"
)

// demo is one run. Once it runs, all paths are absolute.
type demo struct {
	provider, server, review, cli, config string

	watch   bool     // Wait for an interrupt before the end.
	page    string   // The address of the server's page; only if watch is set.
	dir     string   // Contains the copied configuration and its state.
	env     []string // The environment of the CLI.
	applied bool     // Whether there may be something to destroy.
}

// serverVariables are the variables that the reference server prints and the demo needs.
var serverVariables = []string{
	"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET",
	"M2M_CLIENT_ID", "M2M_CLIENT_SECRET", "M2M_SAMPLE_API_URL",
}

// controlVariable is the address of the control API and of the page.
const controlVariable = "M2M_CONTROL_URL"

// exitWidens is the exit code of m2m-review if somebody gains access.
const exitWidens = 2

// token is the result of the data source in the state.
type token struct {
	AccessToken string `json:"access_token"`
	Audience    string `json:"audience"`
}

// run does everything from start to cleanup. It returns the errors of the two separately: after an
// interrupt, only a failed cleanup matters.
func (d *demo) run(soft, hard context.Context) (err, cleanupErr error) {
	for _, path := range []*string{&d.provider, &d.server, &d.review, &d.cli, &d.config} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err, nil
		}
	}
	work, err := os.MkdirTemp("", "m2m-demo-")
	if err != nil {
		return err, nil
	}
	defer func() { cleanupErr = errors.Join(cleanupErr, os.RemoveAll(work)) }()

	if err := d.prepare(work); err != nil {
		return err, nil
	}

	options := refserver.Options{
		Binary: d.server, Log: filepath.Join(work, "server.log"), Variables: serverVariables,
	}
	if d.watch {
		options.Args = []string{"-control-addr", "127.0.0.1:0"}
		options.Variables = append(slices.Clone(serverVariables), controlVariable)
	}
	heading("Start the reference server: %s", strings.Join(append(
		[]string{filepath.Base(d.server), "-addr 127.0.0.1:0"}, options.Args...), " "))
	srv, err := refserver.Start(soft, hard, options)
	if err != nil {
		return err, nil
	}
	defer func() { cleanupErr = errors.Join(cleanupErr, srv.Stop()) }()
	fmt.Println(
		"It listens on", srv.Variables["AUTH0_DOMAIN"], "and keeps its tenant in memory.",
	)
	if d.watch {
		d.page = srv.Variables[controlVariable] + "/"
		fmt.Println("Its page shows what happens:", d.page)
	}

	d.env = cli.Env(os.Environ(), srv.Variables, filepath.Join(work, "cli.tfrc"), wantsColor())
	if err := d.mainJob(soft, hard, srv.Variables["M2M_SAMPLE_API_URL"]); err != nil {
		return fmt.Errorf("%w%s", err, srv.LastLog()), d.cleanup(hard)
	}
	return nil, nil
}

// prepare fills the working folder: a mirror with the provider, a CLI configuration that points to
// the mirror, and a copy of the Terraform configuration.
func (d *demo) prepare(work string) error {
	mirror := filepath.Join(work, "mirror")
	for _, path := range cli.MirrorPaths(mirror, cli.Source, cli.LocalVersion) {
		if err := cli.CopyFile(path, d.provider); err != nil {
			return err
		}
	}
	if err := os.WriteFile(
		filepath.Join(work, "cli.tfrc"), []byte(cli.Config(mirror)), 0o600,
	); err != nil {
		return err
	}
	d.dir = filepath.Join(work, "config")
	return cli.CopyConfig(d.dir, d.config)
}

func (d *demo) mainJob(soft, hard context.Context, sampleAPI string) error {
	heading("Initialize: %s init", d.cliName())
	// The output of init is useful only if it fails: with a mirror, it contains warnings about
	// checksums for other platforms.
	if _, err := d.quietCLI(soft, hard, "init"); err != nil {
		return err
	}
	fmt.Println("The provider was installed from the local build, without a registry.")

	heading("Create an API and a grant, and fetch a token: %s apply -auto-approve", d.cliName())
	d.applied = true
	if err := d.runCLI(soft, hard, "apply", "-auto-approve"); err != nil {
		return err
	}

	heading("Read the token from the state: %s show -json", d.cliName())
	state, err := d.quietCLI(soft, hard, "show", "-json")
	if err != nil {
		return err
	}
	tok, err := tokenInState([]byte(state))
	if err != nil {
		return err
	}
	fmt.Printf("The data source stored it: %d characters for %s, not shown here.\n",
		len(tok.AccessToken), tok.Audience)

	heading("Call the sample API for a scope that is granted, read:orders")
	if _, err := call(soft, http.MethodGet, sampleAPI, tok, http.StatusOK); err != nil {
		return err
	}

	heading("Call the sample API for a scope that is not granted, write:orders")
	challenge, err := call(soft, http.MethodPost, sampleAPI, tok, http.StatusForbidden)
	if err != nil {
		return err
	}
	if !strings.Contains(challenge, "insufficient_scope") {
		return fmt.Errorf(
			"the 403 has no insufficient_scope in WWW-Authenticate: %q", challenge,
		)
	}

	heading("Plan again, which must find no changes: %s plan -detailed-exitcode", d.cliName())
	if err := d.runCLI(soft, hard, "plan", "-detailed-exitcode"); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 2 {
			return errors.New("the second plan is not empty")
		}
		return err
	}

	if err := d.widen(soft, hard); err != nil {
		return err
	}

	if d.watch {
		heading("Look at the page: %s", d.page)
		fmt.Println("Interrupt this with Ctrl-C to destroy everything and to end.")
		<-soft.Done()
		return context.Cause(soft)
	}

	heading("Destroy: %s destroy -auto-approve", d.cliName())
	if err := d.runCLI(soft, hard, "destroy", "-auto-approve"); err != nil {
		return err
	}
	d.applied = false

	fmt.Println("\nThe demo passed: applied, 200 with the token, 403 without the scope, an empty " +
		"second plan, a reviewed change, destroyed.")
	return nil
}

// widen grants another scope, and reviews the plan before the apply.
func (d *demo) widen(soft, hard context.Context) error {
	heading("Plan to grant another scope: %s plan -out=plan.out -var 'scopes=...'", d.cliName())
	scopes := `-var=scopes=["read:orders","write:orders"]`
	if err := d.runCLI(soft, hard, "plan", "-out=plan.out", scopes); err != nil {
		return err
	}
	plan, err := d.quietCLI(soft, hard, "show", "-json", "plan.out")
	if err != nil {
		return err
	}

	heading("Review who gains access: %s show -json plan.out | m2m-review", d.cliName())
	review := process.Command(soft, d.review)
	review.Stdin, review.Stdout, review.Stderr = strings.NewReader(plan), os.Stdout, os.Stderr
	err = process.Run(hard, review)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitWidens {
		return errors.Join(errors.New("the review did not find that the plan widens access"), err)
	}

	heading("Apply the reviewed plan: %s apply plan.out", d.cliName())
	return d.runCLI(soft, hard, "apply", "plan.out")
}

// cleanup destroys what was applied, unless a second interrupt has ended hard. Soft may have ended
// already, so only hard interrupts it. It prints the output only on failure, because the reader may
// have gone.
func (d *demo) cleanup(hard context.Context) error {
	// An apply that failed early has written no state.
	if !d.applied || process.Ended(hard) || !exists(filepath.Join(d.dir, "terraform.tfstate")) {
		return nil
	}
	fmt.Fprintln(os.Stderr, "\nDestroying what was applied.")
	_, err := d.quietCLI(hard, hard, "destroy", "-auto-approve")
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (d *demo) cliName() string {
	return filepath.Base(d.cli)
}

// runCLI runs the CLI in the folder of the configuration and passes its output on.
func (d *demo) runCLI(soft, hard context.Context, args ...string) error {
	return d.startCLI(soft, hard, os.Stdout, os.Stderr, args...)
}

// quietCLI runs the CLI and returns its standard output. On failure, the error contains all output.
func (d *demo) quietCLI(soft, hard context.Context, args ...string) (string, error) {
	var out, problems strings.Builder
	if err := d.startCLI(soft, hard, &out, &problems, args...); err != nil {
		return "", fmt.Errorf("%w\n%s%s", err, out.String(), problems.String())
	}
	return out.String(), nil
}

func (d *demo) startCLI(
	soft, hard context.Context, stdout, stderr io.Writer, args ...string,
) error {
	cmd := process.Command(soft, d.cli, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = d.dir, d.env, stdout, stderr
	if err := process.Run(hard, cmd); err != nil {
		return fmt.Errorf("%s %s: %w", d.cliName(), strings.Join(args, " "), err)
	}
	return nil
}

// tokenInState finds the access token data source in the output of `show -json`.
func tokenInState(state []byte) (token, error) {
	var in struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Mode   string          `json:"mode"`
					Type   string          `json:"type"`
					Values json.RawMessage `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal(state, &in); err != nil {
		return token{}, fmt.Errorf("read the state: %w", err)
	}
	for _, r := range in.Values.RootModule.Resources {
		if r.Mode != "data" || r.Type != "m2m_access_token" {
			continue
		}
		var tok token
		if err := json.Unmarshal(r.Values, &tok); err != nil {
			return token{}, fmt.Errorf("read the token in the state: %w", err)
		}
		if tok.AccessToken == "" || tok.Audience == "" {
			return token{}, errors.New("data.m2m_access_token in the state lacks access_token or " +
				"audience")
		}
		return tok, nil
	}
	return token{}, errors.New("the state has no data.m2m_access_token")
}

// call calls the sample API with the token, prints the request and the reply, and returns the
// WWW-Authenticate header.
func call(ctx context.Context, method, sampleAPI string, tok token, want int) (string, error) {
	u, err := url.Parse(sampleAPI)
	if err != nil {
		return "", err
	}
	query := u.Query()
	query.Set("audience", tok.Audience)
	u.RawQuery = query.Encode()

	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+tok.AccessToken)
	fmt.Printf("%s %s\nAuthorization: Bearer (the token)\n\n", method, u)

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", err
	}
	challenge := resp.Header.Get("WWW-Authenticate")
	fmt.Println(resp.Status)
	if challenge != "" {
		fmt.Println("WWW-Authenticate:", challenge)
	}
	fmt.Println(strings.TrimSpace(string(body)))
	if resp.StatusCode != want {
		return "", fmt.Errorf(
			"the sample API answered %d to %s instead of %d", resp.StatusCode, method, want,
		)
	}
	return challenge, nil
}

func heading(format string, args ...any) {
	fmt.Printf("\n==> "+format+"\n", args...)
}

// wantsColor reports whether standard output is a terminal and NO_COLOR is not set.
func wantsColor() bool {
	info, err := os.Stdout.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}
