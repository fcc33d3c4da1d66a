// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"encoding/asn1"
	"encoding/pem"
	"fmt"
)

// Content types of PKCS #7 (RFC 2315).
var (
	pkcs7Data       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	pkcs7SignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
)

// pkcs7Bag is signed data without content or signatures, the usual form for distributing
// certificates (RFC 2315, 9).
type pkcs7Bag struct {
	Type    asn1.ObjectIdentifier
	Content struct {
		Version          int
		DigestAlgorithms []asn1.RawValue `asn1:"set"`
		Content          struct{ Type asn1.ObjectIdentifier }
		Certificates     asn1.RawValue
		SignerInfos      []asn1.RawValue `asn1:"set"`
	} `asn1:"explicit,tag:0"`
}

// PKCS7 wraps a DER certificate in a PKCS #7 bag and encodes it as PEM.
func PKCS7(der []byte) string {
	bag := pkcs7Bag{Type: pkcs7SignedData}
	bag.Content.Version = 1
	bag.Content.Content.Type = pkcs7Data
	bag.Content.Certificates = asn1.RawValue{
		Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der,
	}
	encoded, err := asn1.Marshal(bag)
	if err != nil {
		// Only a type that ASN.1 cannot represent gets here.
		panic(fmt.Sprintf("testserver: encode PKCS #7: %v", err))
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: encoded}))
}
