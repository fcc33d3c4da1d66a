// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package refserver

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readExports reads lines of the form `export NAME=VALUE` until all names have a value.
func readExports(r io.Reader, names []string) (map[string]string, error) {
	found := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, ok := parseExport(lines.Text())
		if !ok {
			return nil, fmt.Errorf(
				"the server printed %q instead of an export line", lines.Text(),
			)
		}
		found[name] = value
		if len(missing(found, names)) == 0 {
			return found, nil
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the server ended its output without %s", strings.Join(
		missing(found, names), ", ",
	))
}

// parseExport parses one line as a shell would. A value is unquoted or entirely in quotes.
func parseExport(line string) (name, value string, ok bool) {
	assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export ")
	if !ok {
		return "", "", false
	}
	name, value, ok = strings.Cut(strings.TrimSpace(assignment), "=")
	if !ok || name == "" {
		return "", "", false
	}
	if n := len(value); n >= 2 && (value[0] == '\'' || value[0] == '"') && value[n-1] == value[0] {
		if quote := value[0]; quote == '\'' {
			return name, strings.ReplaceAll(value[1:n-1], `'\''`, "'"), true
		}
		value, err := strconv.Unquote(value)
		return name, value, err == nil
	}
	return name, value, true
}

func missing(found map[string]string, names []string) []string {
	var out []string
	for _, name := range names {
		if found[name] == "" {
			out = append(out, name)
		}
	}
	return out
}
