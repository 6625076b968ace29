#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# split: parts of a file, and imports of them that speak of the whole.

# shellcheck disable=SC2154 # helpers.bash sets status, service.bash url

load service

setup() {
  setup_folder
  cat >stock.yaml <<'YAML'
version: 1
procedure: lead
lead_id: {column: Teil, unique: true}
source: {delimiter: ";", encoding: windows-1252, skip_lines: 1}
data:
  name: Name
  stock: {column: Menge, type: integer}
  at: {meta: row}
  file: {meta: file}
  key: {meta: input_key}
YAML
  stock >stock.csv
}

# 60 parts of stores: a title, quoted line ends, blank lines, bad amounts (each
# ninth), one key that comes twice, far apart.
stock() {
  printf 'Bestand M\374nchen\nTeil;Name;Menge\r\n'
  LC_ALL=C awk 'BEGIN {
    for (i = 1; i <= 60; i++) {
      printf "T-%d;\"Schl\374ssel\n; %d\";%s\r\n", i == 55 ? 3 : i, i, i % 9 ? i : "viel"
      if (i % 13 == 0) print ""
    }
  }'
}

split() { run_split csv2chakra split -o teile "$@" stock.yaml stock.csv; }

@test "the parts hold the good records byte for byte, and what is bad stays behind" {
  csv2chakra check -o whole stock.yaml stock.csv >/dev/null 2>&1 || :
  split --parts 4
  expect_status 1
  [ "$(cat out)" = teile ]
  in_file err '7 rejected'
  in_file err '  4 parts, '
  in_file err 'csv2chakra import stock.yaml teile'
  cmp whole/rejected.csv teile/rejected.csv
  cmp whole/rejected.reasons.csv teile/rejected.reasons.csv
  cmp whole/to-fix.csv teile/to-fix.csv
  [ "$(jq '.parts | length' teile/split.json)" -eq 4 ]
  [ "$(jq '.books.rows.read' teile/split.json)" -eq 60 ]
  [ "$(jq '[.parts[].records] | add' teile/split.json)" -eq 53 ]
  [ "$(jq '.left_behind.records' teile/split.json)" -eq 7 ]
  for part in 1 2 3 4; do
    [ "$(jq -r ".parts[$part - 1].sha256" teile/split.json)" = "$(sha256sum <teile/part-000$part.csv | cut -c 1-64)" ]
    cmp <(head -n 2 stock.csv) <(head -n 2 teile/part-000$part.csv)
  done
  # Nothing is left of the folder that it was made in.
  [ "$(find . -name '.*split*')" = "" ]
}

@test "a part has the rows, lines, bytes, file and input key of the whole in a dry run" {
  csv2chakra convert stock.yaml stock.csv >whole.ndjson 2>/dev/null || :
  split --rows 7
  expect_status 1
  for part in teile/part-*.csv; do csv2chakra convert stock.yaml "$part"; done >parts.ndjson
  cmp whole.ndjson parts.ndjson
  grep -q '"file":"stock.csv"' parts.ndjson
  [ "$(wc -l <parts.ndjson)" -eq 53 ]
  # A stricter mapping has its say in the words of the whole.
  sed 's/type: integer/type: integer, max: 40/' stock.yaml >strict.yaml
  csv2chakra check -o whole strict.yaml stock.csv >/dev/null 2>&1 || :
  for part in teile/part-*.csv; do
    run_split csv2chakra check -o own strict.yaml "$part"
    tail -n +2 own/rejected.reasons.csv >>parts.reasons
    rm -r own
  done
  grep max whole/rejected.reasons.csv | grep -v ',T-3,' >whole.reasons
  [ -s whole.reasons ]
  cmp whole.reasons parts.reasons
  in_file out "C63 '57'"
}

