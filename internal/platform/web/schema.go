package web

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names a type in the OpenAPI document after its package and itself, so
// that two domains may each have an Item: catalog.Item is CatalogItem. A type that
// already begins with its package's name, or belongs to this package, stays as it
// is. A type without a name is named after the operation that is being registered.
func schemaName(operation string, t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" && t.Kind() == reflect.Struct && operation != "" && !strings.HasPrefix(strings.ToLower(hint), strings.ToLower(camel(operation))) {
		hint = camel(operation) + hint
	}
	name := huma.DefaultSchemaNamer(t, hint)
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || t.PkgPath() == "" || pkg == "web" || strings.HasPrefix(strings.ToLower(name), pkg) {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// camel turns get-order into GetOrder.
func camel(id string) string {
	var b strings.Builder
	for _, part := range strings.Split(id, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
