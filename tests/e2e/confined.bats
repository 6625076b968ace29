#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Commands write below a few folders and start nothing; the kernel holds them to it (Landlock).

# shellcheck disable=SC2030,SC2031 # a test is a subshell

load service

setup() {
  setup_folder
  export TMPDIR="$PWD/tmp"
  mkdir tmp outside
  good_leads 3
}

teardown() { stop_sandbox; }

need_landlock() {
  csv2chakra doctor --base-url http://127.0.0.1:1 --runs-dir none 2>&1 | grep -q 'confinement.*Landlock, version' ||
    skip "this kernel, or this build, offers no Landlock"
}

# As a library that is loaded into the program: it tries to write, to move and to start something when a connection is made, by
# whichever thread that is, and from a thread of its own.
breach() {
  cat >breach.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void *
attack(void *whose)
{
	const char *tells = getenv("BREACH_TELLS");
	FILE *out = fopen(tells, "a");
	int fd, status;
	pid_t child;

	if (out == NULL)
		_exit(99);
	fd = open("outside/made", O_WRONLY | O_CREAT, 0600);
	fprintf(out, "%s write %s\n", (char *)whose, fd < 0 ? strerrorname_np(errno) : "done");
	fprintf(out, "%s move %s\n", (char *)whose,
	    rename("leads.csv", "outside/leads.csv") < 0 ? strerrorname_np(errno) : "done");
	child = vfork();
	if (child == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	waitpid(child, &status, 0);
	fprintf(out, "%s start %s\n", (char *)whose,
	    WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "done");
	fclose(out);
	return NULL;
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	pthread_t thread;

	attack("first");
	pthread_create(&thread, NULL, attack, "other");
	pthread_join(thread, NULL);
	return real(fd, to, len);
}
C
  "${CC:-cc}" -shared -fPIC -o breach.so breach.c -ldl -lpthread
}

# held_in COMMAND: what got into it can do nothing of that.
held_in() {
  export BREACH_TELLS="$TMPDIR/told"
  LD_PRELOAD="$PWD/breach.so" run_split csv2chakra "$1" leads.yaml leads.csv
  expect_status 0
  [ ! -e outside/made ]
  [ "$(sort -u "$TMPDIR/told" | tr '\n' ',')" = \
    "first move EACCES,first start EACCES,first write EACCES,other move EACCES,other start EACCES,other write EACCES," ]
}

@test "what gets into the program writes nothing beside the runs folder, moves nothing, and starts nothing, from any thread" {
  need_landlock
  breach
  start_sandbox
  held_in import

  rm "$TMPDIR/told"
  LD_PRELOAD="$PWD/breach.so" run_split csv2chakra import --again --no-confinement leads.yaml leads.csv
  expect_status 1
  in_file "$TMPDIR/told" "first write done"
  in_file "$TMPDIR/told" "other start done"
}

@test "so it is in a rehearsal, once its sandbox runs" {
  need_landlock
  breach
  held_in rehearse
}

@test "a first import whose mapping has mistakes leaves no runs folder" {
  start_sandbox
  echo 'nonsense: 1' >>leads.yaml
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 2
  [ "$(grep -c "unknown key 'nonsense'" err)" -eq 1 ]
  [ ! -e runs ]
  sed -i '$d' leads.yaml
  run_split csv2chakra import <(cat leads.yaml) leads.csv
  expect_status 0
  [ -d runs ]
}

@test "-v says whether the program is confined, and why not; without Landlock all goes on" {
  run_split csv2chakra check -v --no-confinement leads.yaml leads.csv
  expect_status 0
  in_file err "not confined: --no-confinement was given"
  CSV2CHAKRA_FAULT=confine.version.0:1:fail run_split csv2chakra-faults check -v leads.yaml leads.csv
  expect_status 0
  in_file err "not confined: "
  [ "$(grep -c confined err)" -eq 1 ]
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 0
  not_in_file err confined
  need_landlock
  run_split csv2chakra check -v leads.yaml leads.csv
  in_file err ": confined: "
}

# Every way of writing, as `way VERSION`.
ways() {
  local version="$1" program=csv2chakra
  if [ -n "$version" ]; then
    program=csv2chakra-faults
    export CSV2CHAKRA_FAULT="confine.version.$version:1:fail"
  fi
  mkdir inbox other
  sed '2,$s/^/one-/' leads.csv >inbox/one.csv
  sed '2,$s/^/two-/' leads.csv >other/two.csv
  run_split "$program" check -o checked leads.yaml leads.csv
  expect_status 0
  [ -s checked/report.json ]
  run_split "$program" convert leads.yaml leads.csv
  expect_status 0
  run_split "$program" split -o parts leads.yaml leads.csv
  expect_status 0
  run_split "$program" import --metrics-file other/leads.prom leads.yaml - < <(cat leads.csv)
  expect_status 0
  [ -s other/leads.prom ]
  # Many files from several folders, moved to a third.
  run_split "$program" import --again --move-done done/ leads.yaml inbox/one.csv other/two.csv
  expect_status 0
  [ -e done/one.csv ]
  [ -e done/two.csv ]
  [ ! -e inbox/one.csv ]
  [ ! -e other/two.csv ]
  run_split "$program" report latest
  expect_status 0
  unset CSV2CHAKRA_FAULT
}

@test "every command writes where it has to, confined or not" {
  start_sandbox
  ways ""
}

@test "on a kernel without Landlock everything works" {
  start_sandbox
  ways 0
}

@test "under version 1 files are copied from folder to folder" {
  start_sandbox
  ways 1
}

@test "under version 2 everything works" {
  start_sandbox
  ways 2
}

@test "a run that is named by its folder, away from the runs folder, goes on" {
  need_landlock
  start_sandbox
  mkdir -p tmp
  export TMPDIR=$PWD/tmp
  run_split csv2chakra import --runs-dir elsewhere --chunk-rows 1 --limit 2 leads.yaml leads.csv
  run=elsewhere/$(readlink elsewhere/latest)
  ln -s "$run" short
  for command in resume reconcile 'undo --delete 3'; do
    # shellcheck disable=SC2086 # a command and its options
    run_split csv2chakra $command "$([ "$command" = reconcile ] && echo "./short" || echo "$run")"
    expect_status 0
  done
}
