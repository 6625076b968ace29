#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completion scripts: loaded and asked, in a real shell.

# shellcheck disable=SC2030,SC2031 # bats runs each test in a subshell

load helpers

setup() {
  setup_folder
  csv2chakra completion bash >script.bash
  mkdir place
  cd place || return 1
  mkdir maps
  touch leads.yaml old.YML leads.csv big.csv.gz "two words.csv" notes.md \
    data.zip maps/a.yaml
}

# complete WORD...: what is offered for the last word, a line each, sorted.
# The words are as bash splits them.
complete_words() {
  # shellcheck disable=SC2016 # for the inner shell
  bash --norc -c '
    . ../script.bash
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _csv2chakra
    printf "%s\n" "${COMPREPLY[@]}"' bash csv2chakra "$@" 2>err |
    sed '/^$/d' | LC_ALL=C sort
  if [ -s err ]; then
    cat err
    return 1
  fi
}

offers() { # LINES WORD...
  local wanted=$1
  shift
  complete_words "$@" >got
  if ! diff <(printf '%s\n' "$wanted" | tr ' ' '\n' | sed '/^$/d') got; then
    echo "for: $*"
    return 1
  fi
}

@test "bash: commands, and the options of each command as its help has them" {
  csv2chakra help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort >commands
  complete_words '' | diff commands -
  offers 'check' ch
  while read -r c; do
    csv2chakra "$c" --help | awk '/^ +(-., )?--[a-z]/ || /^ +-. / {
        for (i = 1; i <= 2; i++) if ($i ~ /^-/) {
          sub(/,$/, "", $i); print $i } }' | LC_ALL=C sort -u >wanted
    complete_words "$c" - | diff wanted -
  done <commands
}

@test "bash: files by their endings, folders too" {
  offers 'leads.yaml maps old.YML' import ''
  offers 'leads.yaml' import l
  offers 'maps/a.yaml' check maps/
  complete_words import leads.yaml '' >got
  printf '%s\n' big.csv.gz data.zip leads.csv maps 'two words.csv' |
    diff - got
  complete_words import leads.yaml leads.csv '' | diff - got
  offers '' convert leads.yaml leads.csv ''
  offers 'leads.yaml maps old.YML' retry --mapping ''
  offers 'maps' status --runs-dir ''
  offers 'notes.md' import --token-file n
}

@test "bash: words of options, in each way to write them" {
  offers 'json' check --format j
  offers 'github json text' check --format ''
  offers 'json text' import --format ''
  offers 'html json text' report --format ''
  offers 'github json text' check --format =
  offers 'github' check --format = g
  offers 'conflict created' report --rows c
  offers '' import --chunk-rows ''
  offers 'bash fish zsh' completion ''
  offers 'check completion convert' help c
}

@test "bash: values are no operands, and after -- nothing is an option" {
  offers 'leads.yaml' import --chunk-rows 5 --token-file x l
  complete_words import --format = json leads.yaml l >got
  printf 'leads.csv\n' | diff - got
  offers '' import -- -
  offers 'leads.yaml' import -- l
  offers 'leads.yaml' import -q l
}

@test "bash: ids of runs, from the folder that the line or environment names" {
  for r in 20260401T020000Z-a-3fa9c1 20260402T020000Z-b-3fa9c2; do
    mkdir -p "runs/$r"
    touch "runs/$r/run.json"
  done
  # shellcheck disable=SC2016 # a name that must not be run
  local evil='runs/$(touch harm)'
  mkdir -p "$evil" runs/stranger
  touch "$evil/run.json"
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs"
  csv2chakra __complete report '' | sed 1d >got
  printf '%s\n' latest 20260402T020000Z-b-3fa9c2 20260401T020000Z-a-3fa9c1 |
    diff - got
  offers '20260401T020000Z-a-3fa9c1' resume 20260401
  offers '20260401T020000Z-a-3fa9c1 20260402T020000Z-b-3fa9c2 latest' report ''
  offers 'latest' prune 20260401T020000Z-a-3fa9c1 l
  [ ! -e harm ]
  unset CSV2CHAKRA_RUNS_DIR
  offers 'latest' status --runs-dir runs l
  offers 'latest' status --runs-dir = runs l
  offers '' status --runs-dir nowhere l
}

