// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "net/http"

// Refusals that any request can get.
//
// ASSUMED: the texts about unreadable bodies and internal errors, and the status 415. They are the
// defaults of the API's HTTP framework; API contract 1.3 has only malformed JSON.
var (
	ErrUnknownRoute = Missing("", "Not Found") // API contract 1.5.
	// ErrNotImplemented is the only refusal that no tenant sends.
	ErrNotImplemented = &Refusal{
		Status: http.StatusNotImplemented,
		Code:   "not_implemented",
		Text:   "%s is not implemented by m2m-testserver, see SUPPORTED.md",
	}
	ErrMalformedJSON = BadRequest("", "Invalid request payload JSON format")
	ErrMalformedForm = BadRequest("", "Invalid request payload form format")
	ErrMediaType     = &Refusal{
		Status: http.StatusUnsupportedMediaType,
		Text:   "Unsupported Media Type",
	}
	ErrBodyTooLarge = &Refusal{
		Status: http.StatusRequestEntityTooLarge,
		Text:   "Payload content length greater than maximum allowed: %d",
	}
	ErrGlobalLimit   = tooMany("Global limit has been reached")   // API contract 1.6.
	ErrEndpointLimit = tooMany("Endpoint limit has been reached") // API contract 1.6.
	ErrInternal      = &Refusal{
		Status: http.StatusInternalServerError,
		Text:   "An internal server error occurred",
	}
)

// RefusalOf returns the refusal that the API sends with a status by default.
//
// ASSUMED: the standard status text if no text was observed, as in the API's HTTP framework.
func RefusalOf(status int) *Refusal {
	switch status {
	case http.StatusTooManyRequests:
		return ErrGlobalLimit
	case http.StatusInternalServerError:
		return ErrInternal
	default:
		return &Refusal{Status: status, Text: http.StatusText(status)}
	}
}

// Missing refuses a request for an object that does not exist.
func Missing(code, text string) *Refusal {
	return &Refusal{Status: http.StatusNotFound, Code: code, Text: text}
}

// Conflict refuses to create an object that exists already.
func Conflict(code, text string) *Refusal {
	return &Refusal{Status: http.StatusConflict, Code: code, Text: text}
}

// Forbidden refuses something that the caller is not allowed to do.
func Forbidden(code, text string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: code, Text: text}
}

// BadRequest refuses an invalid request.
func BadRequest(code, text string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Text: text}
}

// InvalidBearer refuses an access token. Its body contains the text twice.
func InvalidBearer(text string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Text: text, echoed: true}
}

// tooMany refuses a request beyond a rate limit.
func tooMany(text string) *Refusal {
	return &Refusal{Status: http.StatusTooManyRequests, Code: "too_many_requests", Text: text}
}

// InvalidBody refuses a request body (API contract 1.3).
func InvalidBody(text string) *Refusal { return BadRequest("invalid_body", text) }

// InvalidQuery refuses a query (API contract 1.3).
func InvalidQuery(text string) *Refusal { return BadRequest("invalid_query_string", text) }

// NotSupported refuses an operation on a system object (API contract 1.3).
func NotSupported(text string) *Refusal { return BadRequest("operation_not_supported", text) }

// TokenRefusal refuses a token request, in the shape of token endpoint errors (API contract 9.4).
func TokenRefusal(status int, code, text string) *Refusal {
	return &Refusal{Status: status, Code: code, Text: text, tokens: true}
}
