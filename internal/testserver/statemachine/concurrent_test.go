// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// TestStateMachine_concurrently lets workers compete for a few keys. Any of them may win, but
// afterwards the tenant is consistent and has every acknowledged write.
func TestStateMachine_concurrently(t *testing.T) {
	t.Parallel()
	const workers, calls = 8, 60
	x := servertest.NewWith(t, testserver.Config{Issuer: tenantURL})
	x.API("GET", "/clients", "") // Fetches the token that all workers share.
	seeded := storedIn(string(x.Snapshot()))
	ledgers := make([]ledger, workers)
	var running sync.WaitGroup
	for i := range workers {
		running.Go(func() {
			w := worker{
				x:      x,
				random: rand.New(rand.NewPCG(1, uint64(i))),
				ledger: ledger{names: map[string]string{}},
			}
			w.raceForAll()
			w.makeOwn(fmt.Sprint("urn:of-worker:", i))
			for range calls {
				w.act()
			}
			ledgers[i] = w.ledger
		})
	}
	running.Wait()
	held := storedIn(string(x.Snapshot()))
	if err := held.sound(); err != nil {
		t.Error(err)
	}
	sum(ledgers).check(t, seeded, held)
}

// ledger records the acknowledged writes of workers.
type ledger struct {
	won     []string          // The ids of objects that all workers try to create and none deletes.
	made    []string          // The id of each object, one for each 201.
	deleted []string          // The id of each deleted object, one for each 204.
	names   map[string]string // The last name of each API that only one worker changes, by id.
}

func sum(ledgers []ledger) ledger {
	all := ledger{names: map[string]string{}}
	for _, one := range ledgers {
		all.won, all.made = append(all.won, one.won...), append(all.made, one.made...)
		all.deleted = append(all.deleted, one.deleted...)
		maps.Copy(all.names, one.names)
	}
	return all
}

// check compares acknowledged writes with the tenant. A grant is deleted with its API, so only a
// grant can be gone without a deletion.
func (l ledger) check(t *testing.T, seeded, held stored) {
	t.Helper()
	if len(l.won) != 3 {
		t.Errorf("3 things can be made once, and were made %d times", len(l.won))
	}
	made := slices.Sorted(slices.Values(l.made))
	if distinct := slices.Compact(slices.Clone(made)); len(distinct) != len(made) {
		t.Errorf("%d objects were made, with %d ids", len(made), len(distinct))
	}
	present := map[string]bool{}
	for _, k := range kinds {
		for _, id := range held.values(k.name, k.id) {
			present[id] = true
			if !slices.Contains(made, id) && !seeded.has(k.name, k.id, id) {
				t.Errorf("nobody made %s", id)
			}
		}
	}
	for _, id := range made {
		deleted, isGrant := slices.Contains(l.deleted, id), strings.HasPrefix(id, "cgr_")
		if (deleted && present[id]) || (!deleted && !present[id] && (!isGrant ||
			slices.Contains(l.won, id))) {
			t.Errorf("%s: deleted %t, there %t", id, deleted, present[id])
		}
	}
	for _, api := range held["resource_servers"] {
		if name, isOwn := l.names[text(api["id"])]; isOwn && api["name"] != name {
			t.Errorf("the name of %v is not %s, its last one", api, name)
		}
	}
}

// worker makes random calls.
type worker struct {
	ledger
	x      *servertest.Tenant
	random *rand.Rand
	own    string   // The id of an API that only this worker changes.
	paths  []string // The ids of objects that it created and may delete.
}

func (w *worker) one(of ...string) string { return of[w.random.IntN(len(of))] }

