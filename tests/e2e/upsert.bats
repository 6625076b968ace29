#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rows that change the process with their key, or make it (mode: upsert). What
# lookups must show before a row is created is in test_submitter_missing, and
# faults and kills are in the rehearsal `modes`.

# shellcheck disable=SC2154 # service.bash sets url

load service

setup() {
  setup_folder
  cat >sheet.yaml <<'YAML'
version: 1
procedure: lead
mode: upsert
lead_id: Ref
data: {score: Score, city: City}
state: State
YAML
  sheet 500 >sheet.csv
}

teardown() { stop_sandbox; }

# sheet N: so many rows.
sheet() {
  echo Ref,Score,City,State && for ((i = 1; i <= $1; i++)); do
    echo "L-$i,$i,Goa,NEW"
  done
}

# Forty rows change, and ten are new.
change_sheet() {
  sed -i -E 's/^(L-[0-9]*7,[0-9]*),Goa,/\1,Pune,/' sheet.csv
  sed -i '3,500{/,Pune,/!{n}}' sheet.csv
  for i in $(seq 501 510); do echo "L-$i,$i,Goa,NEW" >>sheet.csv; done
  [ "$(grep -c Pune sheet.csv)" = 50 ]
  sed -i -E 's/^(L-4[0-9]7,[0-9]*),Pune,/\1,Goa,/' sheet.csv
  [ "$(grep -c Pune sheet.csv)" = 40 ]
}

run_import() { run_split csv2chakra import "$@" --progress none; }

# now KEY JQ: of the process with that key, as the sandbox has it.
now() {
  curl -s "$url/sandbox/processes?now=1" |
    jq -r "select(.key == \"$1\" and (.deleted | not)) | $2"
}

@test "a sheet that is imported again by the same command changes what changed, and creates what is new" {
  start_sandbox
  run_import sheet.yaml sheet.csv
  expect_status 0
  in_file out 'All 500 rows are in the sandbox'
  change_sheet
  run_import sheet.yaml sheet.csv --metrics-file metrics
  expect_status 0
  in_file out '510 read = 10 created + 40 updated + 460 unchanged'
  in_file out '10 of 510 rows were created in the sandbox'
  in_file out '40 were updated'
  [ "$(rows created updated unchanged)" = '10 40 460' ]
  [ "$(jq -r '[.calls[] | "\(.verb) \(.rows)"] | sort | join(", ")' runs/latest/report.json)" = \
    'create 10, update 1, update 39' ]
  in_file metrics 'outcome="created"} 10'
  in_file metrics 'outcome="updated"} 40'
  in_file runs/latest/report.html '10 of 510 rows were created'
  [ "$(grep -c ',created,job,,create$' runs/latest/results.csv)" = 10 ]
  [ "$(grep -c ',updated,[a-z]*,,update$' runs/latest/results.csv)" = 40 ]
  [ "$(grep -c ',unchanged,,,$' runs/latest/results.csv)" = 460 ]
  [ "$(now L-7 '.process.data.city')" = Pune ]
  [ "$(now L-8 '.updates')" = 0 ]
  [ "$(now L-510 '.process.data.score')" = 510 ]
  run_import sheet.yaml sheet.csv
  expect_status 8
  in_file err 'to look all its rows up again, and send what differs: csv2chakra import --again sheet.yaml sheet.csv'
  run_import --again sheet.yaml sheet.csv
  expect_status 0
  [ "$(rows unchanged)" = 510 ]
  [ "$(jq '.calls | length' runs/latest/report.json)" = 0 ]
  stats=$(curl -s "$url/sandbox/stats")
  [ "$(jq '.keys.created_twice + .keys.received_twice' <<<"$stats")" = 0 ]
}