@test "an import of a part takes its place in the whole into its results, its folder, and what is sent" {
  start_sandbox
  split --parts 3
  run_split csv2chakra import stock.yaml teile/part-0002.csv
  expect_status 0
  first=$(jq '.parts[1].first_row' teile/split.json)
  head -n 2 runs/latest/results.csv | tail -n 1 | grep -q "^$first,"
  cmp teile/part-0002.rows runs/latest/input.rows
  [ "$(jq -r .whole_name runs/latest/run.json)" = stock.csv ]
  [ "$(jq .first_row runs/latest/run.json)" -eq "$first" ]
  # What the report reads again says the same, though the part lies alone now.
  cp runs/latest/results.csv before
  mkdir elsewhere && mv teile/part-0002.csv elsewhere
  run_split csv2chakra report latest elsewhere/part-0002.csv
  expect_status 0
  cmp before runs/latest/results.csv
  # Without the copy of its rows the run is not gone on with.
  rm runs/latest/input.rows
  run_split csv2chakra resume latest elsewhere/part-0002.csv
  expect_status 7
  in_file err 'input.rows'
}

@test "a part that was stopped is resumed in the rows of the whole, and its failed rows are retried so" {
  start_sandbox --db box.db
  sed 's/type: integer/type: integer, max: 40/' stock.yaml >strict.yaml
  split --parts 2
  run_split csv2chakra import --chunk-rows 4 --limit 10 strict.yaml teile/part-0002.csv
  run_split csv2chakra import --resume --chunk-rows 4 strict.yaml teile/part-0002.csv
  expect_status 1
  first=$(jq '.parts[1].first_row' teile/split.json)
  last=$(jq '.parts[1].last_row' teile/split.json)
  [ "$(sed -n 2p runs/latest/results.csv | cut -d, -f 1)" -eq "$first" ]
  [ "$(tail -n 1 runs/latest/results.csv | cut -d, -f 1)" -eq "$last" ]
  # Each row number in to-fix.csv is that of the whole: its key stands there.
  tail -n +2 runs/latest/rejected.reasons.csv | cut -d, -f 1,2,6 >failed
  [ -s failed ]
  while IFS=, read -r row line key; do
    [ "$(sed -n "${line}p" stock.csv | cut -d';' -f 1)" = "$key" ]
    grep -q "^$row;" <(tail -n +2 runs/latest/to-fix.csv)
  done <failed
  parent=$(readlink runs/latest)
  run_split csv2chakra retry --mapping stock.yaml "$parent"
  expect_status 0
  stop_sandbox
  # What was sent, in both runs, is what the whole would have sent.
  jq -c '[.lead_id, .data.at, .data.file]' <(csv2chakra convert stock.yaml teile/part-0002.csv) | sort >wanted
  [ "$(wc -l <wanted)" -gt 20 ]
  python3 - >there <<'PY'
import json, sqlite3
for (body,) in sqlite3.connect('box.db').execute('SELECT body FROM row WHERE body IS NOT NULL'):
    one = json.loads(body)
    print(json.dumps([one['lead_id'], one['data']['at'], one['data']['file']], separators=(',', ':')))
PY
  cmp wanted <(sort there)
}

@test "a part that was changed, and .rows that were, are refused" {
  split --parts 2
  cp teile/part-0001.csv good.csv
  echo 'T-99;neu;1' >>teile/part-0001.csv
  for command in check convert preview; do
    run_split csv2chakra "$command" stock.yaml teile/part-0001.csv
    expect_status 7
    in_file err 'part.changed'
  done
  cp good.csv teile/part-0001.csv
  # shellcheck disable=SC2016 # the last line, to sed
  for change in 's/^\([0-9]* \)\([0-9]\)/\19\2/' '4,$d' '1s/"header":true/"header":false/' '2d' '1s/.$//'; do
    cp teile/part-0001.rows kept
    sed -i "$change" teile/part-0001.rows
    run_split csv2chakra check stock.yaml teile/part-0001.csv
    expect_status 7
    in_file err 'part.damaged'
    mv kept teile/part-0001.rows
  done
  # What cannot be read may be ours.
  ln -sf part-0001.rows teile/part-0001.rows
  for command in check convert; do
    run_split csv2chakra "$command" stock.yaml teile/part-0001.csv
    expect_status 7
    in_file err "unable to read 'teile/part-0001.rows', which may say that this is a part"
  done
  rm teile/part-0001.rows
  : >teile/part-0001.rows
  run_split csv2chakra check stock.yaml teile/part-0001.csv
  expect_status 7
  in_file err 'part.damaged'
  # A file of that name that is not ours says nothing.
  echo '1 2 3' >teile/part-0001.rows
  run_split csv2chakra check stock.yaml teile/part-0001.csv
  expect_status 0
}