@test "bash: names of files run nothing" {
  # shellcheck disable=SC2016 # names that must not be run
  local typed names=('$(touch harm)' '`touch harm`' "it's; touch harm" '"$(touch harm)"')
  local name
  for name in "${names[@]}"; do
    mkdir -p "$name"
    touch "$name/a.yaml" "$name.yaml"
  done
  for name in "${names[@]}"; do
    for typed in "" "${name:0:2}" "$name" "$name/" "\"$name/" "$(printf %q "$name")/"; do
      complete_words check "$typed" >got || :
      complete_words import --format "$typed" >got || :
      complete_words resume "$typed" >got || :
    done
    complete_words check "$name" >got
    in_file got "$name.yaml"
  done
  [ -z "$(find .. -name harm)" ]
}

@test "bash: the script is sound" {
  bash -n ../script.bash
  if command -v shellcheck >/dev/null; then
    shellcheck -s bash ../script.bash
  fi
}

# asked_zsh, asked_fish <LINES: "LINE=>WORD WORD ..." for each, sorted, folders
# without their slash.
asked_zsh() {
  mkdir -p ../functions
  csv2chakra completion zsh >../functions/_csv2chakra
  zsh -f "$BATS_TEST_DIRNAME/complete.zsh" ../functions 3>&-
}
asked_fish() {
  csv2chakra completion fish >../script.fish
  # shellcheck disable=SC2016 # for the inner shell
  fish --no-config -c '
    source ../script.fish
    while read -l line
      set -l found (complete -C "$line" | string replace -r "\t.*" "" |
        string replace -r "/\$" "" | string replace -r "^--[^=]*=" "" | sort -u)
      echo "$line=>$found"
    end' 3>&-
}

# What zsh and fish offer alike. (Where no file fits, zsh offers the others.)
same_offers() {
  local asked=$1
  for r in 20260401T020000Z-a-3fa9c1 20260402T020000Z-b-3fa9c2; do
    mkdir -p "runs/$r"
    touch "runs/$r/run.json"
  done
  mkdir -p other/20260401T020000Z-a-3fa9c1 other/20260402T020000Z-b-3fa9
  touch other/20260401T020000Z-a-3fa9c1/run.json check
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs"
  cat >wanted <<'LINES'
csv2chakra imp=>import
csv2chakra import l=>leads.yaml
csv2chakra import o=>old.YML other
csv2chakra import leads.yaml l=>leads.csv
csv2chakra import leads.yaml b=>big.csv.gz
csv2chakra import leads.yaml d=>data.zip
csv2chakra import -q --in-flight 3 leads.yaml l=>leads.csv
csv2chakra import --in-flight=3 leads.yaml l=>leads.csv
csv2chakra import -q -- leads.yaml l=>leads.csv
csv2chakra import leads.yaml leads.csv l=>leads.csv
csv2chakra import --in-flight =>
csv2chakra import --token-file n=>notes.md
csv2chakra import --runs-dir m=>maps
csv2chakra import --ch=>--changes --chunk-bytes --chunk-rows
csv2chakra retry --mapping l=>leads.yaml
csv2chakra retry --mapping=l=>leads.yaml
csv2chakra check --format =>github json text
csv2chakra check --format=j=>json
csv2chakra import --format =>json text
csv2chakra report --format =>html json text
csv2chakra report --rows c=>conflict created
csv2chakra inspect l=>leads.csv
csv2chakra completion =>bash fish zsh
csv2chakra help c=>check completion convert
csv2chakra help check l=>
csv2chakra resume 20260401=>20260401T020000Z-a-3fa9c1
csv2chakra resume latest l=>leads.csv
csv2chakra report =>20260401T020000Z-a-3fa9c1 20260402T020000Z-b-3fa9c2 latest
csv2chakra prune 20260401T020000Z-a-3fa9c1 l=>latest
csv2chakra status --runs-dir other 2=>20260401T020000Z-a-3fa9c1
csv2chakra status --runs-dir=other 2=>20260401T020000Z-a-3fa9c1
csv2chakra status --runs-dir nowhere =>
LINES
  sed 's/=>[^=]*$//' wanted >lines
  "$asked" <lines >got
  diff wanted got
}

