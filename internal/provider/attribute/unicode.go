// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/text/unicode/norm"
)

// WarnOfDecomposed warns of scopes in the tenant that are not in Unicode NFC. Terraform converts
// each string to NFC, so the next update would silently rename these scopes.
func WarnOfDecomposed(diags *diag.Diagnostics, object string, scopes []string) {
	decomposed := slices.DeleteFunc(slices.Clone(scopes), norm.NFC.IsNormalString)
	if len(decomposed) == 0 {
		return
	}
	slices.Sort(decomposed)
	for i, scope := range decomposed {
		decomposed[i] = fmt.Sprintf("%q (%+q)", scope, scope)
	}
	diags.AddWarning(fmt.Sprintf("The %s has scopes that are not in Unicode NFC", object),
		fmt.Sprintf("Terraform converts strings to NFC, so it cannot keep these scopes: %s. A "+
			"change of the scopes renames them, and an API and a grant that spell a scope "+
			"differently do not match. Rename them in the tenant.",
			strings.Join(decomposed, ", ")))
}
