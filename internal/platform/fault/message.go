package fault

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Each package that raises faults has one file of messages here, named after it.
//
//go:embed messages/*.json
var messageFiles embed.FS

// Language of a message: "zh" or "en".
type Language string

// The languages of Wardline.
const (
	Chinese Language = "zh"
	English Language = "en"
)

var messages = func() map[string]map[Language]string {
	all := map[string]map[Language]string{}
	names, err := fs.Glob(messageFiles, "messages/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		raw, err := messageFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		var some map[string]map[Language]string
		if err := json.Unmarshal(raw, &some); err != nil {
			panic("fault: " + name + ": " + err.Error())
		}
		for code, m := range some {
			if _, twice := all[code]; twice {
				panic("fault: message code " + code + " is defined twice")
			}
			all[code] = m
		}
	}
	return all
}()

// Codes returns every message code, sorted.
func Codes() []string {
	out := make([]string, 0, len(messages))
	for c := range messages {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

// Message returns the text of a code with {name} replaced by the parameters.
// An unknown code returns the code itself.
func Message(lang Language, code string, params map[string]any) string {
	text := messages[code][lang]
	if text == "" {
		return code
	}
	for k, v := range params {
		text = strings.ReplaceAll(text, "{"+k+"}", fmt.Sprint(v))
	}
	return text
}

// ParseLanguage picks the language from an Accept-Language header; Chinese when in doubt.
func ParseLanguage(header string) Language {
	for _, part := range strings.Split(header, ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return Chinese
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return Chinese
}
