// Command bench measures Wardline on this machine and prints each figure beside
// its limit or peer, measured in the same run, and their ratio.
//
// It starts the built program on folders and databases of its own and talks to it
// over the loopback interface; CPU time is the operating system's account of the
// program. Names of benchmarks as arguments run only those.
package main
