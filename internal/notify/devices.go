package notify

import (
	"context"
	"strings"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Subscription is what a browser says when it subscribes to push.
type Subscription struct {
	Endpoint string
	P256dh   string
	Auth     string
	Label    string // what the person calls the device
}

// PushKey returns the key browsers subscribe with; the fault notify.no_push when
// push is not set up.
func (s *Service) PushKey() (string, error) {
	if s.pusher == nil {
		return "", fault.New(fault.NotFound, "notify.no_push")
	}
	return s.pusher.PublicKey(), nil
}

// Subscribe makes a browser a device of the signed-in person, and of nobody else:
// whoever used it before gets no more messages on it.
func (s *Service) Subscribe(ctx context.Context, in Subscription, userAgent string) (Device, error) {
	actor, err := me(ctx)
	if err != nil {
		return Device{}, err
	}
	if s.pusher == nil {
		return Device{}, fault.New(fault.NotFound, "notify.no_push")
	}
	if err := s.pusher.Check(Address{Endpoint: in.Endpoint, P256dh: in.P256dh, Auth: in.Auth}); err != nil {
		return Device{}, err
	}
	d := Device{ID: id.New(), PersonID: actor.PersonID, Label: cut(oneLine(in.Label), 60), UserAgent: cut(oneLine(userAgent), 300),
		Endpoint: in.Endpoint, P256dh: strings.TrimRight(in.P256dh, "="), Auth: strings.TrimRight(in.Auth, "=")}
	err = s.write(ctx, func(tx *db.Tx) error {
		d.CreatedAt = s.now()
		kept, err := putDevice(ctx, tx, &d)
		if err != nil {
			return err
		}
		d.ID = kept
		all, err := devicesOf(ctx, tx, []string{actor.PersonID})
		if err != nil {
			return err
		}
		list := all[actor.PersonID]
		for i := 0; i < len(list) && len(list)-i > maxDevices; i++ {
			if list[i].ID == d.ID {
				continue
			}
			if _, err := deleteDevice(ctx, tx, actor.PersonID, list[i].ID); err != nil {
				return err
			}
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "notify.device.add", "device", d.ID, map[string]any{"label": d.Label})
	})
	return d, err
}

// Devices returns the signed-in person's devices, the oldest first.
func (s *Service) Devices(ctx context.Context) ([]Device, error) {
	actor, err := me(ctx)
	if err != nil {
		return nil, err
	}
	out := []Device{}
	err = s.read(ctx, func(tx *db.Tx) error {
		all, err := devicesOf(ctx, tx, []string{actor.PersonID})
		out = append(out, all[actor.PersonID]...)
		return err
	})
	return out, err
}

// Unsubscribe forgets a device of the signed-in person, by its id or its endpoint.
// A device that is not theirs is not touched and not told of.
func (s *Service) Unsubscribe(ctx context.Context, deviceID, endpoint string) error {
	actor, err := me(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		var n int64
		if deviceID != "" {
			n, err = deleteDevice(ctx, tx, actor.PersonID, deviceID)
		} else {
			n, err = deleteEndpoint(ctx, tx, actor.PersonID, endpoint)
		}
		if err != nil || n == 0 {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "notify.device.remove", "device", deviceID, nil)
	})
}
