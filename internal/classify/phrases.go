package classify

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"wardline/internal/platform/id"
)

// The starter vocabulary: how hospitals speak of each item, the words of danger, the
// policy and the scripts that come with the program.
//
//go:embed seed/phrases.tsv seed/words.tsv seed/policy.json seed/scripts.json
var seedFiles embed.FS

// phrase is one wording of the starter vocabulary.
type phrase struct{ code, words string }

func starterPhrases() ([]phrase, error) {
	lines, err := seedLines("seed/phrases.tsv", 2)
	var out []phrase
	for _, l := range lines {
		for _, w := range strings.Split(l[1], "|") {
			out = append(out, phrase{l[0], w})
		}
	}
	return out, err
}

func starterWords() ([]Word, error) {
	lines, err := seedLines("seed/words.tsv", 4)
	var out []Word
	for i, l := range lines {
		w := Word{ID: id.New(), Word: l[0], ItemCode: l[1], Priority: l[2], Active: true, Position: int64(i + 1), Except: []string{}}
		if l[3] != "" {
			w.Except = strings.Split(l[3], ";")
		}
		out = append(out, w)
	}
	return out, err
}

func starterPolicy() ([]PolicyRule, error) {
	var out []PolicyRule
	if err := seedJSON("seed/policy.json", &out); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].ID, out[i].Active, out[i].Position = id.New(), true, int64(i+1)
	}
	return out, checkPolicy(out)
}

func starterScripts(now int64) ([]Script, error) {
	var list []struct {
		Code  string
		Steps []Step
	}
	if err := seedJSON("seed/scripts.json", &list); err != nil {
		return nil, err
	}
	var out []Script
	for _, l := range list {
		s := Script{ItemCode: l.Code, Steps: l.Steps, Version: 1, UpdatedAt: now}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("seed/scripts.json: %s: %w", l.Code, err)
		}
		out = append(out, s)
	}
	return out, nil
}

func seedJSON(name string, into any) error {
	raw, err := seedFiles.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// seedLines reads a file of tab-separated columns under a line of their names.
func seedLines(name string, columns int) ([][]string, error) {
	raw, err := seedFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for i, line := range strings.Split(strings.TrimRight(string(raw), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			return nil, fmt.Errorf("%s:%d: %d columns, want %d", name, i+1, len(cells), columns)
		}
		if i > 0 {
			out = append(out, cells)
		}
	}
	return out, nil
}

func indexed(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
