#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The sandbox on a disk that fails: a call that could not be kept is answered
# 500 and leaves nothing behind, and the next ones are kept.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  case ${CSV2CHAKRA_BUILD:-release} in
  asan | tsan) skip "a sanitizer has an allocator of its own" ;;
  esac
  setup_folder
  "${CC:-cc}" -shared -fPIC -O1 -w -D_LARGEFILE64_SOURCE -o inject.so "$ROOT/tests/rehearse/inject.c" -ldl
  good_leads 20
}


# failing WHAT [OPTION]...: a sandbox in which that call fails.
failing() {
  stop_sandbox
  INJECT=$1 INJECT_COUNT="$PWD/counts" LD_PRELOAD="$PWD/inject.so" start_sandbox --db sandbox.db "${@:2}"
}

# Long: a sandbox on disk, twice, for every seventh step.
# bats test_tags=long
@test "each SQLite step that fails costs one answer, and no half of a call is kept" {
  failing none:0
  run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 --in-flight 1
  expect_status 0
  stop_sandbox
  steps=$(awk '$1 == "step" {print $2}' counts)
  [ "$steps" -gt 40 ]
  failed=0
  for n in $(seq 8 7 "$steps"); do
    rm -rf runs sandbox.db* sandbox.log
    if ! failing "step:$n" >start.out; then
      # It failed before it listened, and says so.
      grep -q "unable to use 'sandbox.db' as database" sandbox.out
      continue
    fi
    run_split csv2chakra import leads.yaml leads.csv --chunk-rows 5 \
      --in-flight 1 --settle 300ms
    if [ "$status" -ne 0 ] && [ "$status" -ne 6 ]; then
      echo "step $n: status $status"
      cat err
      return 1
    fi
    [ "$(report .accounts.balanced)" = true ]
    held | jq -r .lead_id | sort >there
    awk -F, '$7 == "created" {print $3}' runs/latest/results.csv | sort >said
    # All that is said is there, each once; a call that was answered 500 is
    # there whole or not at all.
    [ -z "$(comm -13 there said)" ]
    [ -z "$(uniq -d there)" ]
    [ $(($(wc -l <there) % 5)) -eq 0 ]
    if [ "$(jq 'select(.status == 500)' sandbox.log | wc -l)" -gt 0 ]; then
      failed=$((failed + 1))
    fi
    # The next start finds a whole database.
    before=$(wc -l <there)
    stop_sandbox
    start_sandbox --db sandbox.db
    [ "$(held | wc -l)" -eq "$before" ]
  done
  [ "$failed" -gt 3 ]
}

@test "a page, a job and a list that cannot be read are answered 500, and the next time well" {
  failing none:0 --db sandbox.db
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 0
  job=$(jq -r 'select(.path | contains("background-job")).path' sandbox.log | head -1)
  stop_sandbox
  token=$(cat token)
  # Every step from here on fails: what is asked first gets it.
  for path in / /sandbox/stats "$job" "$job/entries" /v1/ext/procedure/lead/process/list; do
    for n in $(seq 1 40); do
      (umask 077 && echo "$token" >token)
      stop_sandbox
      rm -f port
      INJECT=step:$n LD_PRELOAD="$PWD/inject.so" chakra-sandbox \
        --listen 127.0.0.1:0 --port-file port --token-file token --db sandbox.db >sandbox.out 2>&1 3>&- &
      sandbox_pid=$!
      until [ -s port ] || ! kill -0 "$sandbox_pid" 2>/dev/null; do sleep 0.02; done
      [ -s port ] || continue
      url="http://127.0.0.1:$(cat port)"
      data=()
      [[ "$path" != */list ]] || data=(-d '{"where":{"lead_id":"L-3"}}')
      first=$(curl -s -o answer -w '%{http_code}' -H "Authorization: Bearer $token" "${data[@]}" "$url$path")
      again=$(curl -s -o answer2 -w '%{http_code}' -H "Authorization: Bearer $token" "${data[@]}" "$url$path")
      [ "$again" = 200 ]
      [ "$first" = 500 ] && break
      [ "$first" = 200 ]
    done
    if [ "$first" != 500 ]; then
      echo "$path never failed"
      return 1
    fi
    in_file answer "database failed"
  done
}
