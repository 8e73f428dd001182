package event

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// pumpGather is how long entries gather while others keep coming: looking at each by
	// itself costs more than what sent it.
	pumpGather = 100 * time.Millisecond
	pumpPoll   = 3 * time.Second // looking without having been rung for
)

// Source is where entries behind a position are read: the Log, or the Tail, which
// remembers the newest.
type Source interface {
	// Since is Log.Since.
	Since(ctx context.Context, p Position, limit int) ([]Entry, error)
}

// Look looks at the next entries. more is that there may be others behind them; rung is
// that the next look waits for news of the log, and not only for the poll. After an
// error it waits for the poll whatever rung says.
type Look func(ctx context.Context) (more, rung bool, err error)

// Pump keeps a part of the program looking at the log for as long as it runs. The zero
// value is ready to be started.
type Pump struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Start begins to look in the background, at once and then whenever the tail has news.
// what names the look in the program's log when it fails; it is tried again.
func (p *Pump) Start(ctx context.Context, tail *Tail, logger *slog.Logger, what string, look Look) {
	ctx, p.cancel = context.WithCancel(ctx)
	p.done.Add(1)
	go func() {
		defer p.done.Done()
		pump(ctx, tail, logger, what, look)
	}()
}

// Stop ends the looking and waits for it.
func (p *Pump) Stop() {
	if p.cancel != nil {
		p.cancel()
	}
	p.done.Wait()
}

func pump(ctx context.Context, tail *Tail, logger *slog.Logger, what string, look Look) {
	news := tail.Follow()
	for ctx.Err() == nil {
		// Taken before looking: what comes while looking rings again.
		if _, err := news.Take(); err != nil && !errors.Is(err, ErrResync) {
			logger.Warn("following the event log", "error", err)
		}
		more, rung, err := look(ctx)
		if err != nil && ctx.Err() == nil {
			logger.Warn(what+"; it is tried again", "error", err)
		}
		ready := news.Ready()
		switch {
		case more:
			sleep(ctx, pumpGather, nil)
			continue
		case err != nil || !rung:
			ready = nil
		}
		sleep(ctx, pumpPoll, ready)
	}
}
