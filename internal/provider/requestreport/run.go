// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package requestreport

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// currentRun identifies the run by the process that started this one, which is Terraform. On Linux,
// it includes the start time of that process, because in a container Terraform often has the same
// process id in each run.
func currentRun() string {
	id := strconv.Itoa(os.Getppid())
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", id))
	if err != nil {
		return id
	}
	// The name of the command, in parentheses, is the second field and may contain spaces. The
	// start time is the 22nd field.
	_, after, _ := bytes.Cut(stat, []byte(") "))
	if fields := bytes.Fields(after); len(fields) > 19 {
		return id + "-" + string(fields[19])
	}
	return id
}
