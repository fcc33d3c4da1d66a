// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
)

// checksum is the sum of a content. It is the exclusive or of the hashes of all records, so a write
// updates it without reading the other records.
type checksum [sha256.Size]byte

func sumOf(all Content) (sum checksum) {
	sum.toggle(metaBucket, 0, []byte(all.Issuer))
	for _, one := range all.Records {
		sum.toggle(one.Table, one.Number, one.Value)
	}
	return sum
}

// toggle adds a record to the sum, or removes it.
func (c *checksum) toggle(table string, number uint64, value []byte) {
	hash := sha256.New()
	head := binary.BigEndian.AppendUint64(nil, uint64(len(table)))
	head = append(head, table...)
	head = binary.BigEndian.AppendUint64(head, number)
	_, _ = hash.Write(head) // A hash accepts everything.
	_, _ = hash.Write(value)
	subtle.XORBytes(c[:], c[:], hash.Sum(nil))
}