@test "what an option says against the .rows is refused; what the mapping says is overruled by them" {
  sed 's/encoding: windows-1252, //; s/delimiter: ";", //' stock.yaml >auto.yaml
  run_split csv2chakra split -o teile --parts 2 --encoding windows-1252 auto.yaml stock.csv
  expect_status 1
  run_split csv2chakra check auto.yaml teile/part-0001.csv
  expect_status 0
  for option in '--delimiter ,' '--encoding utf-8' '--skip-lines 0' --no-header '--quote none'; do
    # shellcheck disable=SC2086 # an option and its value
    run_split csv2chakra check $option auto.yaml teile/part-0001.csv
    expect_status 2
    in_file err 'part.other_reading'
  done
}

@test "split refuses a folder that is there, two ways to cut, a part, and a file of unknown encoding" {
  mkdir teile
  split
  expect_status 2
  in_file err "'teile' already exists"
  rmdir teile
  split --parts 2 --rows 3
  expect_status 2
  run_split csv2chakra split stock.yaml stock.csv
  expect_status 2
  in_file err '--output'
  split --parts 2
  run_split csv2chakra split -o again stock.yaml teile/part-0001.csv
  expect_status 2
  in_file err 'split.part'
  sed 's/encoding: windows-1252, //' stock.yaml >auto.yaml
  run_split csv2chakra split -o again auto.yaml stock.csv
  expect_status 7
  [ ! -e again ]
  [ "$(find . -name '.again*')" = "" ]
}

@test "a part that the disk does not take ends the split, and nothing is left of it" {
  good_leads 8000
  run_split prlimit --fsize=65536 csv2chakra split -o leads --parts 2 leads.yaml leads.csv
  expect_status 4
  in_file err "part-0001.csv': File too large"
  is_empty out
  [ ! -e leads ]
  [ "$(find . -name '.*split*')" = "" ]
}

@test "a split that was killed leaves nothing under its name, and the next one begins anew" {
  good_mapping
  good_csv 400000 >big.csv
  csv2chakra split -o teile leads.yaml big.csv >/dev/null 2>&1 3>&- &
  pid=$!
  until [ -n "$(find .teile.csv2chakra-split -name 'part-*.rows' 2>/dev/null)" ]; do
    kill -0 $pid
    sleep 0.01
  done
  # A second one beside it waits for nothing and does nothing.
  run_split csv2chakra split -o teile leads.yaml big.csv
  expect_status 75
  kill -9 $pid
  wait $pid || :
  [ ! -e teile ]
  [ -d .teile.csv2chakra-split ]
  run_split csv2chakra split -o teile leads.yaml big.csv
  expect_status 0
  [ ! -e .teile.csv2chakra-split ]
  [ "$(jq '[.parts[].records] | add' teile/split.json)" -eq 400000 ]
  [ "$(find teile -name '.*' -type f)" = "" ]
}

@test "the whole is refused beside its parts, parts beside the whole, and parts of another split with the same rows" {
  start_sandbox
  split --parts 3
  run_split csv2chakra split -o other --parts 2 stock.yaml stock.csv
  run_split csv2chakra import stock.yaml teile/part-0001.csv
  expect_status 0
  part=$(readlink runs/latest)
  last=$(jq '.parts[0].last_row' teile/split.json)
  for option in '' '--if-changed --resume'; do
    # shellcheck disable=SC2086 # options
    run_split csv2chakra import $option stock.yaml stock.csv
    expect_status 8
    in_file err 'guard.split'
    in_file err "run $part imported rows 3 to $last of it"
    # shellcheck disable=SC2086
    run_split csv2chakra import $option stock.yaml other/part-0001.csv
    expect_status 8
    in_file err 'from another split'
  done
  # What is not in it goes in; the part again is the guard's usual word.
  run_split csv2chakra import stock.yaml teile/part-0003.csv
  expect_status 0
  run_split csv2chakra import --if-changed stock.yaml teile/part-0003.csv
  expect_status 0
  run_split csv2chakra import stock.yaml other/part-0002.csv
  expect_status 8
  in_file err 'guard.split'
  # An index that is gone, or of another version, hides nothing.
  rm -f runs/.index
  run_split csv2chakra import stock.yaml stock.csv
  expect_status 8
  in_file err 'guard.split'
  # Of a run whose run.json cannot be read, its copy of the .rows says as much.
  mv "runs/$part/run.json" run.json
  for _ in whole cut; do
    run_split csv2chakra import stock.yaml stock.csv
    in_file err guard.split
    run_split csv2chakra import stock.yaml other/part-0001.csv
    expect_status 7
    in_file err "run $part may have sent rows of this input"
    in_file err '[run.damaged]'
    echo '{"schema":"csv2chakra.rows/1"' >"runs/$part/input.rows"
  done
  cp teile/part-0001.rows "runs/$part/input.rows"
  mv run.json "runs/$part/run.json"
  # Prune keeps what the guard goes by.
  run_split csv2chakra prune "$part"
  run_split csv2chakra import stock.yaml other/part-0001.csv
  expect_status 8
  in_file err 'guard.split'
  export CSV2CHAKRA_RUNS_DIR=$PWD/second
  run_split csv2chakra import stock.yaml stock.csv
  expect_status 1
  run_split csv2chakra import --if-changed stock.yaml teile/part-0002.csv
  expect_status 8
  in_file err 'guard.split'
  in_file err 'imported whole'
}

