// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// private is what the state remembers of an object for the provider alone.
type private struct {
	// Tenant is the host of the tenant that contains the object.
	Tenant string `json:"tenant,omitempty"`
	// Configured are the attributes that the configuration set when it was last applied.
	Configured []string `json:"configured,omitempty"`
	// Answer is the fingerprint of the tenant's answer and of the state that was made of it.
	Answer string `json:"answer,omitempty"`
}

const privateKey = "m2m"

// privateState is the private state in requests and responses of the framework.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func remembered(ctx context.Context, from privateState, diags *diag.Diagnostics) (out private) {
	raw, d := from.GetKey(ctx, privateKey)
	diags.Append(d...)
	if raw != nil {
		_ = json.Unmarshal(raw, &out) // An unreadable memory is as good as none.
	}
	return out
}

func remember(ctx context.Context, in privateState, what private, diags *diag.Diagnostics) {
	raw, _ := json.Marshal(what) // Texts can always be encoded.
	diags.Append(in.SetKey(ctx, privateKey, raw)...)
}

// PlannedAgain reports whether a create is the second plan of a replacement. Terraform shows no
// warnings of that plan, so the first one must give them. It passes the private state of the object
// only to that create: a new object and a tainted object have none.
func PlannedAgain(
	ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics,
) bool {
	if !req.State.Raw.IsNull() {
		return false
	}
	raw, d := req.Private.GetKey(ctx, privateKey)
	diags.Append(d...)
	return raw != nil
}

// RememberTenant records, when an object is read, which tenant contains it.
func RememberTenant(
	ctx context.Context, c *report.Connection, in privateState, diags *diag.Diagnostics,
) {
	if what := remembered(ctx, in, diags); what.Tenant != c.Tenant {
		what.Tenant = c.Tenant
		remember(ctx, in, what, diags)
	}
}

// OfThisTenant reports an error if the state of an object was written for another tenant than the
// provider's. Read calls it only for an object that it has not found, because ids are unique among
// tenants: the same tenant under a custom domain is no error. Delete calls it first, because it
// treats a missing object as deleted.
func OfThisTenant(
	ctx context.Context, c *report.Connection, op report.Operation, from privateState,
	diags *diag.Diagnostics,
) bool {
	what := remembered(ctx, from, diags)
	if what.Tenant == "" || what.Tenant == c.Tenant {
		return true
	}
	diags.AddError("State of another tenant",
		fmt.Sprintf("The state of the %s was written for the tenant %s, but the provider uses the "+
			"tenant %s (domain %s, from %s). Nothing was changed.\n\nSet the provider's domain to "+
			"the tenant of this state, or use a state of its own for each tenant. If the old "+
			"tenant is gone for good, remove the object from the state: "+
			"terraform state rm ADDRESS.",
			op.Object, what.Tenant, c.Tenant, c.Domain, c.DomainSource))
	return false
}

// fingerprint identifies an answer of the tenant, an object of the API, and the state that was made
// of it, encoded in MessagePack. Another version of the provider may make another state of the same
// answer, so each version has its own fingerprints. A person may edit the state.
func fingerprint(c *report.Connection, answer any, state []byte) string {
	encoded, err := json.Marshal(answer)
	if err != nil {
		return "" // Matches no answer.
	}
	plain, err := canonical(state)
	if err != nil {
		return ""
	}
	hash := sha256.New()
	_, _ = fmt.Fprintf(hash, "%s\n%s\n%s", c.Version, encoded, plain)
	return base64.RawStdEncoding.EncodeToString(hash.Sum(nil)[:16])
}

// canonical encodes a state independently of the order of its maps and sets.
func canonical(state []byte) ([]byte, error) {
	var value any
	if err := msgpack.Unmarshal(state, &value); err != nil {
		return nil, err
	}
	return json.Marshal(sorted(value))
}

// sorted sorts all collections. Maps are sorted when they are encoded.
func sorted(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, element := range value {
			value[key] = sorted(element)
		}
	case []any:
		texts := make([]string, len(value))
		for i, element := range value {
			text, _ := json.Marshal(sorted(element)) // Decoded values can be encoded.
			texts[i] = string(text)
		}
		slices.Sort(texts)
		return texts
	}
	return value
}

// encoded encodes a state of the framework in MessagePack. It returns nil if that fails, which
// matches no state.
func encoded(state tftypes.Value) []byte {
	value, err := tfprotov6.NewDynamicValue(state.Type(), state)
	if err != nil {
		return nil
	}
	return value.MsgPack
}

