// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
)

// A bbolt file begins with two heads. Each transaction rewrites the older one. If one is damaged,
// bbolt goes back to the other, and thereby forgets the last transaction without a word. Apart from
// the heads, bbolt believes the file: a wrong reference can make it run in circles, take all memory
// or overwrite other pages. Hence this check of all pages, before bbolt reads them.

const (
	pageHeader    = 16
	elementSize   = 16
	headSize      = 64
	bucketHeader  = 16
	boltMagic     = 0xED0CDAED
	branchPage    = 0x01
	leafPage      = 0x02
	freelistPage  = 0x10
	bucketElement = 0x01
	// A freelist with more pages than the header can say has their number in front.
	longFreelist = 0xFFFF
)

// initialSize is the size of a database without any transaction: four pages.
func initialSize() int64 { return 4 * int64(os.Getpagesize()) }

// head is what a head says.
type head struct {
	sound                            bool
	pageSize                         int
	root, freelist, end, transaction uint64 // The end is the number of pages.
}

// headAt reads the head on the page that the text begins with.
func headAt(text []byte) head {
	if len(text) < pageHeader+headSize {
		return head{}
	}
	body := text[pageHeader : pageHeader+headSize]
	number := func(at int) uint64 { return native.Uint64(body[at:]) }
	sum := fnv.New64a()
	_, _ = sum.Write(body[:56]) // A hash accepts everything.
	return head{
		sound:    native.Uint32(body) == boltMagic && number(56) == sum.Sum64(),
		pageSize: int(native.Uint32(body[8:])),
		root:     number(16), freelist: number(32), end: number(40), transaction: number(48),
	}
}

var native = binary.NativeEndian

// isUnused reports whether the file is what a start on a full disk or a loss of power leaves: a
// database in which no transaction was ever completed, cut or filled with zeros.
func isUnused(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > initialSize() {
		return false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	first := headAt(text)
	return len(bytes.Trim(text, "\x00")) == 0 ||
		first.sound && first.transaction == 0 && info.Size() < initialSize()
}

// verifyPages finds damage to the structure of a database.
func verifyPages(text []byte) error {
	first := headAt(text)
	if !first.sound || first.pageSize < os.Getpagesize() || first.pageSize > len(text) {
		return fmt.Errorf("%w (the last change may be missing)", ErrDamaged)
	}
	second := headAt(text[first.pageSize:])
	last := first
	if second.transaction > first.transaction {
		last = second
	}
	switch {
	case !second.sound, first.transaction+1 != second.transaction &&
		second.transaction+1 != first.transaction:
		return fmt.Errorf("%w (the last change may be missing)", ErrDamaged)
	case last.end > uint64(len(text)/first.pageSize):
		return fmt.Errorf("%w (its end is missing)", ErrDamaged)
	}
	w := walk{text: text, size: first.pageSize, seen: make([]bool, last.end)}
	w.seen[0], w.seen[1] = true, true
	if !w.page(last.root) || !w.free(last.freelist) || slices.Contains(w.seen, false) {
		return fmt.Errorf("%w (its pages do not fit together)", ErrDamaged)
	}
	return nil
}

// walk visits each page once. Its methods return false on damage.
type walk struct {
	text []byte
	size int
	seen []bool
}

// visit returns a page with the pages that continue it.
func (w *walk) visit(id uint64) ([]byte, bool) {
	if id >= uint64(len(w.seen)) {
		return nil, false
	}
	start := int(id) * w.size
	more := native.Uint32(w.text[start+12:])
	if native.Uint64(w.text[start:]) != id || uint64(more) >= uint64(len(w.seen))-id {
		return nil, false
	}
	for i := id; i <= id+uint64(more); i++ {
		if !w.mark(i) {
			return nil, false
		}
	}
	return w.text[start : start+w.size*(1+int(more))], true
}

// mark notes that a page is used or free. No page can be both, or be used twice.
func (w *walk) mark(id uint64) bool {
	if id >= uint64(len(w.seen)) || w.seen[id] {
		return false
	}
	w.seen[id] = true
	return true
}

// page visits a page of a bucket and all below it.
func (w *walk) page(id uint64) bool {
	page, ok := w.visit(id)
	return ok && w.elements(page)
}

func (w *walk) elements(page []byte) bool {
	kind, count := native.Uint16(page[8:]), int(native.Uint16(page[10:]))
	if pageHeader+count*elementSize > len(page) || (kind != branchPage && kind != leafPage) {
		return false
	}
	for i := range count {
		// Keys and values are found by their distance from the element.
		rest := page[pageHeader+i*elementSize:]
		first, second := native.Uint32(rest), native.Uint32(rest[4:])
		if kind == branchPage {
			if uint64(first)+uint64(second) > uint64(len(rest)) ||
				!w.page(native.Uint64(rest[8:])) {
				return false
			}
			continue
		}
		value := uint64(second) + uint64(native.Uint32(rest[8:]))
		end := value + uint64(native.Uint32(rest[12:]))
		if end > uint64(len(rest)) ||
			first&bucketElement != 0 && !w.bucket(rest[value:end]) {
			return false
		}
	}
	return true
}

// bucket visits a bucket. A small one is a page inside the value.
func (w *walk) bucket(value []byte) bool {
	if len(value) < bucketHeader {
		return false
	}
	if root := native.Uint64(value); root != 0 {
		return w.page(root)
	}
	inline := value[bucketHeader:]
	return len(inline) >= pageHeader && w.elements(inline)
}

// free visits the list of free pages.
func (w *walk) free(id uint64) bool {
	page, ok := w.visit(id)
	if !ok || native.Uint16(page[8:]) != freelistPage {
		return false
	}
	count, ids := uint64(native.Uint16(page[10:])), page[pageHeader:]
	if count == longFreelist {
		count, ids = native.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return false
	}
	for i := range count {
		if !w.mark(native.Uint64(ids[8*i:])) {
			return false
		}
	}
	return true
}
