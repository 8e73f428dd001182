package event

// Sizes of the window, for tests that walk out of it.
const (
	WindowSize = windowSize
	ResumeMost = resumeMost
	PruneBatch = pruneBatch
	Preload    = preload
)

// Window tells how many entries are in memory.
func (t *Tail) Window() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, b := range t.window {
		n += len(b.entries)
	}
	return n
}