@test "parts of the same bytes are parts of their own, and a sheet that begins with one is not taken for grown" {
  start_sandbox --duplicates allow
  printf 'version: 1\nprocedure: lead\ndata: {name: Name}\n' >same.yaml
  printf 'Name\nAnn\nAnn\nAnn\nBob\n' >same.csv
  run_split csv2chakra split -o gleich --rows 1 same.yaml same.csv
  expect_status 0
  cmp gleich/part-0001.csv gleich/part-0002.csv
  run_split csv2chakra import --if-changed --resume same.yaml gleich
  expect_status 0
  in_file out '4 created'
  for run in runs/2*; do jq .first_row "$run/run.json"; done | sort -n | tr '\n' ' ' | grep -qx '2 3 4 5 '
  run_split csv2chakra import --if-changed same.yaml gleich
  expect_status 0
  in_file out '4 imported before'
  # A copy without its .rows is the same bytes to the same place.
  cp gleich/part-0003.csv alone.csv
  run_split csv2chakra import same.yaml alone.csv
  expect_status 8
  # The whole with a row more begins with a part: --after would send others again.
  (cat same.csv && echo Cid) >more.csv
  run_split csv2chakra import same.yaml more.csv
  expect_status 8
  not_in_file err '--after'
  run_split csv2chakra import same.yaml more.csv --after "$(basename runs/2*-part-0001-*)"
  expect_status 2
  in_file err "is not the part of a file that run"
  in_file err '[after.part]'
}

# Long: fifty imports.
# bats test_tags=long
@test "fifty parts in one command, one record each: all rows once, and the index knows their places" {
  start_sandbox
  split --rows 1
  run_split csv2chakra import stock.yaml teile
  expect_status 0
  in_file out '53 files: 53 complete'
  in_file out '53 created'
  csv2chakra status >/dev/null
  [ "$(sed -n 2p runs/.index | cut -d' ' -f 5)" = "$(jq -r .whole_key runs/latest/run.json)" ]
  run_split csv2chakra import stock.yaml stock.csv
  expect_status 8
  in_file err 'guard.split'
  run_split csv2chakra import stock.yaml teile
  expect_status 8
  in_file out '53 refused'
}

