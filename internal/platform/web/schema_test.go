package web

import (
	"reflect"
	"testing"

	"wardline/internal/platform/fault"
)

type page[T any] struct{ Items []T }

func TestSchemaNamesCarryThePackage(t *testing.T) {
	for want, v := range map[string]any{
		"FaultFieldFault": fault.FieldFault{},
		"Fault":           &fault.Fault{},
		"Problem":         Problem{},
		"PageFieldFault":  page[fault.FieldFault]{},
		"GetThingReply":   struct{ A int }{},
	} {
		if got := schemaName("", reflect.TypeOf(v), "GetThingReply"); got != want {
			t.Errorf("%T: got %s, want %s", v, got, want)
		}
	}
}
