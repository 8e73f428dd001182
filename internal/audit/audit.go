package audit

// Entry is one line of the audit trail.
type Entry struct {
	ID        string         `db:"id" json:"id"`
	At        int64          `db:"at" json:"at" doc:"Unix milliseconds"`
	ActorID   string         `db:"actor_id" json:"actorId" doc:"Person, or system for the program itself, or public for someone not signed in"`
	ActorName string         `db:"actor_name" json:"actorName"`
	Action    string         `db:"action" json:"action" doc:"What was done, for example order.dispatch"`
	Subject   string         `db:"subject" json:"subject" doc:"Kind of thing, for example order"`
	SubjectID string         `db:"subject_id" json:"subjectId"`
	Detail    map[string]any `db:"detail,json" json:"detail,omitempty"`
	IP        string         `db:"ip" json:"ip,omitempty"`
	RequestID string         `db:"request_id" json:"requestId,omitempty"`
}
