#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every path that a command writes, with everything that may stand there:
# nothing that is not ours changes, and nothing waits (own_paths.py).

load service

setup() {
  setup_folder
  start_sandbox --duplicates allow
}

# every OUTPUT: its rows of the table hold.
every() {
  TMPDIR="$PWD" python3 -B "$BATS_TEST_DIRNAME/own_paths.py" "$1"
}

@test "check -o DIR writes over nothing that is not ours, and over no input" {
  every check_folder
}

@test "report, reconcile and prune leave files of a run's folder that were changed" {
  every run_folder
}

@test "--metrics-file replaces metrics and nothing else" {
  every metrics_file
}

@test "init -o makes new files only" {
  every init_output
}

@test "output redirected into what is read, or into a run, is refused" {
  every redirected
}

@test "the sandbox writes into files of a sandbox only" {
  every sandbox
}

@test "what stands in the place of latest stays" {
  every runs_dir
}
