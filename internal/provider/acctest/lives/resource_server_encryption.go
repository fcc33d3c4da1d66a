// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import (
	"sync"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// encryptionKeys are two keys as PEM texts in JSON, and their thumbprints.
var encryptionKeys = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, number := range []string{"1", "2"} {
		pem := testkeys.PublicPEM()
		thumbprint, err := input.Thumbprint(pem)
		if err != nil {
			panic(err)
		}
		names["PEM_"+number], names["THUMB_"+number] = text.Encoded(pem), text.Encoded(thumbprint)
	}
	return names
})

// The tenant accepts the key only as a whole, even if one part changes. The state contains the
// thumbprint of the key, whether it is configured or not.
var tokenEncryptionRows = []Row{
	{
		Attribute: "token_encryption.encryption_key.alg",
		Config:    `token_encryption = { encryption_key = { pem = PEM_1, … } }`,
		Body:      `{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"pem":PEM_1,…}}}`,
		Steps: `
		created   | alg = "RSA-OAEP-256" | create | POST "alg":"RSA-OAEP-256"  | "RSA-OAEP-256"
		changed   | alg = "RSA-OAEP-512" | update | PATCH "alg":"RSA-OAEP-512" | "RSA-OAEP-512"
		changed   | alg = "RSA-OAEP-256" | update | PATCH "alg":"RSA-OAEP-256" | "RSA-OAEP-256"
		changed   | alg = "RSA-OAEP-256" | no-op  |                            | "RSA-OAEP-256"

		unknown   | alg = LATER ? "RSA-OAEP-256" : null | create, unknown
		          | POST "alg":"RSA-OAEP-256" | "RSA-OAEP-256"
		unknown   | alg = LATER ? "RSA-OAEP-512" : null | update, unknown
		          | PATCH "alg":"RSA-OAEP-512" | "RSA-OAEP-512"
		unknown   | alg = LATER ? "RSA-OAEP-256" : null | update, unknown
		          | PATCH "alg":"RSA-OAEP-256" | "RSA-OAEP-256"
		changed   | alg = "RSA-OAEP-512" | update | PATCH "alg":"RSA-OAEP-512" | "RSA-OAEP-512"

		emptied   | alg = "" | refused | "" is not known for
		null      | alg = null | refused
		          | Must set a configuration value for the token_encryption.encryption_key.alg
		              attribute as the provider has marked it as required.
		taken_out | - | refused | attribute "alg" is required
		unknown   | alg = LATER ? null : "RSA-OAEP-256" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "token_encryption.encryption_key.pem",
		Config:    `token_encryption = { encryption_key = { alg = "RSA-OAEP-256", … } }`,
		Body:      `{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256",…}}}`,
		Steps: `
		created   | pem = PEM_1 | create | POST "pem":PEM_1  | PEM_1
		changed   | pem = PEM_2 | update | PATCH "pem":PEM_2 | PEM_2
		changed   | pem = PEM_1 | update | PATCH "pem":PEM_1 | PEM_1
		changed   | pem = PEM_1 | no-op  |                   | PEM_1

		unknown   | pem = LATER ? PEM_1 : null | create, unknown | POST "pem":PEM_1  | PEM_1
		unknown   | pem = LATER ? PEM_2 : null | update, unknown | PATCH "pem":PEM_2 | PEM_2
		unknown   | pem = LATER ? PEM_1 : null | update, unknown | PATCH "pem":PEM_1 | PEM_1
		changed   | pem = PEM_2                | update          | PATCH "pem":PEM_2 | PEM_2

		emptied   | pem = "" | refused | pem UTF-8 character count must be between 1 and 4096
		null      | pem = null | refused at plan
		          | The tenant needs the public key to turn on token encryption: set pem.
		taken_out | - | refused at plan
		          | The tenant needs the public key to turn on token encryption: set pem.
		unknown   | pem = LATER ? null : PEM_1 | refused at apply
		          | The tenant needs the public key to turn on token encryption: set pem.
		`,
	},
	{
		Attribute: "token_encryption",
		Names: map[string]string{
			"KEY_1":    `{"encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_1}}`,
			"KEY_2":    `{"encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_2}}`,
			"SENT_1":   `{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_1}}`,
			"SENT_2":   `{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_2}}`,
			"STORED_1": `{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","name":null,"kid":null,"pem":PEM_1,"thumbprint_sha256":THUMB_1}}`,
			"STORED_2": `{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","name":null,"kid":null,"pem":PEM_2,"thumbprint_sha256":THUMB_2}}`,
		},
		Config: `token_encryption = …`,
		Body:   `{"token_encryption":…}`,
		Steps: `
		created   | KEY_1 | create | POST SENT_1  | STORED_1
		changed   | KEY_2 | update | PATCH SENT_2 | STORED_2
		null      | null  | update | PATCH null   | null
		null      | null  | no-op  |              | null

		unknown   | LATER ? KEY_1 : null | create, unknown | POST SENT_1  | STORED_1
		unknown   | LATER ? KEY_2 : null | update, unknown | PATCH SENT_2 | STORED_2
		unknown   | LATER ? null : KEY_1 | update, unknown | PATCH null   | null
		taken_out |                      | no-op           |              | null

		unknown   | LATER ? null : KEY_1 | create, unknown | POST         | null
		null      | null                 | no-op           |              | null
		changed   | KEY_1                | update          | PATCH SENT_1 | STORED_1
		taken_out |                      | update          | PATCH null   | null

		emptied   | {} | refused | attribute "encryption_key" is required
		`,
	},
	{
		Attribute: "token_encryption.format",
		Names: map[string]string{
			"KEY_1": `{"alg":"RSA-OAEP-256","pem":PEM_1}`,
		},
		Config: `token_encryption = { encryption_key = KEY_1, … }`,
		Body:   `{"token_encryption":{"encryption_key":KEY_1,…}}`,
		Steps: `
		created   | format = "compact-nested-jwe" | create
		          | POST "format":"compact-nested-jwe" | "compact-nested-jwe"
		changed   | format = "compact-nested-jwe" | no-op | | "compact-nested-jwe"
		null      | format = null | no-op | | "compact-nested-jwe"
		null      | format = null | no-op | | "compact-nested-jwe"

		unknown   | format = LATER ? "compact-nested-jwe" : null | create, unknown
		          | POST "format":"compact-nested-jwe" | "compact-nested-jwe"
		unknown   | format = LATER ? "compact-nested-jwe" : null | update, unknown
		          |  | "compact-nested-jwe"
		unknown   | format = LATER ? null : "compact-nested-jwe" | update, unknown
		          |  | "compact-nested-jwe"
		taken_out | - | no-op | | "compact-nested-jwe"

		unknown   | format = LATER ? null : "compact-nested-jwe" | create, unknown
		          | POST "format":"compact-nested-jwe" | "compact-nested-jwe"
		null      | format = null | no-op | | "compact-nested-jwe"
		changed   | format = "compact-nested-jwe" | no-op | | "compact-nested-jwe"
		taken_out | - | no-op | | "compact-nested-jwe"

		emptied   | format = "" | refused
		          | "" is not known for
		`,
	},
	{
		Attribute: "token_encryption.encryption_key",
		Names: map[string]string{
			"KEY_1":    `{"alg":"RSA-OAEP-256","pem":PEM_1}`,
			"KEY_2":    `{"alg":"RSA-OAEP-256","pem":PEM_2}`,
			"STORED_1": `{"alg":"RSA-OAEP-256","name":null,"kid":null,"pem":PEM_1,"thumbprint_sha256":THUMB_1}`,
			"STORED_2": `{"alg":"RSA-OAEP-256","name":null,"kid":null,"pem":PEM_2,"thumbprint_sha256":THUMB_2}`,
		},
		Config: `token_encryption = { … }`,
		Body:   `{"token_encryption":{"format":"compact-nested-jwe",…}}`,
		Steps: `
		created   | encryption_key = KEY_1 | create | POST "encryption_key":KEY_1  | STORED_1
		changed   | encryption_key = KEY_2 | update | PATCH "encryption_key":KEY_2 | STORED_2
		changed   | encryption_key = KEY_1 | update | PATCH "encryption_key":KEY_1 | STORED_1
		changed   | encryption_key = KEY_1 | no-op  |                              | STORED_1

		unknown   | encryption_key = LATER ? KEY_1 : null | create, unknown
		          | POST "encryption_key":KEY_1 | STORED_1
		unknown   | encryption_key = LATER ? KEY_2 : null | update, unknown
		          | PATCH "encryption_key":KEY_2 | STORED_2
		unknown   | encryption_key = LATER ? KEY_1 : null | update, unknown
		          | PATCH "encryption_key":KEY_1 | STORED_1
		changed   | encryption_key = KEY_2 | update | PATCH "encryption_key":KEY_2 | STORED_2

		emptied   | encryption_key = {} | refused
		          | Inappropriate value for attribute "token_encryption": attribute
		              "encryption_key":
		null      | encryption_key = null | refused
		          | Must set a configuration value for the token_encryption.encryption_key attribute
		              as the provider has marked it as required.
		taken_out | - | refused | attribute "encryption_key" is required
		unknown   | encryption_key = LATER ? null : KEY_1 | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "token_encryption.encryption_key.thumbprint_sha256",
		Config:    `token_encryption = { encryption_key = { alg = "RSA-OAEP-256", … } }`,
		Body:      `{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256",…}}}`,
		Steps: `
		created   | pem = PEM_1, thumbprint_sha256 = THUMB_1 | create | POST "pem":PEM_1 | THUMB_1
		changed   | pem = PEM_2, thumbprint_sha256 = THUMB_2 | update | PATCH "pem":PEM_2 | THUMB_2
		unknown   | pem = LATER ? PEM_1 : null, thumbprint_sha256 = LATER ? THUMB_1 : null | update,
		              unknown
		          | PATCH "pem":PEM_1 | THUMB_1
		taken_out | pem = PEM_2 | update | PATCH "pem":PEM_2 | THUMB_2

		changed   | pem = PEM_1, thumbprint_sha256 = "a" | refused at plan
		          | Thumbprint of another key
		emptied   | pem = PEM_1, thumbprint_sha256 = "" | refused at plan
		          | Thumbprint of another key
		`,
	},
	{
		Attribute: "token_encryption.encryption_key.name",
		Config:    `token_encryption = { encryption_key = { alg = "RSA-OAEP-256", pem = PEM_1, … } }`,
		Body:      `{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_1,…}}}`,
		Steps: `
		created   | name = "k1" | create | POST "name":"k1"  | "k1"
		changed   | name = "k2" | update | PATCH "name":"k2" | "k2"
		null      | name = null | update | PATCH -           | null
		null      | name = null | no-op  |                   | null

		unknown   | name = LATER ? "k1" : null | create, unknown | POST "name":"k1"  | "k1"
		unknown   | name = LATER ? "k2" : null | update, unknown | PATCH "name":"k2" | "k2"
		unknown   | name = LATER ? null : "k1" | update, unknown | PATCH -           | null
		taken_out | -                          | no-op           |                   | null

		unknown   | name = LATER ? null : "k1" | create, unknown | POST -            | null
		null      | name = null                | no-op           |                   | null
		changed   | name = "k1"                | update          | PATCH "name":"k1" | "k1"
		taken_out | -                          | update          | PATCH -           | null

		emptied   | name = "" | refused | name UTF-8 character count must be between 1 and 128
		`,
	},
	{
		Attribute: "token_encryption.encryption_key.kid",
		Config:    `token_encryption = { encryption_key = { alg = "RSA-OAEP-256", pem = PEM_1, … } }`,
		Body:      `{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":PEM_1,…}}}`,
		Steps: `
		created   | kid = "k1" | create | POST "kid":"k1"  | "k1"
		changed   | kid = "k2" | update | PATCH "kid":"k2" | "k2"
		null      | kid = null | update | PATCH -          | null
		null      | kid = null | no-op  |                  | null

		unknown   | kid = LATER ? "k1" : null | create, unknown | POST "kid":"k1"  | "k1"
		unknown   | kid = LATER ? "k2" : null | update, unknown | PATCH "kid":"k2" | "k2"
		unknown   | kid = LATER ? null : "k1" | update, unknown | PATCH -          | null
		taken_out | -                         | no-op           |                  | null

		unknown   | kid = LATER ? null : "k1" | create, unknown | POST -           | null
		null      | kid = null                | no-op           |                  | null
		changed   | kid = "k1"                | update          | PATCH "kid":"k1" | "k1"
		taken_out | -                         | update          | PATCH -          | null

		emptied   | kid = "" | refused | kid UTF-8 character count must be between 1 and 128
		`,
	},
}