@test "a diff counts what is new, and its list creates and changes just that" {
  start_sandbox
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  change_sheet
  run_split csv2chakra diff sheet.yaml sheet.csv -o changes --progress none
  expect_status 0
  in_file out '+        10 to create: the sandbox has no process with their key'
  in_file out '~        40 to change      data.city 40'
  in_file out '=       460 unchanged'
  in_file out 'An import would take about 1 create call and 2 update calls.'
  in_file changes/changes.html '10 rows would be created, 40 rows would change'
  [ "$(jq -c '[.rows.to_create, .rows.to_change, .calls]' changes/changes.json)" = '[10,40,3]' ]
  [ "$(grep -c ',create,,,$' changes/changes.csv)" = 10 ]
  in_file changes/changes.csv '502,L-501,,create,,,'
  # Nobody wants 501 and 7; 502 is made by somebody else meanwhile.
  sed -i -e '/,L-501,/d' -e '/,L-7,/d' changes/changes.csv
  { echo Ref,Score,City,State && echo L-502,1,Delhi,NEW; } >other.csv
  csv2chakra import -q sheet.yaml other.csv >other.out
  run_import --changes changes sheet.yaml sheet.csv
  expect_status 1
  [ "$(rows created updated conflict)" = '8 39 1' ]
  in_file out 'it was not there when the changes were listed'
  [ "$(now L-502 .process.data.city)" = Delhi ]
  [ -z "$(now L-501 .key)" ]
  [ "$(now L-7 .process.data.city)" = Goa ]
}

@test "a list of changes in which a new row has values, or two lines, is refused" {
  start_sandbox
  sheet 3 >few.csv
  csv2chakra diff -q sheet.yaml few.csv -o good
  for edit in 's/^3,L-2,,create,,,/3,L-2,,create,data.city,,/' \
    's/^3,L-2,,create,,,/3,L-2,p-1,create,,,/' \
    's/^3,L-2,,create,,,/3,L-2,,create,,,\n3,L-2,,create,,,/' \
    's/^3,L-2,,create,,,/3,L-2,,upsert,,,/' \
    's/^3,L-2,,create,,,/3,L-9,,create,,,/'; do
    rm -rf edited && cp -r good edited
    sed -i "$edit" edited/changes.csv
    run_import --changes edited sheet.yaml few.csv
    expect_status 7
    in_file err "changes.csv', line"
  done
  [ "$(curl -s "$url/sandbox/stats" | jq .rows.created)" = 0 ]
}

@test "rows that are refused on either way are in one file to fix, and a retry sends them" {
  start_sandbox
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  change_sheet
  sed -i -e 's/^L-17,17,Pune,NEW/L-17,17,Pune,NOSUCH/' -e 's/^L-505,505,Goa,NEW/L-505,505,Goa,NOSUCH/' sheet.csv
  run_import sheet.yaml sheet.csv
  expect_status 1
  [ "$(rows created updated refused)" = '9 39 2' ]
  in_file out '2 rows to fix'
  [ "$(grep -c ',refused,' runs/latest/results.csv)" = 2 ]
  grep -q '^18,18,L-17,.*,refused,job,.*,update$' runs/latest/results.csv
  grep -q '^506,506,L-505,.*,refused,job,.*,create$' runs/latest/results.csv
  sed 's/,NOSUCH/,CONVERTED/' runs/latest/to-fix.csv >fixed.csv
  run_split csv2chakra retry latest fixed.csv --progress none
  expect_status 0
  [ "$(rows created updated)" = '1 1' ]
  [ "$(now L-505 .process.state) $(now L-17 .process.state)" = 'CONVERTED CONVERTED' ]
}

@test "killed at any place of its way, a resumed import creates and changes each row once" {
  start_sandbox
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  n=0
  for at in submit.start:2 submit.started:5 submit.answer:6 submit.answered:8 ledger.commit:4 ledger.committed:5; do
    n=$((n + 1))
    sed -i -E "s/^(L-[0-9]*7,[0-9]*),[^,]*,/\\1,P$n,/" sheet.csv
    echo "N-$n,$n,Goa,NEW" >>sheet.csv
    sed -i "2iM-$n,$n,Goa,NEW" sheet.csv
    CSV2CHAKRA_FAULT="$at:kill" run_split csv2chakra-faults import --again --chunk-rows 100 \
      sheet.yaml sheet.csv --progress none
    expect_status 137
    run_split csv2chakra resume latest --settle 2s --progress none
    run_split csv2chakra reconcile latest --settle 2s --progress none
    [ "$(jq .accounts.balanced runs/latest/report.json)" = true ]
    [ "$(rows read unsent)" = "$((500 + 2 * n)) 0" ]
  done
  # What was lost is settled by the next import, which finds what arrived.
  run_import --again sheet.yaml sheet.csv
  expect_status 0
  [ "$(curl -s "$url/sandbox/stats" | jq '.keys.created_twice + .keys.received_twice')" = 0 ]
  [ "$(curl -s "$url/sandbox/processes?now=1" | jq -s '[.[] | select(.updates > 6)] | length')" = 0 ]
  [ "$(now L-7 .process.data.city)" = P6 ]
  [ "$(now M-6 .process.data.score) $(now N-6 .process.data.score)" = '6 6' ]
}