@test "report tells what became of the parts: not begun, stopped, running, done, and both equations over all" {
  start_sandbox
  split --rows 8
  run_split csv2chakra report teile
  expect_status 4
  in_file out 'not done: 1-7'
  in_file out '60 read'
  in_file out '7 rejected + 53 unsent'
  in_file out 'csv2chakra import stock.yaml teile/part-0003.csv'
  run_split csv2chakra import stock.yaml teile/part-0001.csv teile/part-0005.csv
  expect_status 0
  run_split csv2chakra import --chunk-rows 2 --limit 4 stock.yaml teile/part-0003.csv
  run=$(readlink runs/latest)
  # A run of the same part to another procedure is not this one's.
  run_split csv2chakra import --procedure 42 stock.yaml teile/part-0007.csv
  run_split csv2chakra report teile/
  expect_status 4
  in_file out 'not done: 2-4,6-7'
  in_file out '20 created + 7 rejected + 33 unsent'
  in_file out "csv2chakra resume $run"
  [ "$(grep -c 'no run of it' out)" -eq 4 ]
  run_split csv2chakra report --format json teile
  expect_status 4
  [ "$(jq -r .sum.not_done out)" = 2-4,6-7 ]
  [ "$(jq .sum.rows.created out)" -eq 20 ]
  [ "$(jq '.files | length' out)" -eq 7 ]
  run_split csv2chakra import --if-changed --resume --chunk-rows 2 stock.yaml teile/part-0003.csv
  expect_status 0
  run_split csv2chakra import --if-changed --resume stock.yaml teile
  expect_status 0
  # What split left behind failed, as it would have in one import.
  run_split csv2chakra report teile
  expect_status 1
  in_file out '53 created + 7 rejected'
  not_in_file out 'not done'
  not_in_file out unread
  run_split csv2chakra report --format html teile
  expect_status 1
  in_file out '7 parts: 7 complete'
  # Pruned runs are remembered.
  csv2chakra prune --older-than 0s >/dev/null
  run_split csv2chakra report teile
  expect_status 1
  in_file out '53 created + 7 rejected'
  run_split csv2chakra report --procedure 42 latest
  expect_status 2
  # A ledger that is not what the part had is found out.
  sed -i 's/"records":8,/"records":9,/' teile/split.json
  run_split csv2chakra report teile
  expect_status 70
  in_file err books.parts
  sed -i 's/"parts"/"arts"/' teile/split.json
  run_split csv2chakra report teile
  expect_status 7
  in_file err split.damaged
}

@test "report reads the runs of parts in several runs folders, and finds what two of them sent" {
  start_sandbox
  split --rows 30
  run_split csv2chakra import --runs-dir here stock.yaml teile/part-0001.csv
  expect_status 0
  run_split csv2chakra report --runs-dir here teile
  expect_status 4
  in_file out 'not done: 2'
  run_split csv2chakra import --runs-dir there stock.yaml teile/part-0002.csv
  expect_status 0
  run_split csv2chakra report --runs-dir here --runs-dir there teile
  expect_status 1
  in_file out '53 created + 7 rejected'
  # A folder twice, or its copy, has the same runs.
  cp -R there copy
  run_split csv2chakra report --runs-dir here --runs-dir there --runs-dir copy teile
  expect_status 1
  not_in_file out 'second time'
  run_split csv2chakra import --runs-dir there stock.yaml teile/part-0001.csv
  run_split csv2chakra report --runs-dir here --runs-dir there teile
  expect_status 1
  grep -q "sent a second time by a run in '.*/there'" out
  # What comes next is said with the folder that it belongs to.
  run_split csv2chakra import --runs-dir third --limit 1 --chunk-rows 1 stock.yaml teile/part-0002.csv
  run_split csv2chakra report --runs-dir here --runs-dir third teile
  expect_status 4
  in_file out '--runs-dir third'
  # A run lies in one folder.
  run_split csv2chakra report --runs-dir here --runs-dir there latest
  expect_status 2
  CSV2CHAKRA_RUNS_DIR=here run_split csv2chakra report -v latest
  in_file out 'part-0001.csv'
}

@test "where every row is rejected there are no parts, and nothing proposes to import them" {
  printf 'title\nTeil;Name;Menge\nT-1;a;viel\nT-2;b;mehr\n' >stock.csv
  split --rows 8
  expect_status 1
  not_in_file err ' parts, '
  not_in_file err 'csv2chakra import'
  in_file err 'csv2chakra check'
}

@test "a part that is being imported is told as running" {
  start_sandbox --latency 2s
  split --rows 30
  csv2chakra import -q --chunk-rows 1 stock.yaml teile/part-0001.csv >/dev/null 2>&1 3>&- &
  pid=$!
  until curl -sf "$url/sandbox/stats" | jq -e '.calls_by_class.creates.total > 0' >/dev/null; do
    kill -0 $pid
    sleep 0.02
  done
  run_split csv2chakra report teile
  kill -9 $pid
  wait $pid || :
  expect_status 4
  in_file out 'is running'
  in_file out 'not done: 1-2'
  run_split csv2chakra report teile
  expect_status 4
  in_file out 'has stopped'
  in_file out 'csv2chakra resume'
}
