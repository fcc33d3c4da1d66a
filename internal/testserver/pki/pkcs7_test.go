// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPKCS7_containsTheCertificate(t *testing.T) {
	t.Parallel()
	// The output of `openssl crl2pkcs7 -nocrl`, with an empty sequence as the certificate.
	const bag = "-----BEGIN PKCS7-----\nMCcGCSqGSIb3DQEHAqAaMBgCAQExADALBgkqhkiG9w0BBwGgAjAAMQA=\n-----END PKCS7-----\n"
	if diff := cmp.Diff(bag, PKCS7([]byte{0x30, 0x00})); diff != "" {
		t.Errorf("bag (-want +got):\n%s", diff)
	}
}
