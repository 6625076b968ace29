#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completion scripts: loaded and asked, in a real shell.

bats_require_minimum_version 1.5.0
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
  csv2chakra help | grep -v 'not built yet' |
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
  offers '' import leads.yaml leads.csv ''
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
  offers 'created' report --rows c
  offers '' import --chunk-rows ''
  offers 'bash fish zsh' completion ''
  offers 'check completion convert' help c
}

@test "bash: values are no operands, and behind -- nothing is an option" {
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
  csv2chakra completion runs >got
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

@test "bash: the script is sound" {
  bash -n ../script.bash
  if command -v shellcheck >/dev/null; then
    shellcheck -s bash ../script.bash
  fi
}

@test "zsh: the script is sound" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  csv2chakra completion zsh >script.zsh
  zsh -n script.zsh
}

@test "fish: the script is sound" {
  command -v fish >/dev/null || skip "fish is not installed"
  csv2chakra completion fish >script.fish
  fish -n script.fish
}

@test "zsh and fish: every option of every command is there" {
  csv2chakra completion zsh >script.zsh
  csv2chakra completion fish >script.fish
  for c in check import resume prune doctor; do
    complete_words "$c" -- | sed -n 's/^--//p' >options
    [ "$(wc -l <options)" -ge 5 ]
    while read -r o; do
      sed -n "/^	$c)/,/;;/p" script.zsh | grep -qF -- "--$o"
      grep -q "seen_subcommand_from $c'.* -l $o " script.fish
    done <options
  done
  # Quotes are even, as far as a line tells.
  sed "s/\\\\'//g" script.fish | awk -F"'" 'NF % 2 == 0 { exit 1 }'
}

@test "another shell is a usage error" {
  run_split csv2chakra completion tcsh
  expect_status 2
  is_empty out
  in_file err "say bash, zsh or fish"
}