# Every command, and every option of every command, as its help has them.
all_options() {
  local asked=$1
  csv2chakra help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' |
    LC_ALL=C sort >commands
  echo 'csv2chakra ' | "$asked" | sed 's/.*=>//' | tr ' ' '\n' |
    LC_ALL=C sort | diff commands -
  while read -r c; do
    csv2chakra "$c" --help | awk '/^ +(-., )?--[a-z]/ || /^ +-. / {
        for (i = 1; i <= 2; i++) if ($i ~ /^-/) {
          sub(/,$/, "", $i); print $i } }' | LC_ALL=C sort -u |
      tr '\n' ' ' | sed "s/^/csv2chakra $c -=>/; s/ \$//"
    echo
  done <commands >wanted
  sed 's/=>.*//' wanted >lines
  "$asked" <lines | while IFS= read -r line; do
    printf '%s=>' "${line%%=>*}"
    printf '%s\n' "${line#*=>}" | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ' |
      sed 's/ $//'
    echo
  done >got
  diff wanted got
}

@test "zsh: files, words, runs, operands" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  same_offers asked_zsh
}

@test "zsh: commands, and the options of each command as its help has them" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  all_options asked_zsh
  zsh -n ../functions/_csv2chakra
}

@test "fish: files, words, runs, operands" {
  command -v fish >/dev/null || skip "fish is not installed"
  same_offers asked_fish
}

@test "fish: commands, and the options of each command as its help has them" {
  command -v fish >/dev/null || skip "fish is not installed"
  all_options asked_fish
  fish -n ../script.fish
}