// Seen is what the private state tells about the last answer of the tenant.
type Seen struct {
	connection *report.Connection
	answer     string
}

// SeenIn reads an encoded private state. ok is false if it knows no answer, or only the answer of
// another tenant.
func SeenIn(encoded []byte, c *report.Connection) (seen Seen, ok bool) {
	what, ok := decode(encoded)
	return Seen{c, what.Answer}, ok && what.Answer != "" && what.Tenant == c.Tenant
}

// Is reports whether the state, encoded in MessagePack, was made of an answer.
func (s Seen) Is(answer any, state []byte) bool {
	return fingerprint(s.connection, answer, state) == s.answer
}

// RememberAnswer records the answer of the tenant that a read has written to the state. If the read
// has something to say, it must say it again the next time, so it records nothing. The answer is
// nil if the state must not contain its fingerprint.
func RememberAnswer(
	ctx context.Context, c *report.Connection, answer any, resp *resource.ReadResponse,
) {
	what := remembered(ctx, resp.Private, &resp.Diagnostics)
	seen := ""
	if answer != nil && len(resp.Diagnostics) == 0 {
		seen = fingerprint(c, answer, encoded(resp.State.Raw))
	}
	if what.Answer != seen {
		what.Answer = seen
		remember(ctx, resp.Private, what, &resp.Diagnostics)
	}
}

// decode reads an encoded private state.
func decode(encoded []byte) (what private, ok bool) {
	var all map[string][]byte
	if len(encoded) == 0 {
		return what, true
	}
	if json.Unmarshal(encoded, &all) != nil {
		return what, false
	}
	_ = json.Unmarshal(all[privateKey], &what) // As in remembered.
	return what, true
}

// NothingUnmanaged reports whether WarnOfUnmanaged would certainly not warn, because the
// configuration still sets each attribute that it set when it was last applied. isSet reports
// whether it sets an attribute. The values in the configuration must equal the values in the state.
func NothingUnmanaged(encoded []byte, isSet func(attribute string) bool) bool {
	what, ok := decode(encoded)
	return ok && !slices.ContainsFunc(what.Configured, func(name string) bool {
		// A part is set if the whole is, because its value equals the state.
		root, _, _ := strings.Cut(name, ".")
		return !isSet(root)
	})
}

// configured returns the names of the attributes that a configuration sets.
func configured(config tftypes.Value) []string {
	given := leaves(config)
	maps.DeleteFunc(given, func(_ string, value tftypes.Value) bool { return value.IsNull() })
	return slices.Sorted(maps.Keys(given))
}

// WarnOfUnmanaged warns of attributes that were removed from the configuration and keep their value
// in the tenant.
func WarnOfUnmanaged(
	ctx context.Context, op report.Operation, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	given := configured(req.Config.Raw)
	planned, prior := leaves(resp.Plan.Raw), leaves(req.State.Raw)
	attributes := resp.Plan.Schema.GetAttributes()
	for _, name := range remembered(ctx, req.Private, &resp.Diagnostics).Configured {
		root, part, _ := strings.Cut(name, ".")
		kept, ok := planned[name]
		switch {
		case slices.Contains(given, name), part != "" && !slices.Contains(given, root):
		case !ok || !kept.IsFullyKnown() || kept.IsNull() || !kept.Equal(prior[name]):
		case !attributes[root].IsComputed():
		default:
			value := attribute.Shown(kept)
			if attributes[root].IsSensitive() {
				value = "(sensitive value)"
			}
			advice := "To change it, set " + name + " again."
			if name == "scopes" {
				advice += " scopes = {} removes all scopes."
			}
			resp.Diagnostics.AddAttributeWarning(path.Root(root),
				fmt.Sprintf("%s of the %s is no longer managed", name, op.Object),
				fmt.Sprintf("It was removed from the configuration, and the tenant keeps its "+
					"value: %s. %s", value, advice))
		}
	}
}

// leaves returns attributes by name, with the parts of objects, such as
// subject_type_authorization.client.
func leaves(object tftypes.Value) map[string]tftypes.Value {
	out := maps.Clone(attribute.ValuesOf(object))
	for name, value := range attribute.ValuesOf(object) {
		if value.IsKnown() && value.Type().Is(tftypes.Object{}) {
			for part, value := range attribute.ValuesOf(value) {
				out[name+"."+part] = value
			}
		}
	}
	return out
}
