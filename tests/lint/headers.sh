#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles alone, with the flags of the build: none leans on what
# its user happened to include before.
# usage: tests/lint/headers.sh [FILE-WITH-THE-COMPILE-LINE]
set -eu

flags=${1:-build/release/flags}
line=$(sed "s/--coverage//g" "$flags")
# An empty unit is what a header of macros is. Coverage would leave its notes
# in this folder.
# shellcheck disable=SC2046 # the words of find are the arguments
eval "$line" -iquote src -Werror -Wno-pedantic -fsyntax-only -x c \
  $(find include src tests/unit -name '*.h' | sort)
