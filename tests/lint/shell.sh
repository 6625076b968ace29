#!/bin/sh
# SPDX-License-Identifier: MIT
# Asks shellcheck about every shell script, bats file and bash library.
set -eu

bad=0
find . -path ./build -prune -o -path ./.git -prune -o -name '*.sh' -print |
  sort | xargs -r shellcheck || bad=1
find . -path ./build -prune -o -name '*.bats' -print |
  sort | xargs -r shellcheck -s bats || bad=1
find . -path ./build -prune -o -name '*.bash' -print |
  sort | xargs -r shellcheck -s bash || bad=1
exit $bad
