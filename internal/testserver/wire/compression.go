// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// minCompressed is the smallest body, in bytes, that is worth compressing.
//
// ASSUMED: one kibibyte, the default of the API's HTTP framework.
const minCompressed = 1 << 10

var gzipWriters = sync.Pool{New: func() any {
	writer, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // Fails only for unknown levels.
	return writer
}}

// Compressed returns the reply, compressed if the client accepts gzip (API contract 1.1). Only
// replies with `Vary: accept-encoding` are compressed, so replies of the token endpoint and of
// proxies stay as they are.
func (a Reply) Compressed(r *http.Request) Reply {
	if a.Ending != Answered || len(a.Body) < minCompressed ||
		!strings.Contains(a.Header.Get("Vary"), "accept-encoding") ||
		!acceptsGzip(r.Header.Values("Accept-Encoding")) {
		return a
	}
	var packed bytes.Buffer
	writer, _ := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(writer)
	writer.Reset(&packed)
	_, _ = writer.Write(a.Body) // Writing to a buffer never fails.
	_ = writer.Close()
	a.Header = a.Header.Clone()
	a.Header["Content-Encoding"] = []string{"gzip"}
	a.Body = packed.Bytes()
	return a
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3). An element that names gzip takes precedence
// over `*`.
func acceptsGzip(headers []string) bool {
	accepted := false
	for element := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		coding, parameter, _ := strings.Cut(element, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return isWanted(parameter)
		case "*":
			accepted = isWanted(parameter)
		}
	}
	return accepted
}

// isWanted reports whether the parameter of a coding allows it: no parameter, or a valid quality
// above zero.
func isWanted(parameter string) bool {
	name, value, given := strings.Cut(strings.TrimSpace(parameter), "=")
	if !given && name == "" {
		return true
	}
	quality, err := strconv.ParseFloat(value, 64)
	return strings.EqualFold(name, "q") && err == nil && quality > 0
}
