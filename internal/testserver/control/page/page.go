// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package page is the page of the server for people: who can call what, why a token is refused, and
// what clients have just sent. It reads the tenant but never changes it: its scripts call the
// control API for that. The server renders HTML; the scripts, which need no build, only exchange
// parts of it. Nothing is loaded from another server.
package page

import (
	"bytes"
	"embed"
	"hash/fnv"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// Server is what the page shows.
type Server interface {
	// Tenant returns the objects. The page only reads them.
	Tenant() *tenant.Store
	// Explain says what a token request would get, and why.
	Explain(tokens.Question) tokens.Explanation
	// Issue issues a token for a person who may do everything.
	Issue(tokens.Question) (string, tokens.Explanation, error)
	// Inspect says what an API makes of a token.
	Inspect(token, audience, scope string) tokens.Inspection
	// Routes returns the names of the routes, which faults can strike.
	Routes() []string
	// LastChange returns the number of the last change of the record of requests.
	LastChange() uint64
	// TokenFaults returns the faults that can apply to the next token request.
	TokenFaults() []faults.Rule
}

// The files of the page.
var (
	//go:embed *.html.tmpl
	sources embed.FS
	//go:embed assets
	assets embed.FS
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"shown": shown, "lines": lines, "count": count,
}).ParseFS(sources, "*.html.tmpl"))

// view is one of the pages.
type view struct {
	Path, Title string
	template    string
	make        func(Server, *http.Request) any
}

var views = []view{
	{"/", "Access", "access", showAccess},
	{"/page/why", "Why", "why", showWhy},
	{"/page/token", "Token", "token", showToken},
	{"/page/requests", "Requests", "requests", showRequests},
	{"/page/levers", "Levers", "levers", showLevers},
}

// base is what the frame of every view needs.
type base struct {
	Views   []view
	Current string // The path of the view.
	Title   string
	Issuer  string
	Last    uint64 // The last change of the requests before the page was made.
	Content any
}

// Serves reports whether a path belongs to the page.
func Serves(path string) bool { return path == "/" || strings.HasPrefix(path, "/page/") }

// policy lets the page load only its own files, and no other page frame it. A script can turn text
// into HTML only through the policy named page, which does so only with answers of this server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types page"

// Protect sets the headers that keep other sites from using an answer of the control address.
func Protect(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// maxForm is the size of the largest form that the page sends.
const maxForm = 1 << 20

// Serve answers a request for the page.
func Serve(w http.ResponseWriter, r *http.Request, s Server) {
	Protect(w.Header())
	if name, found := strings.CutPrefix(r.URL.Path, "/page/assets/"); found {
		serveAsset(w, r, name)
		return
	}
	for _, v := range views {
		if v.Path == r.URL.Path {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			v.serve(w, r, s)
			return
		}
	}
	http.NotFound(w, r)
}

func serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	content, err := fs.ReadFile(assets, path.Join("assets", name))
	types := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
	contentType, known := types[path.Ext(name)]
	if err != nil || !known || r.Method == http.MethodPost {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// serve renders a view. Its tag depends on the content, so that a script that asks again and again
// gets an empty answer while nothing changes.
func (v view) serve(w http.ResponseWriter, r *http.Request, s Server) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form cannot be read.", http.StatusBadRequest)
		return
	}
	var page bytes.Buffer
	last := s.LastChange() // First, so that the script misses nothing that the page does not show.
	if err := templates.ExecuteTemplate(&page, v.template, base{
		Views: views, Current: v.Path, Title: v.Title, Issuer: s.Tenant().URL(),
		Last: last, Content: v.make(s, r),
	}); err != nil {
		http.Error(w, "The page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	sum := fnv.New64a()
	_, _ = sum.Write(page.Bytes())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Etag", `"`+strconv.FormatUint(sum.Sum64(), 36)+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(page.Bytes()))
}
