package notify

import (
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

// Message is one piece of news for one person.
type Message struct {
	ID        string `db:"id"`
	PersonID  string `db:"person_id"`
	Template  string `db:"template"`
	Group     Group  `db:"grp"`
	Subject   string `db:"subject"`
	Version   int64  `db:"version"`
	Urgent    bool   `db:"urgent"`
	Inbox     bool   `db:"inbox"` // whether the person finds it in the inbox
	Texts     Texts  `db:"texts,json"`
	Page      string `db:"page"`
	At        int64  `db:"at"` // when it was written
	ExpiresAt int64  `db:"expires_at"`
	ReadAt    int64  `db:"read_at"`
}

// MessageView is a message as its person sees it.
type MessageView struct {
	ID       string `json:"id"`
	Template string `json:"template" doc:"Kind of news, for example order.assigned"`
	Group    Group  `json:"group" enum:"assigned,pool,alert,mine,desk,system"`
	Subject  string `json:"subject,omitempty" doc:"Id of the thing it is about"`
	Urgent   bool   `json:"urgent"`
	Title    string `json:"title"`
	Brief    string `json:"brief,omitempty"`
	Body     string `json:"body"`
	Page     string `json:"page,omitempty" doc:"Path of the page it leads to"`
	At       int64  `json:"at" doc:"Unix milliseconds"`
	ReadAt   int64  `json:"readAt,omitempty"`
}

func (m *Message) view(lang fault.Language) MessageView {
	t := m.Texts.In(lang)
	return MessageView{ID: m.ID, Template: m.Template, Group: m.Group, Subject: m.Subject, Urgent: m.Urgent, Title: t.Title,
		Brief: t.Brief, Body: t.Body, Page: m.Page, At: m.At, ReadAt: m.ReadAt}
}

// Record is one delivery of a message, as the log of deliveries keeps it.
type Record struct {
	ID        string `db:"id"`
	MessageID string `db:"message_id"`
	PersonID  string `db:"person_id"`
	Channel   string `db:"channel"`
	Target    string `db:"target"` // id of the device for push, else empty
	State     State  `db:"state"`
	Reason    string `db:"reason"`
	Error     string `db:"error"`
	Attempts  int64  `db:"attempts"`
	Forced    bool   `db:"forced"` // asked for by a person: goes out whatever the preferences say
	RunAt     int64  `db:"run_at"` // when it is or was to be sent
	CreatedAt int64  `db:"created_at"`
	UpdatedAt int64  `db:"updated_at"`
}

// RecordView is a delivery as people see it.
type RecordView struct {
	ID         string `json:"id"`
	MessageID  string `json:"messageId"`
	PersonID   string `json:"personId"`
	PersonName string `json:"personName,omitempty"`
	Title      string `json:"title"`
	Template   string `json:"template"`
	Channel    string `json:"channel"`
	State      State  `json:"state" enum:"queued,sent,failed,skipped"`
	Reason     string `json:"reason,omitempty" enum:"off,no_address,no_channel,quiet_hours,expired,already_read,inactive,retry,refused,gone,gave_up"`
	ReasonText string `json:"reasonText,omitempty" doc:"The reason in the caller's language"`
	Error      string `json:"error,omitempty" doc:"What the other side said; for administrators"`
	Attempts   int64  `json:"attempts"`
	RunAt      int64  `json:"runAt,omitempty" doc:"While queued: when it will be sent, not before"`
	CreatedAt  int64  `json:"createdAt"`
	UpdatedAt  int64  `json:"updatedAt"`
}

// Device is one browser that takes push messages for a person.
type Device struct {
	ID        string `db:"id" json:"id"`
	PersonID  string `db:"person_id" json:"-"`
	Label     string `db:"label" json:"label" doc:"What the person calls it"`
	UserAgent string `db:"user_agent" json:"-"`
	Endpoint  string `db:"endpoint" json:"-"`
	P256dh    string `db:"p256dh" json:"-"`
	Auth      string `db:"auth" json:"-"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
	SentAt    int64  `db:"sent_at" json:"sentAt,omitempty" doc:"Last time something was delivered to it"`
}

// maxDevices is how many devices a person may have; the oldest makes room.
const maxDevices = 10

// Keep is how long messages and the log of deliveries are kept, in milliseconds.
const Keep = 180 * clock.Day

// Notice is the order to tell somebody something.
type Notice struct {
	PersonID string
	Template string // code of a template
	Subject  string // id of the thing
	Version  int64  // the same news is told once for each version of the thing
	Params   map[string]any
	Urgent   bool
	Page     string // path of the page it leads to; empty for none
	At       int64  // when it happened, Unix milliseconds; 0 is now
	// Channels limits the ways out besides the inbox; nil is all that the person wants.
	Channels []string
}

// Signal is the data of an event on Topic: the person's pages should look.
type Signal struct {
	Kind     string `json:"kind"` // new or read
	ID       string `json:"id,omitempty"`
	Template string `json:"template,omitempty"`
	Group    Group  `json:"group,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Urgent   bool   `json:"urgent,omitempty"`
}

// Topic is the topic of the events that tell of messages.
const Topic = "message"
