// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package footprint

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuietLogs(t *testing.T) {
	t.Parallel()
	quiet := map[string]string{
		"TF_LOG_PROVIDER": "off", "TF_LOG_SDK": "off", "TF_LOG_SDK_FRAMEWORK": "off",
		"TF_LOG_SDK_PROTO": "off",
	}
	with := func(name, value string) map[string]string {
		all := maps.Clone(quiet)
		all[name] = value
		return all
	}
	requested := func(name, level string) map[string]string {
		return map[string]string{name: level}
	}
	for name, tt := range map[string]struct{ env, want map[string]string }{
		"no variable":          {nil, quiet},
		"all levels":           {requested("TF_LOG", "DEBUG"), requested("TF_LOG", "DEBUG")},
		"all levels off":       {requested("TF_LOG", "OFF"), with("TF_LOG", "OFF")},
		"all levels empty":     {requested("TF_LOG", ""), with("TF_LOG", "")},
		"providers":            {requested("TF_LOG_PROVIDER", "INFO"), requested("TF_LOG_PROVIDER", "INFO")},
		"this provider":        {requested("TF_LOG_PROVIDER_M2M", "WARN"), requested("TF_LOG_PROVIDER_M2M", "WARN")},
		"another provider":     {requested("TF_LOG_PROVIDER_AUTH0", "WARN"), with("TF_LOG_PROVIDER_AUTH0", "WARN")},
		"SDK":                  {requested("TF_LOG_SDK", "trace"), requested("TF_LOG_SDK", "trace")},
		"SDK, off":             {requested("TF_LOG_SDK", "off"), quiet},
		"framework":            {requested("TF_LOG_SDK_FRAMEWORK", "trace"), requested("TF_LOG_SDK_FRAMEWORK", "trace")},
		"protocol":             {requested("TF_LOG_SDK_PROTO", "json"), requested("TF_LOG_SDK_PROTO", "json")},
		"only Terraform's own": {requested("TF_LOG_CORE", "trace"), with("TF_LOG_CORE", "trace")},
		"only a file":          {requested("TF_LOG_PATH", "tf.log"), with("TF_LOG_PATH", "tf.log")},
		"dump of the protocol": {
			requested("TF_LOG_SDK_PROTO_DATA_DIR", "dump"), with("TF_LOG_SDK_PROTO_DATA_DIR", "dump"),
		},
	} {
		got := maps.Clone(tt.env)
		if got == nil {
			got = map[string]string{}
		}
		err := QuietLogs(
			func(name string) string { return got[name] },
			func(name, value string) error { got[name] = value; return nil },
		)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}
