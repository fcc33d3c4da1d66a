// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package requestreport

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const getAPI = "GET /api/v2/resource-servers/{id}"

func opened(t *testing.T, path, run string, usage rest.Usage) *File {
	t.Helper()
	f, err := open(path, run)
	if err != nil {
		t.Fatal(err)
	}
	f.Of(func() rest.Usage { return usage })
	return f
}

func flushed(t *testing.T, f *File) {
	t.Helper()
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
}

func contentOf(t *testing.T, path string) report {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFile_sumsTheProcessesOfARun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	plan := opened(t, path, "run", rest.Usage{
		Requests: map[string]int{getAPI: 3, m2m.TokenRoute: 1}, Retries: 1, RateLimited: 1,
		Limited: rest.Waits{Requests: 2, Waited: 1500 * time.Millisecond}, ServedFromPage: 4,
	})
	apply := opened(t, path, "run", rest.Usage{
		Requests: map[string]int{getAPI: 2, m2m.TokenRoute: 1}, Retries: 2,
		Limited: rest.Waits{Requests: 1, Waited: 250 * time.Millisecond},
		Paused:  rest.Waits{Requests: 1, Waited: time.Second},
	})
	flushed(t, plan)
	flushed(t, plan)
	flushed(t, apply)
	r := contentOf(t, path)
	if len(r.Processes) != 2 || r.Run != "run" || r.Started.After(r.Updated) {
		t.Errorf("%+v", r)
	}
	total, err := json.Marshal(r.Total)
	want := `{"requests":7,"requests_by_route":{"GET /api/v2/resource-servers/{id}":5,` +
		`"POST /oauth/token":2},"retries":3,"answers_429":1,` +
		`"waits_for_rate_limit":{"requests":3,"seconds":1.75},` +
		`"waits_after_failures":{"requests":1,"seconds":1},` +
		`"tokens_requested":2,"objects_served_from_pages":4}`
	if diff := cmp.Diff(want, string(total)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestFile_concurrentProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	const processes, updates = 6, 15
	path := filepath.Join(t.TempDir(), "report.json")
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			f, err := open(path, "run")
			if err != nil {
				t.Error(err)
				return
			}
			for n := range updates {
				f.Of(func() rest.Usage {
					return rest.Usage{Requests: map[string]int{getAPI: n + 1}}
				})
				if err := f.Flush(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := contentOf(t, path).Total.Requests; got != processes*updates {
		t.Errorf("%d requests, want %d", got, processes*updates)
	}
}

func TestFile_anotherRunStartsANewReport(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	one := rest.Usage{Requests: map[string]int{getAPI: 1}}
	flushed(t, opened(t, path, "first", one))
	flushed(t, opened(t, path, "second", one))
	if r := contentOf(t, path); r.Total.Requests != 1 || r.Run != "second" {
		t.Errorf("%+v", r)
	}
}

func TestFile_otherFilesAreKept(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`resource "m2m_client_grant" "a" {}`, `{"format":"other"}`, "[]"} {
		path := filepath.Join(t.TempDir(), "main.tf")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := open(path, "run")
		if err == nil || !strings.HasSuffix(err.Error(), "exists and is not a request report") {
			t.Error(err)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
			t.Errorf("%q, %v", kept, err)
		}
	}
}

func TestFile_lockOfAKilledProcessIsBroken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path+".lock", old, old); err != nil {
		t.Fatal(err)
	}
	flushed(t, opened(t, path, "run", rest.Usage{}))
}

func TestFile_isUpdatedSoonAfterARequest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	synctest.Test(t, func(t *testing.T) {
		f := opened(t, path, "run", rest.Usage{Requests: map[string]int{getAPI: 1}})
		f.Changed()
		f.Changed()
		time.Sleep(delay)
		synctest.Wait()
		if got := contentOf(t, path).Total.Requests; got != 1 {
			t.Errorf("%d requests", got)
		}
	})
}

func TestCurrentRun_isStable(t *testing.T) {
	t.Parallel()
	if run := currentRun(); run != currentRun() ||
		!strings.HasPrefix(run, fmt.Sprint(os.Getppid())) {
		t.Error(run)
	}
}

func TestFiles_nilDoesNothing(t *testing.T) {
	t.Parallel()
	var (
		file  *File
		files *Files
	)
	file.Of(nil)
	file.Changed()
	files.Add(file)
	if err := file.Flush(); err != nil {
		t.Error(err)
	}
}