// act makes one call with any result.
func (w *worker) act() {
	audience := w.one("https://a", "https://b", testserver.SampleAPIAudience)
	clientID := w.one(testserver.MachineClientID, testserver.WebClientID)
	switch w.random.IntN(11) {
	case 0, 1:
		w.make(
			"/resource-servers",
			`{"identifier":"`+w.one("https://a", "https://b")+`","scopes":[{"value":"read"}]}`,
		)
	case 2, 3, 4:
		w.make(
			"/client-grants",
			`{"client_id":"`+clientID+`","audience":"`+audience+
				`","scope":["read","read:orders"],"organization_usage":"allow"}`,
		)
	case 5:
		w.make("/organizations", `{"name":"`+w.one("acme", "umbra")+`"}`)
	case 6:
		w.delete()
	case 7:
		w.rename()
	case 8:
		w.call(
			"POST", "/organizations/"+w.known("org_")+"/client-grants",
			`{"grant_id":"`+w.known("cgr_")+`"}`,
		)
	case 9:
		w.call("PATCH", "/client-grants/"+w.known("cgr_"), `{"scope":["read"]}`)
		w.askToken(audience)
	default:
		w.call(
			"GET",
			w.one(
				"/client-grants?take=3", "/clients", "/resource-servers?include_totals=true",
				"/organizations",
			),
			"",
		)
	}
}

func (w *worker) call(method, path, body string) servertest.Answer {
	got, err := w.x.Request(
		method, "/api/v2"+path, body, "Authorization: Bearer "+w.x.Token, servertest.AsJSON,
	)
	if err != nil || got.Status >= 500 {
		w.x.T.Errorf("%s %s: %d %s, %v", method, path, got.Status, got.Body, err)
	}
	return got
}

// askToken makes the token endpoint read while other workers write.
func (w *worker) askToken(audience string) {
	got, err := w.x.Request("POST", "/oauth/token",
		`{"grant_type":"client_credentials","client_id":"`+testserver.MachineClientID+
			`","client_secret":"`+testserver.MachineClientSecret+`","audience":"`+audience+
			`","organization":"acme"}`, servertest.AsJSON)
	if err != nil || (got.Status != http.StatusOK && got.Status != http.StatusForbidden) {
		w.x.T.Errorf("a token for %s: %d %s, %v", audience, got.Status, got.Body, err)
	}
}

// raceForAll creates the objects that every worker creates and none deletes.
func (w *worker) raceForAll() {
	w.won = slices.DeleteFunc([]string{
		w.make("/resource-servers", `{"identifier":"urn:once"}`),
		w.make("/organizations", `{"name":"once"}`),
		w.make(
			"/client-grants", `{"client_id":"`+testserver.WebClientID+`","audience":"urn:once"}`,
		),
	}, func(id string) bool { return id == "" })
	w.paths = nil
}

func (w *worker) makeOwn(identifier string) {
	w.own = w.make("/resource-servers", `{"identifier":"`+identifier+`"}`)
	w.paths = nil
}

// make returns the id of the object, or "" if it was refused.
func (w *worker) make(path, body string) (id string) {
	got := w.call("POST", path, body)
	if got.Status != http.StatusCreated {
		return ""
	}
	id = text(parsed(got.Body)["id"])
	w.made, w.paths = append(w.made, id), append(w.paths, path+"/"+id)
	return id
}

// delete deletes an object that this worker created, because only then a 204 says which object was
// deleted.
func (w *worker) delete() {
	if len(w.paths) == 0 {
		return
	}
	path := w.one(w.paths...)
	if got := w.call("DELETE", path, ""); got.Status == http.StatusNoContent {
		w.deleted = append(w.deleted, path[strings.LastIndex(path, "/")+1:])
	}
}

// rename changes an API that no other worker changes.
func (w *worker) rename() {
	name := fmt.Sprint("Name ", w.random.IntN(1000))
	if got := w.call(
		"PATCH", "/resource-servers/"+w.own, `{"name":"`+name+`"}`,
	); got.Status == http.StatusOK {
		w.names[w.own] = name
	}
}

// known is the id of an object that this worker sees in a list.
func (w *worker) known(prefix string) string {
	path := map[string]string{"org_": "/organizations", "cgr_": "/client-grants"}[prefix]
	var list []object
	if err := json.Unmarshal([]byte(w.call("GET", path, "").Body), &list); err != nil {
		w.x.T.Error(err)
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, text(one["id"]))
	}
	if len(ids) == 0 {
		return prefix + "0000000000000000"
	}
	return w.one(ids...)
}
