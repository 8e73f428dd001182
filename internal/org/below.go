package org

import (
	"context"
	"strings"

	"wardline/internal/platform/db"
)

// departmentCache is the tree of departments as one stamp of the directory has it.
type departmentCache struct {
	stamp int64
	below map[string][]string
}

// Below returns the ids of the departments below a department, itself aside. It
// must be called outside any transaction. The tree is kept in memory; the stamp,
// read each time, tells whether another replica has changed it since.
func (s *Service) Below(ctx context.Context, departmentID string) ([]string, error) {
	s.mu.Lock()
	kept := s.below
	s.mu.Unlock()
	var fresh *departmentCache
	err := s.deps.DB.Read(ctx, func(tx *db.Tx) error {
		// The stamp first: a tree that is newer than its stamp is only loaded once
		// more, one that is older would stay.
		stamp, err := readStamp(ctx, tx)
		if err != nil || kept != nil && kept.stamp == stamp {
			return err
		}
		rows, err := departmentTree(ctx, tx)
		fresh = &departmentCache{stamp, belowAll(rows)}
		return err
	})
	if err != nil {
		return nil, err
	}
	if fresh != nil {
		s.mu.Lock()
		s.below = fresh
		s.mu.Unlock()
		kept = fresh
	}
	return append([]string(nil), kept.below[departmentID]...), nil
}

func belowAll(rows []treeRow) map[string][]string {
	out := map[string][]string{}
	for _, r := range rows {
		for _, above := range strings.Split(strings.Trim(r.Ancestry, "/"), "/") {
			if above != r.ID {
				out[above] = append(out[above], r.ID)
			}
		}
	}
	return out
}
