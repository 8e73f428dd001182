package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wardline/internal/app"
	"wardline/internal/demo"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/config"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// open puts the program together from its settings.
func open(ctx context.Context, c config.Config, relaxed bool) (*app.App, error) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	secret := []byte(c.Secret)
	if len(secret) == 0 {
		var err error
		secret, err = config.Keep(c.Data, "secret", func() ([]byte, error) { return []byte(id.Secret() + id.Secret()), nil })
		if err != nil {
			return nil, fmt.Errorf("secret: %w", err)
		}
	}
	return app.New(ctx, app.Options{
		Database: db.Options{URL: c.DatabaseURL, Path: filepath.Join(c.Data, "wardline.db"), Relaxed: relaxed},
		DataDir:  c.Data, BaseURL: c.BaseURL, Version: version, Secret: secret, Zone: c.Zone, TrustedProxies: c.TrustedProxies,
		Logger: log, Clock: &clock.System{},
		Mail: app.MailOptions(c.SMTP), Push: app.PushOptions{Contact: c.PushContact},
	})
}

// serve starts the program and runs until it is told to end.
func serve(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := config.Load("serve", args, os.Getenv, out)
	if err != nil {
		return err
	}
	a, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	password, err := a.People.Bootstrap(identity.With(ctx, identity.System("start")), "admin")
	if err != nil {
		return fmt.Errorf("first administrator: %w", err)
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return err
	}
	welcome(out, c, password, readAccounts(c.Data))
	server := &http.Server{Handler: a.API.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.Logger.Handler(), slog.LevelDebug), TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	failed := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			failed <- server.ServeTLS(listener, c.TLSCert, c.TLSKey)
			return
		}
		failed <- server.Serve(listener)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.EndLive() // or open streams would hold the shutdown up
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

func welcome(out io.Writer, c config.Config, password, accounts string) {
	_, _ = fmt.Fprintf(out, `Wardline 一号响应 %s

  报修人手机 reporter's phone   %[2]s/m/
  工程师手机 engineer's phone   %[2]s/m/work/
  客服工作台 agent's desk       %[2]s/desk/

`, version, c.BaseURL)
	if password != "" {
		_, _ = fmt.Fprintf(out, "  管理员 administrator: admin   一次性密码 one-time password: %s\n\n", password)
	}
	_, _ = fmt.Fprint(out, accounts)
}

// accountsFile tells the accounts of a demonstration hospital.
const accountsFile = "demo-accounts.txt"

func readAccounts(data string) string {
	raw, err := os.ReadFile(filepath.Join(data, accountsFile))
	if err != nil {
		return ""
	}
	return string(raw)
}

// makeDemo invents a hospital in an empty database.
func makeDemo(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("demo", flag.ContinueOnError)
	set.SetOutput(out)
	o := demo.Options{}
	set.IntVar(&o.Orders, "orders", 20000, "orders of history")
	set.IntVar(&o.Months, "months", 18, "months of history")
	set.IntVar(&o.Assets, "assets", 3000, "registered assets")
	set.Uint64Var(&o.Seed, "seed", 1, "the same seed gives the same hospital")
	now := set.String("now", "", "the present of the hospital, RFC 3339; the machine's time when empty")
	data := set.String("data", cmp.Or(os.Getenv("WARDLINE_DATA"), "data"), "folder (WARDLINE_DATA)")
	if err := set.Parse(args); err != nil {
		return err
	}
	c, _, err := config.Load("demo", []string{"-data", *data}, os.Getenv, out)
	if err != nil {
		return err
	}
	o.Now, o.Zone = time.Now().UnixMilli(), c.Zone
	if *now != "" {
		at, err := time.Parse(time.RFC3339, *now)
		if err != nil {
			return fmt.Errorf("-now: %w", err)
		}
		o.Now = at.UnixMilli()
	}
	a, err := open(ctx, c, true) // a demo that is cut off is made anew, so it need not wait for the disk
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	begin := time.Now()
	accounts, err := a.MakeDemo(ctx, o, bar(out))
	if err != nil {
		return err
	}
	took := time.Since(begin)
	_, _ = fmt.Fprintf(out, "\n%d orders with their timelines in %s (%.0f a second, everything else included)\n", o.Orders, took.Round(time.Millisecond), float64(o.Orders)/took.Seconds())
	text := "  演示账号 demo accounts (密码 password: " + demo.Password + ")\n"
	for _, x := range accounts {
		text += fmt.Sprintf("    %-12s %s %s\n", x.Login, x.Name, x.RoleZh)
	}
	return os.WriteFile(filepath.Join(c.Data, accountsFile), []byte(text+"\n"), 0o600)
}

// bar draws progress, at most ten times a second.
func bar(out io.Writer) func(done, of int) {
	var last time.Time
	begin := time.Now()
	return func(done, of int) {
		if time.Since(last) < 100*time.Millisecond && done < of || of == 0 {
			return
		}
		last = time.Now()
		const width = 40
		full := done * width / of
		_, _ = fmt.Fprintf(out, "\r[%-*s] %d/%d  %.0f/s ", width, strings.Repeat("#", full), done, of, float64(done)/time.Since(begin).Seconds())
	}
}

// user carries out what an administrator needs when nobody can sign in.
func user(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "reset" {
		return errors.New("usage: wardline user reset NAME [flags]")
	}
	c, _, err := config.Load("user reset", args[2:], os.Getenv, out)
	if err != nil {
		return err
	}
	a, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	ctx = identity.With(ctx, identity.System("command line"))
	p, err := a.People.FindByLogin(ctx, args[1])
	if err != nil {
		return fmt.Errorf("no account is called %q", args[1])
	}
	password, err := a.People.ResetPassword(ctx, p.ID, identity.Reset{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "one-time password of %s: %s\n", args[1], password)
	return err
}

// backup copies the SQLite database while others use it.
func backup(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 1 {
		return errors.New("usage: wardline backup FILE [flags]")
	}
	c, _, err := config.Load("backup", args[1:], os.Getenv, out)
	if err != nil {
		return err
	}
	if c.DatabaseURL != "" {
		return errors.New("on PostgreSQL use pg_dump; see docs/OPERATIONS.md")
	}
	d, err := db.Open(ctx, db.Options{Path: filepath.Join(c.Data, "wardline.db")})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Backup(ctx, args[0]); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "backup written to", args[0])
	return err
}

func migrateOnly(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := config.Load("migrate", args, os.Getenv, out)
	if err != nil {
		return err
	}
	a, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "the database is up to date")
	return a.Close()
}

func printOpenAPI(ctx context.Context, _ []string, out io.Writer) error {
	dir, err := os.MkdirTemp("", "wardline-openapi")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c, _, err := config.Load("openapi", []string{"-data", dir}, func(string) string { return "" }, out)
	if err != nil {
		return err
	}
	a, err := open(ctx, c, true)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	raw, err := a.OpenAPIDocument()
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
}
