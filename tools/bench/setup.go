// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

// newBench prepares the subjects in dir.
func newBench(soft, hard context.Context, dir string, o options) (*bench, error) {
	for _, path := range []*string{
		&o.provider, &o.server, &o.metered, &o.cli, &o.configs, &o.compare, &o.compareConfig,
	} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return nil, err
		}
		*path = absolute
	}
	b := &bench{
		soft: soft, hard: hard, cli: o.cli, server: o.server,
		timeout: o.timeout, runs: o.runs, once: o.once,
		subjects: map[string]*subject{
			ours: {
				name: ours, config: filepath.Join(o.configs, "m2m"), source: cli.Source,
				binary: o.provider,
			},
			floor: {name: floor, config: filepath.Join(o.configs, "floor")},
		},
	}
	if o.compare != "" {
		if o.compareConfig == "" {
			o.compareConfig = filepath.Join(o.configs, "auth0")
		}
		b.subjects[incumbent] = &subject{
			name: incumbent, config: o.compareConfig, source: o.compareSource,
			binary: o.compare, https: true,
		}
	}
	for _, s := range b.subjects {
		if err := s.prepare(dir, o.metered); err != nil {
			return nil, err
		}
	}
	return b, b.readServerFlags()
}

// machine describes where the benchmark runs.
func (b *bench) machine() Machine {
	m := Machine{
		System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(),
		CLI: filepath.Base(b.cli),
	}
	var version struct {
		Terraform string `json:"terraform_version"`
	}
	cmd := process.Command(b.soft, b.cli, "version", "-json")
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	if out, err := cmd.Output(); err == nil && json.Unmarshal(out, &version) == nil {
		m.CLI += " " + version.Terraform
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(load), &m.Load)
	}
	return m
}

// sizeOf reads the size of a binary, and whether it has a symbol table.
func sizeOf(file string) (Size, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Size{}, err
	}
	size := Size{Bytes: info.Size()}
	if binary, err := elf.Open(file); err == nil {
		size.Stripped = binary.Section(".symtab") == nil
		_ = binary.Close()
	}
	return size, nil
}

// commandLine is the command that repeats the run: make bench with the flags that make does not set
// itself.
func commandLine(args []string) string {
	var own []string
	for i := 0; i < len(args); i++ {
		name, value, inOne := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if name != "check" && !inOne && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch name {
		case "provider", "server", "metered", "cli", "configs", "json", "page":
		case "check":
			own = append(own, "-check")
		case "compare":
			own = append(own, "-compare "+filepath.Base(value))
		default:
			own = append(own, "-"+name+" "+value)
		}
	}
	if len(own) == 0 {
		return "make bench"
	}
	return fmt.Sprintf("make bench BENCHFLAGS='%s'", strings.Join(own, " "))
}
