// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package footprint

import "strings"

// loggers are the variables that set the levels of the SDK's loggers. The default level is TRACE,
// even if Terraform discards the log.
var loggers = []string{
	"TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO",
}

// requests are the variables with which a user requests a log that contains lines of this provider.
var requests = append([]string{"TF_LOG", "TF_LOG_PROVIDER_M2M"}, loggers...)

// QuietLogs turns the SDK's loggers off if no environment variable requests a log. It must run
// before the provider is served, because the loggers read their level from the environment.
func QuietLogs(getenv func(string) string, setenv func(name, value string) error) error {
	for _, name := range requests {
		if level := getenv(name); level != "" && !strings.EqualFold(level, "off") {
			return nil
		}
	}
	for _, name := range loggers {
		if err := setenv(name, "off"); err != nil {
			return err
		}
	}
	return nil
}
