#!/bin/sh
# SPDX-License-Identifier: MIT
# For `csv2chakra import --notify /etc/csv2chakra/notify.sh`: tells somebody when an import did not go well. Make it executable, and keep
# one of the three lines at its end. It has CSV2CHAKRA_EXIT (the exit status), CSV2CHAKRA_VERDICT (a sentence), CSV2CHAKRA_COMMAND, and of a
# run CSV2CHAKRA_RUN and CSV2CHAKRA_REPORT (the path of its report.json); not the token.
set -eu

[ "$CSV2CHAKRA_EXIT" -ne 0 ] || exit 0
words="csv2chakra $CSV2CHAKRA_COMMAND on $(hostname): exit $CSV2CHAKRA_EXIT, run ${CSV2CHAKRA_RUN:-none}"

echo "${CSV2CHAKRA_VERDICT:-} csv2chakra report ${CSV2CHAKRA_RUN:-latest} says more" | mail -s "$words" operators@example.org
# curl -sS -o /dev/null --json "{\"text\": \"$words\"}" https://hooks.slack.com/services/T0/B0/X
# [ -z "${CSV2CHAKRA_REPORT:-}" ] || curl -sS -o /dev/null --json "@$CSV2CHAKRA_REPORT" https://example.com/imports
