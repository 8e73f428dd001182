package dbtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// startServer starts a private PostgreSQL that ends itself a while after this
// test binary has ended (a shell watches this process).
func startServer() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "wardline-pg")
	if err != nil {
		return "", err
	}
	cred, err := unprivileged(dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) error {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.Dir = dir
		c.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Setpgid: true}
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		return nil
	}
	if err := run("initdb", "-D", data, "-U", "wardline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=128MB", port, dir)
	if err := run("pg_ctl", "-D", data, "-w", "-s", "-l", filepath.Join(dir, "log"), "-o", options, "start"); err != nil {
		return "", err
	}
	// When we are root the watcher may not signal us, so it also looks into /proc.
	watch := fmt.Sprintf("while kill -0 %[1]d 2>/dev/null || [ -d /proc/%[1]d ]; do sleep 1; done; %[2]s -D %[3]s -m immediate -s stop; rm -rf %[4]s",
		os.Getpid(), filepath.Join(bin, "pg_ctl"), data, dir)
	c := exec.Command("/bin/sh", "-c", watch)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Setpgid: true}
	if err := c.Start(); err != nil {
		return "", err
	}
	return "postgres://wardline@127.0.0.1:" + strconv.Itoa(port) + "/postgres?sslmode=disable", nil
}

func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("no initdb found: apt-get install postgresql, or set WARDLINE_TEST_POSTGRES_URL")
}

// unprivileged gives the folder to an ordinary user when we are root: PostgreSQL refuses root.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("running as root, and neither user postgres nor nobody exists")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Wait polls until f is true or the patience is over; it reports whether f became true.
func Wait(patience time.Duration, f func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f() {
			return true
		}
	}
	return f()
}
