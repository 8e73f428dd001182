package org

import (
	"context"

	"wardline/internal/platform/db"
)

type personSkillRow struct {
	PersonID string `db:"person_id"`
	PersonSkill
}

func skillsOf(ctx context.Context, tx *db.Tx, personIDs []string) (map[string][]PersonSkill, error) {
	out := map[string][]PersonSkill{}
	for _, part := range chunks(personIDs) {
		stmt, args := db.NewQuery().In("person_id", part...).OrderBy(db.Order{Column: "skill_id", Text: true}).
			Build("SELECT person_id, skill_id, level FROM person_skill")
		err := db.Each(ctx, tx, func(r *personSkillRow) error {
			out[r.PersonID] = append(out[r.PersonID], r.PersonSkill)
			return nil
		}, stmt, args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func replaceSkills(ctx context.Context, tx *db.Tx, personID string, skills []PersonSkill) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM person_skill WHERE person_id = $1", personID); err != nil {
		return err
	}
	rows := make([]personSkillRow, 0, len(skills))
	for _, k := range skills {
		rows = append(rows, personSkillRow{personID, k})
	}
	return db.InsertMany(ctx, tx, "person_skill", rows)
}
