// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

// maxTokenFile is the maximum size of a token file, in bytes. It is far above the size of a token.
const maxTokenFile = 64 << 10

// TokenFileError says why the token file cannot be used. Its text names the file and reveals
// nothing about its content.
type TokenFileError struct{ Err error }

func (e *TokenFileError) Error() string { return e.Err.Error() }

func (e *TokenFileError) Unwrap() error { return e.Err }

// tokenFile is a file in which another program keeps a fresh token. It is read for each request,
// which costs almost nothing compared with the request itself. A check of modification time and
// size could miss a change.
type tokenFile struct {
	path string

	mu   sync.Mutex
	last string // The token that was read last, unless the API refused it.
}

func (f *tokenFile) token() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	token, err := readToken(f.path)
	switch {
	case err == nil:
		f.last = token
	case f.last != "":
		// The other program may be writing right now. If the last token is no longer valid, the API
		// refuses it and it is forgotten.
	default:
		return "", &TokenFileError{err}
	}
	return f.last, nil
}

// drop forgets a token that the API refused, and reports whether the file now contains another one.
func (f *tokenFile) drop(token string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == token {
		f.last = ""
	}
	next, err := readToken(f.path)
	return err == nil && next != token
}

func readToken(path string) (string, error) {
	// Reading a pipe might take forever, and works only once.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxTokenFile+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxTokenFile {
		return "", fmt.Errorf("%s is larger than any token", path)
	}
	token := strings.TrimSpace(string(raw))
	if token == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	if err := input.CheckToken(token); err != nil {
		return "", fmt.Errorf("%s %w", path, err)
	}
	return token, nil
}
