package demo

import (
	"context"
	"fmt"

	"wardline/internal/classify"
	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

// findings are what was found out about some of the problems.
var findings = []classify.Finding{
	{Cause: "搓纸轮老化,同批次", Action: "同批次打印机统一更换搓纸轮,列入季度保养", Close: true},
	{Cause: "初查为接触不良,待复核"},
}

// learned lets the program read the words of the invented history, and notes what has
// kept failing in the last week.
func learned(ctx context.Context, s *classify.Service, orders *workorder.Service, now int64) error {
	if _, err := s.Learn(ctx); err != nil {
		return err
	}
	same, first := map[string][]workorder.Order{}, []string(nil)
	for cursor := ""; ; {
		list, next, err := orders.List(ctx, workorder.Filter{From: now - 7*clock.Day}, 200, cursor)
		if err != nil {
			return err
		}
		for _, o := range list {
			what := o.AssetID
			if what == "" {
				what = o.PlaceID + o.ItemID
			}
			if same[what] == nil {
				first = append(first, what)
			}
			same[what] = append(same[what], o)
		}
		if cursor = next; next == "" {
			break
		}
	}
	noted := 0
	for _, what := range first {
		if len(same[what]) < 3 {
			continue
		}
		problem := ""
		for i := len(same[what]) - 1; i >= 0; i-- { // the newest come first
			var err error
			if problem, err = s.Note(ctx, &same[what][i], int64(len(same[what]))); err != nil {
				return fmt.Errorf("problem of %s: %w", same[what][i].AssetName, err)
			}
		}
		if noted < len(findings) {
			if _, err := s.Find(ctx, problem, findings[noted]); err != nil {
				return err
			}
		}
		noted++
	}
	return nil
}
