// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the entry point of terraform-provider-m2m: the provider's configuration, and
// the lists of its types, at the end of provider.go. Its tests are about the provider as a whole.
//
// What a type does belongs in the package of the type. These packages never import each other; what
// they share is in run, tfstate, report and attribute. The servers in unchanged, terminal and
// slowdown stand in front of the framework's, and server.go puts them together.
package provider

import (
	"context"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/accesstoken"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/client"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/clientgrant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/effectiveaccess"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/exclusivegrants"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/managementscopes"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/organization"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/organizationgrant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/requestreport"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/resourceserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/resourceserverscope"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ provider.ProviderWithValidateConfig     = (*m2mProvider)(nil)
	_ provider.ProviderWithFunctions          = (*m2mProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*m2mProvider)(nil)
	_ provider.ProviderWithListResources      = (*m2mProvider)(nil)
)

// typePrefix begins the names of all types.
const typePrefix = "m2m"

// Options set the version, and replace what the provider takes from its environment. A nil function
// means the default.
type Options struct {
	Version string
	// Getenv reads an environment variable.
	Getenv func(string) string
	// Now is the clock of the API client.
	Now func() time.Time
	// Transport replaces the network.
	Transport http.RoundTripper
	// RetryTimeout is the default of retry_timeout.
	RetryTimeout time.Duration
	// RequestReports get the reports of the provider, to be updated at the end of the process.
	RequestReports *requestreport.Files
	// PlanWait bounds how long a check of a plan waits for the plan of another resource.
	PlanWait time.Duration
	// GatherScopes waits for scope changes that can be sent in one request.
	GatherScopes func(pending func() int)
}

// New returns the provider without a server, for tests of its schemas.
func New() provider.Provider { return &m2mProvider{} }

type m2mProvider struct {
	Options

	validated atomic.Bool
	known     atomic.Pointer[known] // Nil until the provider is configured.
}

type providerModel struct {
	Domain                    types.String `tfsdk:"domain"`
	ClientID                  types.String `tfsdk:"client_id"`
	ClientSecret              types.String `tfsdk:"client_secret"`
	ClientAssertionPrivateKey types.String `tfsdk:"client_assertion_private_key"`
	ClientAssertionSigningAlg types.String `tfsdk:"client_assertion_signing_alg"`
	APIToken                  types.String `tfsdk:"api_token"`
	APITokenFile              types.String `tfsdk:"api_token_file"`
	Audience                  types.String `tfsdk:"audience"`
	Headers                   types.Map    `tfsdk:"headers"`
	CACertFile                types.String `tfsdk:"ca_cert_file"`
	RequestTimeout            types.String `tfsdk:"request_timeout"`
	ReadBatching              types.Bool   `tfsdk:"read_batching"`
	AdoptIdentical            types.Bool   `tfsdk:"adopt_identical"`
	RetryTimeout              types.String `tfsdk:"retry_timeout"`
	MaxAPICapacity            types.Int64  `tfsdk:"max_api_capacity"`
	RequestReportFile         types.String `tfsdk:"request_report_file"`
}

func (p *m2mProvider) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = typePrefix
	resp.Version = p.Version
}

