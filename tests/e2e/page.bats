#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# report.html: where it comes to stand, and that it says what report.json says.
# What a browser makes of it is in tests/page (make check-page).
# shellcheck disable=SC2154 # helpers.bash sets status

load service

# The page with its markup taken off, as one line.
words() {
  sed -e 's/<style>/\n&/;s/<script>/\n&/' "$1" |
    sed -e '/<style>/,/<\/style>/d;/<script>/,/<\/script>/d' -e 's/<[^>]*>//g' |
    sed -e "s/&lt;/</g;s/&gt;/>/g;s/&#39;/'/g;s/&quot;/\"/g;s/&amp;/\&/g" |
    tr -s '\n ' '  '
}

@test "every run folder holds a page that says what report.json says" {
  start_sandbox
  good_leads 30
  echo 'L-99,Open,Ann,Lee,many,"<script>alert(1)</script>"' >>leads.csv
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 1
  page=runs/latest/report.html
  [ "$(stat -c %a "$page")" = 600 ]
  words "$page" >said
  in_file said "$(report .verdict)"
  in_file said "$(report .next_command)"
  in_file said "$(report .input.sha256)"
  in_file said "$(report .run.id)"
  in_file said 'E32'
  not_in_file "$page" "$(cat token)"
  not_in_file "$page" 'alert(1)'
  # Nothing that a browser would load, and no policy that lets it.
  run ! grep -qiE '<(img|link|iframe|object|embed|base) |<a href="[^"]*[:/]|@import|url\(' "$page"
  in_file "$page" "default-src 'none'; style-src 'sha256-"
}

@test "report --format html prints the page and writes it anew" {
  start_sandbox
  good_leads 5
  csv2chakra import leads.yaml leads.csv >/dev/null
  cp runs/latest/report.html first.html
  rm runs/latest/report.html
  run_split csv2chakra report --format html latest
  expect_status 0
  is_empty err
  cmp out first.html
  cmp out runs/latest/report.html
}

@test "the page follows a run through its parts" {
  start_sandbox
  good_leads 30
  csv2chakra import --chunk-rows 5 --limit 10 leads.yaml leads.csv >/dev/null || :
  words runs/latest/report.html >said
  in_file said 'csv2chakra resume'
  csv2chakra resume --limit 1000 latest >/dev/null
  words runs/latest/report.html >said
  in_file said 'All 30 rows are in the sandbox at '
  in_file said '(a rehearsal; nothing is in ChakraHQ).'
  in_file said 'resume, '
  in_file runs/latest/report.html 'class="part"'
}

@test "check -o writes a page; check without it does not" {
  good_leads 5
  run_split csv2chakra check leads.yaml leads.csv
  expect_status 0
  [ "$(find . -name report.html | wc -l)" -eq 0 ]
  run_split csv2chakra check -o dry leads.yaml leads.csv
  expect_status 0
  words dry/report.html >said
  in_file said 'All 5 rows would be sent.'
  in_file said 'nothing was sent'
  in_file said 'What only ChakraHQ can check'
  [ "$(find dry -name '.csv2chakra*' | wc -l)" -eq 0 ]
}

@test "the page of a large file is small, and shows the first 1,000 rows" {
  good_mapping
  good_csv 20000 | sed '2,$s/,Open,/,Closed,/' >leads.csv
  run_split csv2chakra check -o dry leads.yaml leads.csv
  expect_status 1
  words dry/report.html >said
  in_file said 'The first 1,000 of 20,000 rows that failed'
  [ "$(grep -c '<td data-l="Row">' dry/report.html)" -eq 1000 ]
  [ "$(stat -c %s dry/report.html)" -lt 1000000 ]
}

@test "the same facts make the same page" {
  good_leads 50
  csv2chakra check -o one leads.yaml leads.csv >/dev/null
  csv2chakra check -o two leads.yaml leads.csv >/dev/null
  cmp one/report.html two/report.html
}