# Names of files and runs that are no words, in a shell that is asked by the
# name of its function: nothing of them runs, none is taken for an option. (What
# is typed in double quotes is not a name: zsh itself runs it, for any command.)
runs_no_names() {
  local asked=$1 name
  # shellcheck disable=SC2016 # names that must not be run
  for name in '$(touch harm)' '`touch harm`' "it's; touch harm" '"$(touch harm)"' '(touch harm)' '-o' '[a]' '*'; do
    mkdir -p -- "$name" "runs/$name" "runs/20260401T020000Z-$name-3fa9c1"
    touch -- "$name/a.yaml" "$name.yaml" "$name.csv" "runs/$name/run.json" "runs/20260401T020000Z-$name-3fa9c1/run.json"
  done
  export CSV2CHAKRA_RUNS_DIR="$PWD/runs"
  cat >lines <<'LINES'
csv2chakra check \$
csv2chakra check '$(
csv2chakra check \$\(touch\ harm\)/
csv2chakra check '$(touch harm)/
csv2chakra check "it's; touch harm/
csv2chakra check \`
csv2chakra check '(touch harm)/
csv2chakra import old.YML \`touch\ harm\`
csv2chakra report --runs-dir '$(touch harm)' 2
csv2chakra report --runs-dir=\$\(touch\ harm\) 2
csv2chakra report --runs-dir "it's; touch harm" 2
csv2chakra resume 
csv2chakra check -- -
csv2chakra check 
LINES
  "$asked" <lines >got 2>err
  is_empty err
  [ -z "$(find .. -name harm)" ]
  [ "$(wc -l <got)" -eq "$(wc -l <lines)" ]
  # shellcheck disable=SC2016 # what is offered
  grep -qF 'check '"'"'$(=>$(touch harm) $(touch harm).yaml' got
  grep -q '^csv2chakra resume =>20260401T020000Z--o-3fa9c1 latest$' got
  grep -q '^csv2chakra check -- -=>-o -o.yaml$' got
  grep '^csv2chakra check =>' got | grep -F -- '-o.yaml' | grep -qF leads.yaml
}

@test "zsh: names of files run nothing" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  runs_no_names asked_zsh
}

@test "fish: names of files run nothing" {
  command -v fish >/dev/null || skip "fish is not installed"
  runs_no_names asked_fish
}

# says ANSWER WORD...: the program's answer to the words, one line, without the
# words that explain.
says() {
  local wanted=$1
  shift
  csv2chakra __complete "$@" >answer 2>err
  is_empty err
  if [ "$(cut -f1 answer | tr '\n' ' ' | sed 's/ $//')" != "$wanted" ]; then
    printf 'for: %s\nwanted: %s\ngot: ' "$*" "$wanted"
    cat answer
    return 1
  fi
}

@test "the program says what can stand at the cursor" {
  local csvs='csv|csv.gz|csv.zst|csv.xz|csv.bz2|csv.zip'
  for e in tsv tab psv txt; do csvs+="|$e|$e.gz|$e.zst|$e.xz|$e.bz2|$e.zip"; done
  csvs+='|zip'
  says 'files 0 yaml|yml' check ''
  says "files 0 $csvs" check a.yaml ''
  says "files 0 $csvs" check a.yaml b.csv ''
  says '' convert a.yaml b.csv ''
  says "files 0 $csvs" check 'a b' -- ''
  says 'files 0' import --token-file ''
  says 'files 13' import --token-file=x
  says 'folders 0' import --runs-dir ''
  says 'words 9 text json github' check --format=
  says 'words 9 text json github' check --format=j
  says 'words 0 text json github' check --format j
  says '' import --chunk-rows 5
  says '' import --chunk-rows=5
  # A value next to its letter, and after letters that take none.
  says 'files 2' check -ox
  says 'files 3' check -qox
  says 'files 0' check -o ''
  says "files 0 $csvs" check -qo out a.yaml ''
  # Dashes that begin no option, and options that are none.
  says 'files 0 yaml|yml' check -- -
  says "files 0 $csvs" check -- -x ''
  says "files 0 $csvs" check - ''
  says "files 0 $csvs" check --no-such a.yaml ''
  says "files 0 $csvs" check --no-such=x -Z a.yaml ''
  says "files 0 $csvs" check --o a.yaml ''
  says '' check --quiet=
  says '' check --no-such=
  says '' no-such-command ''
  says '' --help ''
  says '' chec ''
  says 'words 0 bash zsh fish' completion ''
  # What one letter or the end of a line could confuse.
  says 'files 0 yaml|yml' retry latest --mapping ''
  csv2chakra __complete check --fo >answer
  grep -q '^--format	' answer
  grep -q '^-o	' answer
}

@test "profiles of the file of profiles, and none of one that others may write to" {
  export XDG_CONFIG_HOME=$PWD/config
  mkdir -p config/csv2chakra
  chmod 700 config config/csv2chakra
  says 'words 0' import --profile ''
  echo 'profiles: {prod: {rate: 5/s}, "a b": {rate: 5/s}, test: {rate: 1/s}}' >config/csv2chakra/config.yaml
  chmod 600 config/csv2chakra/config.yaml
  says 'words 0 prod test' import --profile ''
  says 'words 10 prod test' import --profile=p
  offers 'prod' import --profile p
  chmod 666 config/csv2chakra/config.yaml
  says 'words 0' import --profile ''
}

@test "to complete writes nothing, asks nobody and takes no time" {
  mkdir home
  HOME=$PWD/home XDG_STATE_HOME=$PWD/home/state csv2chakra __complete report '' >got
  [ "$(cat got)" = 'words 0' ]
  [ -z "$(ls -A home)" ]
  csv2chakra __complete >got
  in_file got import
  run csv2chakra help
  [[ $output != *__complete* ]]
  if command -v strace >/dev/null; then
    ASAN_OPTIONS=detect_leaks=0 strace -f -e \
      trace=network,unlink,rename,mkdir,openat csv2chakra __complete import \
      --format "" 2>trace >/dev/null
    # But for the counters of a build with coverage.
    run ! grep -E 'socket|connect|O_WRONLY|O_RDWR|O_CREAT|mkdir|rename|unlink' <(grep -v '[.]gcda"' trace)
  fi
}

# Words that bash splits, and names that have to be quoted.
@test "bash: names with blanks, colons, equals signs and quotes" {
  mkdir -p 'my runs/20260401T020000Z-a-3fa9c1'
  touch 'my runs/20260401T020000Z-a-3fa9c1/run.json' 'a=b.csv' 'x:y.csv' "it's.csv"
  # shellcheck disable=SC2088 # bash leaves it to the script
  for dir in 'my\ runs' '"my runs"' "'my runs'"; do
    offers '20260401T020000Z-a-3fa9c1' status --runs-dir "$dir" 2
  done
  complete_words import --base-url https : //x.example leads.yaml l >got
  printf 'leads.csv\n' | diff - got
  complete_words import a = b.yaml l >got
  printf 'leads.csv\n' | diff - got
  complete_words import x : y.yaml "it" >got
  printf "it's.csv\n" | diff - got
  complete_words import leads.yaml a = b >got
  printf 'b.csv\n' | diff - got
  complete_words import leads.yaml x : >got
  printf 'y.csv\n' | diff - got
  complete_words check -oma >got
  printf -- '-omaps\n' | diff - got
}

@test "another shell is a usage error" {
  run_split csv2chakra completion tcsh
  expect_status 2
  is_empty out
  in_file err "use bash, zsh or fish"
}