@test "of a create that is lost the advice is to import again, and that settles it" {
  start_sandbox --fault reset-before=1,creates,calls=3-3
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  change_sheet
  run_import --settle 1s sheet.yaml sheet.csv
  expect_status 6
  [ "$(rows unknown updated)" = '10 40' ]
  in_file out 'csv2chakra reconcile'
  run_split csv2chakra reconcile latest --settle 1s --progress none
  expect_status 6
  run ! grep -q 'resend-absent' out
  command=$(grep -o 'csv2chakra import --again .*' out)
  [[ $command == *sheet.yaml*sheet.csv ]]
  run_split csv2chakra status latest
  in_file out 'import --again'
  run ! grep -q skip-existing out
  run_split bash -c "$command --progress none"
  expect_status 0
  [ "$(rows created unchanged)" = '10 500' ]
  [ "$(curl -s "$url/sandbox/stats" | jq .keys.created_twice)" = 0 ]
}

@test "an undo deletes what was created, and writes the way back of what was changed, without the file" {
  start_sandbox
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  cp sheet.csv before.csv
  change_sheet
  csv2chakra import -q sheet.yaml sheet.csv >change.out
  run=$(readlink runs/latest)
  rm sheet.csv
  run_split csv2chakra undo --dry-run "$run"
  expect_status 0
  in_file out '10 to delete'
  in_file out '40 changed: an undo writes their way back'
  run_split csv2chakra undo --delete 10 "$run" --progress none
  expect_status 0
  in_file out 'All 10 rows were deleted'
  [ -z "$(now L-505 .key)" ]
  [ "$(now L-7 .process.data.city)" = Pune ]
  run_import --changes "runs/$run/way-back"
  expect_status 0
  [ "$(rows updated)" = 40 ]
  # All is as it was.
  run_split csv2chakra diff sheet.yaml before.csv --exit-code --progress none
  expect_status 0
  in_file out '0 to create'
  in_file out '500 unchanged'
}

@test "an upsert asks for a key that finds one process, and leaves no question open" {
  start_sandbox
  sed 's/^lead_id: Ref/key: {name: ref, column: Ref, unique: false}/' sheet.yaml >nokey.yaml
  sed 's/^lead_id: Ref/key: {name: ref, column: Ref, required: false}/' sheet.yaml >maybe.yaml
  for mapping in nokey maybe; do
    run_split csv2chakra check $mapping.yaml sheet.csv
    expect_status 2
    in_file err 'mode: upsert needs a key that is required and unique'
  done
  { cat sheet.yaml && echo 'update: {missing: reject}'; } >missing.yaml
  run_split csv2chakra check missing.yaml sheet.csv
  expect_status 2
  in_file err "'missing' has no meaning with mode: upsert"
  run_import --skip-existing sheet.yaml sheet.csv
  expect_status 2
  in_file err '[update.skip_existing]'
  { head -3 sheet.csv && echo ' l-2 ,1,Goa,NEW'; } >twice.csv
  run_split csv2chakra check sheet.yaml twice.csv
  expect_status 1
  in_file out 'unique'
  [ "$(curl -s "$url/sandbox/stats" | jq .rows.created)" = 0 ]
}

@test "a sheet that only grew is imported again as a whole" {
  start_sandbox
  csv2chakra import -q sheet.yaml sheet.csv >fill.out
  echo L-501,1,Goa,NEW >>sheet.csv
  run_import sheet.yaml sheet.csv
  expect_status 8
  in_file err 'its rows are looked up before they are sent, and only what differs is: csv2chakra import --again sheet.yaml sheet.csv'
  run_import --again sheet.yaml sheet.csv
  expect_status 0
  [ "$(rows created unchanged)" = '1 500' ]
}
