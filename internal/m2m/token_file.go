// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// maxTokenFile is far above any token, in bytes, and far below what a wrong path
// might lead to.
const maxTokenFile = 64 << 10

// TokenFileError tells why the file with the Management API token gives none. Its
// text names the file and holds nothing of what is in it.
type TokenFileError struct{ Err error }

func (e *TokenFileError) Error() string { return e.Err.Error() }

func (e *TokenFileError) Unwrap() error { return e.Err }

// tokenFile is a file in which another program keeps a fresh token. It is read
// for each request: that costs next to nothing beside the request, and no change
// is missed, as it could be by its time and size.
type tokenFile struct {
	path string

	mu   sync.Mutex
	last string // What was read last, unless the API refused it.
}

func (f *tokenFile) token() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	token, err := readToken(f.path)
	switch {
	case err == nil:
		f.last = token
	case f.last != "":
		// The other program may be writing at this moment. What is no longer valid is
		// refused, and then forgotten.
	default:
		return "", &TokenFileError{err}
	}
	return f.last, nil
}

// drop forgets a token that the API refused and reports whether the file holds
// another one by now.
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
	// To read a pipe might take forever, and can be done only once.
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
	if err := checkToken(token); err != nil {
		return "", fmt.Errorf("%s %w", path, err)
	}
	return token, nil
}

// checkToken refuses what no Authorization header can hold, such as several lines
// or another encoding than UTF-8.
func checkToken(token string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("holds something else than a token, which is one word of ASCII characters")
	}
	return nil
}
