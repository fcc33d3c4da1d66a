// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "net/http"

// What any request can meet with, whatever it asks for.
//
// ASSUMED: the texts about bodies that cannot be read and about a failure of the server, and that
// 415 is one of them: as the API's HTTP framework has it (of these, API contract 1.3 has malformed
// JSON).
var (
	ErrUnknownRoute  = Missing("", "Not Found") // API contract 1.5.
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

// RefusalOf is what the API says with a status of its own accord.
//
// ASSUMED: the standard phrase where no words were observed, as the API's HTTP framework has it.
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

// Missing is about an object that does not exist.
func Missing(code, text string) *Refusal {
	return &Refusal{Status: http.StatusNotFound, Code: code, Text: text}
}

// Conflict is about an object that is there already.
func Conflict(code, text string) *Refusal {
	return &Refusal{Status: http.StatusConflict, Code: code, Text: text}
}

// Forbidden is about something that the caller may not do.
func Forbidden(code, text string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: code, Text: text}
}

// BadRequest is about a request that makes no sense.
func BadRequest(code, text string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Text: text}
}

// InvalidBearer is about an access token; the body says the text twice.
func InvalidBearer(text string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Text: text, echoed: true}
}

// tooMany is about a limit that is used up.
func tooMany(text string) *Refusal {
	return &Refusal{Status: http.StatusTooManyRequests, Code: "too_many_requests", Text: text}
}

// InvalidBody is about a body (API contract 1.3).
func InvalidBody(text string) *Refusal { return BadRequest("invalid_body", text) }

// InvalidQuery is about a query (API contract 1.3).
func InvalidQuery(text string) *Refusal { return BadRequest("invalid_query_string", text) }

// NotSupported is what objects of the system refuse (API contract 1.3).
func NotSupported(text string) *Refusal { return BadRequest("operation_not_supported", text) }

// TokenRefusal is about a token request; it has the shape of the token endpoint (API contract 9.4).
func TokenRefusal(status int, code, text string) *Refusal {
	return &Refusal{Status: status, Code: code, Text: text, tokens: true}
}