func (p *m2mProvider) Schema(
	_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages Auth0 APIs (resource servers) and the client grants that " +
			"let machine-to-machine applications call them, and fetches access tokens with the " +
			"client credentials flow.",
		Attributes: map[string]schema.Attribute{
			"domain": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Host of the tenant, such as `acme.eu.auth0.com`, or a URL, " +
					"such as `https://localhost:8443`. " +
					"`http://` is accepted for loopback addresses only. Environment: " +
					"`AUTH0_DOMAIN`.",
				Validators: []validator.String{domainValidator{"a host, or an https URL of one"}},
			},
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Id of the client that logs in to the Management API, with " +
					"`client_secret` or `client_assertion_private_key`. Environment: " +
					"`AUTH0_CLIENT_ID`.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
				},
			},
			"client_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "Secret of `client_id`. Environment: `AUTH0_CLIENT_SECRET`.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
				},
			},
			"client_assertion_private_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "RSA private key of `client_id` (PEM, at least 2048 bits), " +
					"used to sign an assertion (private_key_jwt) instead of sending a secret. " +
					"Environment: `AUTH0_CLIENT_ASSERTION_PRIVATE_KEY`.",
			},
			"client_assertion_signing_alg": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Algorithm that signs the assertion: " +
					attribute.OrList(m2m.AssertionAlgs()) + ". It must match the algorithm of " +
					"the client's credential in the tenant. Default `RS256`. Environment: " +
					"`AUTH0_CLIENT_ASSERTION_SIGNING_ALG`.",
				Validators: []validator.String{attribute.OneOf(m2m.AssertionAlgs()...)},
			},
			"api_token": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "Management API token to use instead of a client. " +
					"Environment: `AUTH0_API_TOKEN`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"api_token_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of a file that contains a Management API token and " +
					"nothing else. It is read for each request, so another program can renew the " +
					"token during a run. Environment: `AUTH0_API_TOKEN_FILE`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"audience": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Identifier of the Management API. Required if `domain` is " +
					"a custom domain. Default `https://DOMAIN/api/v2/`. Environment: " +
					"`AUTH0_AUDIENCE`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"headers": schema.MapAttribute{
				Optional:    true,
				Sensitive:   true,
				ElementType: types.StringType,
				MarkdownDescription: "Headers to send with every request to the tenant, " +
					"including token requests, for a proxy that requires them. Headers with a " +
					"null value are not sent. Headers that the provider sets itself, such as " +
					"`Authorization`, `Content-Type`, `Host` and `User-Agent`, cannot be " +
					"replaced. The values are never logged.",
			},
			"ca_cert_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of a file with certificates (PEM) of certificate " +
					"authorities to trust for TLS, in addition to the system's. Environment: " +
					"`AUTH0_CA_CERT_FILE`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Time limit for one attempt of a request, such as `10s` or " +
					"`1m`. Failed requests are retried if that is safe. Default `30s`.",
				Validators: []validator.String{attribute.Duration()},
			},
			"read_batching": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a plan reads many objects at once: parallel reads " +
					"in one request, and the pages of a list once they are cheaper. `false` " +
					"reads each object with a request of its own. Default `true`. Environment: " +
					"`M2M_READ_BATCHING`.",
			},
			"adopt_identical": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the create of an API, a scope, a grant or an " +
					"association takes over an object that the tenant already has, if the object " +
					"equals what would be created, and beyond that holds defaults of the tenant " +
					"only. Nothing is changed in the tenant, and a warning names each such " +
					"object. An object that differs in any value, or that the state contains at " +
					"another address, is an error. Of an API whose block omits `scopes`, the " +
					"scopes are not compared. Meant for one apply after a run that was killed: " +
					"see [Troubleshooting](guides/troubleshooting.md). Default `false`. " +
					"Environment: `M2M_ADOPT_IDENTICAL`.",
			},
			"retry_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Time limit for one operation with all its retries and " +
					"waits, such as `2m`: waits for the rate limit, and retries after a server " +
					"error or a lost reply. Default `10m`.",
				Validators: []validator.String{attribute.Duration()},
			},
			"max_api_capacity": schema.Int64Attribute{
				Optional:   true,
				CustomType: attribute.WholeNumber{},
				MarkdownDescription: "Percentage of the tenant's rate limit that the provider " +
					"may use up, from 1 to 100. With `70`, the provider slows down before less " +
					"than 30 percent of the limit are left, so that other clients of the " +
					"Management API are not refused. Default `100`. Environment: " +
					"`M2M_MAX_API_CAPACITY`.",
				Validators: []validator.Int64{int64validator.Between(minCapacity, maxCapacity)},
			},
			"request_report_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of a JSON file that the provider writes during the " +
					"run: its requests by route, retries, waits and requested tokens. It " +
					"contains no ids and no secrets. A report of an earlier run is replaced. " +
					"Environment: `M2M_REQUEST_REPORT_FILE`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

// ValidateConfig reports errors that do not depend on the environment.
func (p *m2mProvider) ValidateConfig(
	ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	p.validated.Store(true)
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resolveSettings(config, func(string) string { return "" }).check(&resp.Diagnostics)
}

func (p *m2mProvider) Configure(
	ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse,
) {
	p.known.Store(nil)
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings := resolveSettings(config, p.Getenv)
	if settings.unknown && req.ClientCapabilities.DeferralAllowed {
		// Terraform then defers plans and reads, but not destroys, so the resources still need
		// their run.
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
	}
	var mistakes diag.Diagnostics
	r := p.start(settings, &mistakes)
	switch {
	case mistakes.HasError() && !hasConfiguration(req.Config):
		// Without a provider block, Terraform would answer an error here with the advice to add
		// one. The types report mistakes of the environment instead, at their first use.
		r = &run.Run{Connection: settings.connection(), Mistakes: mistakes}
	case mistakes.HasError():
		resp.Diagnostics.Append(mistakes...)
		return
	}
	r.Version = p.Version
	r.MayBeOpenTofu = openTofuVersions.MatchString(req.TerraformVersion)
	if len(mistakes) == 0 {
		p.registerUnchanged(ctx, r)
	}
	resp.ResourceData = r
	resp.DataSourceData = r
	resp.EphemeralResourceData = r
	resp.ListResourceData = r
	resp.ActionData = r
}

