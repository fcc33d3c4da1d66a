// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package schema describes bodies and queries property by property and says what is wrong with one,
// in the words of the API. It returns texts, and whoever asks makes refusals of them: it knows no
// HTTP and no objects.
package schema
