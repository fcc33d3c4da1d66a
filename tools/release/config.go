// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// config is the part of .goreleaser.yaml that decides the names and the bytes of the files.
type config struct {
	ProjectName string    `yaml:"project_name"`
	Builds      []build   `yaml:"builds"`
	Archives    []archive `yaml:"archives"`
	Checksum    struct {
		NameTemplate string `yaml:"name_template"`
		ExtraFiles   []struct {
			Glob         string `yaml:"glob"`
			NameTemplate string `yaml:"name_template"`
		} `yaml:"extra_files"`
	} `yaml:"checksum"`
}

type build struct {
	ID      string   `yaml:"id"`
	Binary  string   `yaml:"binary"`
	Main    string   `yaml:"main"`
	Env     []string `yaml:"env"`
	Flags   []string `yaml:"flags"`
	Tags    []string `yaml:"tags"`
	Ldflags []string `yaml:"ldflags"`
	Targets []string `yaml:"targets"`
}

type archive struct {
	IDs             []string `yaml:"ids"`
	Formats         []string `yaml:"formats"`
	FormatOverrides []struct {
		Goos    string   `yaml:"goos"`
		Formats []string `yaml:"formats"`
	} `yaml:"format_overrides"`
	NameTemplate string `yaml:"name_template"`
	Files        []struct {
		Src string `yaml:"src"`
	} `yaml:"files"`
}

func readConfig(path string) (config, error) {
	var c config
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// platforms are the platforms of the provider.
func (c config) platforms() []platform {
	var all []platform
	for _, target := range c.Builds[0].Targets {
		goos, goarch, _ := strings.Cut(target, "_")
		all = append(all, platform{goos, goarch})
	}
	return all
}

// format returns the format of an archive for an operating system.
func (a archive) format(goos string) string {
	for _, override := range a.FormatOverrides {
		if override.Goos == goos {
			return override.Formats[0]
		}
	}
	return a.Formats[0]
}

// values are the fields of templates that the configuration uses.
type values struct {
	ProjectName, Version, Os, Arch, FullCommit, CommitDate string
}

func (v values) expand(text string) (string, error) {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, v)
	return out.String(), err
}