// openTofuVersions match the versions that OpenTofu 1.11 and 1.12 report to providers. The last
// Terraform 1.11 is 1.11.4. OpenTofu 1.12 reports 1.13.0, as Terraform 1.13.0 does.
var openTofuVersions = regexp.MustCompile(`^1\.11\.([5-9]|[1-9]\d)|^1\.13\.0$`)

// hasConfiguration reports whether the configuration sets any argument of the provider.
func hasConfiguration(config tfsdk.Config) bool {
	for _, value := range attribute.ValuesOf(config.Raw) {
		if !value.IsNull() {
			return true
		}
	}
	return false
}

// servesSeveralWalks reports whether this process serves several plans and applies. For a single
// one, Terraform validates the configuration of the provider before it configures the provider. In
// `terraform test`, from version 1.13 on, it only configures it.
func (p *m2mProvider) servesSeveralWalks() bool { return !p.validated.Load() }

// start creates the run that the types of the provider share.
func (p *m2mProvider) start(settings settings, diags *diag.Diagnostics) *run.Run {
	settings.check(diags)
	if diags.HasError() {
		return nil
	}
	cfg := m2m.Config{
		Config: rest.Config{
			Unusable:  settings.unusable,
			UserAgent: "terraform-provider-m2m/" + p.Version,
			Headers:   settings.headers.values,
			Log:       tflog.Debug,
			Warn:      tflog.Warn,
			Getenv:    p.Getenv,
			Transport: p.Transport,
		},
		Audience:      settings.audience.value,
		Credentials:   settings.credentials(),
		APIToken:      settings.apiToken.value,
		APITokenFile:  settings.apiTokenFile.value,
		NoCredentials: settings.noLogin(),
		GatherScopes:  p.GatherScopes,
		Now:           p.Now,
	}
	cfg.BaseURL = settings.baseURL(diags)
	cfg.RootCAs = settings.rootCAs(diags)
	severalWalks := p.servesSeveralWalks()
	batching := settings.readBatching.isTrue("read_batching", true, diags)
	cfg.NoReadBatching = !batching || severalWalks // An answer must not outlive its plan.
	adoptIdentical := settings.adoptIdentical.isTrue("adopt_identical", false, diags)
	// Checked by its validator.
	cfg.RequestTimeout, _ = time.ParseDuration(settings.requestTimeout.value)
	cfg.RetryTimeout = p.RetryTimeout
	if settings.retryTimeout.value != "" {
		cfg.RetryTimeout, _ = time.ParseDuration(settings.retryTimeout.value)
	}
	cfg.MaxAPICapacity = settings.capacity(diags)
	report := settings.requestReport(diags)
	cfg.Sent = report.Changed
	if diags.HasError() {
		return nil
	}
	api, err := m2m.New(cfg)
	if err != nil {
		// The settings have been checked, and m2m checks them again.
		diags.AddError("Unable to configure the provider",
			"This is a bug in the provider; please report it: "+err.Error()+".")
		return nil
	}
	report.Of(api.Usage)
	p.RequestReports.Add(report)
	return &run.Run{
		Connection: settings.connection(), API: api, Credentials: settings.credentials(),
		ManagementAudience: settings.managementAudience(), Unknown: settings.unknown,
		Unusable: settings.unusable, MaxAPICapacity: cfg.MaxAPICapacity,
		PlanWait: p.PlanWait, AdoptIdentical: adoptIdentical,
		SeveralWalks: severalWalks,
	}
}

func (p *m2mProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		resourceserver.NewResource, resourceserverscope.NewResource, clientgrant.NewResource,
		organizationgrant.NewResource, exclusivegrants.NewResource,
	}
}

func (p *m2mProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		accesstoken.NewDataSource,
		resourceserver.NewDataSource, resourceserver.NewPluralDataSource,
		clientgrant.NewPluralDataSource, client.NewDataSource, client.NewPluralDataSource,
		organization.NewDataSource, organization.NewPluralDataSource,
		effectiveaccess.NewDataSource, managementscopes.NewDataSource,
	}
}

func (p *m2mProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{accesstoken.NewEphemeralResource}
}

func (p *m2mProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		resourceserver.NewListResource, resourceserverscope.NewListResource,
		clientgrant.NewListResource, organizationgrant.NewListResource,
	}
}

func (p *m2mProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{accesstoken.NewVerifyAction}
}

func (p *m2mProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{accesstoken.NewDecodeJWT}
}
