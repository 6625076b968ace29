#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The rules of the house over the source tree (tests/lint), each followed by
# proof that it sees what it forbids, in a small tree made for it.

load helpers

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  lint="$ROOT/tests/lint"
  setup_folder
}

# holds RULE [ARGUMENT]: nothing in the tree breaks it.
holds() { (cd "$ROOT" && sh "$lint/$1.sh" "${@:2}"); }

# A good tree of one source file and one header, to be spoilt.
small_tree() {
  rm -rf tree
  mkdir -p tree/src/csv tree/src/mapping tree/include/csv tree/tests/unit
  cd tree || return 1
  printf '%s\n' '/* SPDX-License-Identifier: MIT */' '/* Rows. */' \
    '#include "csv/row.h"' '' 'int row;' >src/csv/row.c
  printf '%s\n' '/* SPDX-License-Identifier: MIT */' '/* Its user. */' \
    '#include "csv/row.h"' >src/mapping/user.c
  printf '%s\n' '/* SPDX-License-Identifier: MIT */' '#ifndef CSV_ROW_H' \
    '#define CSV_ROW_H' '/* Rows. */' 'extern int row;' '#endif' \
    >include/csv/row.h
}

# sees RULE WORDS [ARGUMENT]: the rule fails in this tree, and says WORDS.
sees() {
  run sh "$lint/$1.sh" "${@:3}"
  if [ "$status" -eq 0 ] || [[ "$output" != *"$2"* ]]; then
    echo "status $status, without '$2': $output"
    return 1
  fi
}

# Long: the compiler, once a header.
# bats test_tags=long
@test "every header compiles alone" {
  holds headers "build/${CSV2CHAKRA_BUILD:-release}/flags"
  small_tree
  echo 'cc -std=c11 -Wall -iquote include' >flags
  sh "$lint/headers.sh" flags
  sed -i 's/extern int row/extern size_t row/' include/csv/row.h
  sees headers size_t flags
}

@test "includes follow the flow of data" {
  holds layers
  small_tree
  sh "$lint/layers.sh"
  mkdir -p include/report
  echo '/* Pages. */' >include/report/page.h
  sed -i '3a #include "report/page.h"' src/csv/row.c
  sees layers 'row.c:4: csv may not include report'
  small_tree
  sed -i '2a #include <stdio.h>' src/csv/row.c
  sees layers 'own header comes first'
}

@test "a header that one room uses lies in that room" {
  small_tree
  echo '/* Inner. */' >src/csv/inner.h
  sed -i '3a #include "inner.h"' src/csv/row.c
  sh "$lint/layers.sh"
  sed -i '3a #include "inner.h"' src/mapping/user.c
  sees layers 'user.c:4: no header of this room alone'
  small_tree
  sed -i '3a #include "csv/inner.h"' src/csv/row.c
  sees layers 'not among the headers that rooms share'
  small_tree
  rm src/mapping/user.c
  sees layers 'include/csv/row.h: one room uses it'
  # What a shared header includes is shared with it.
  small_tree
  echo '/* Cells. */' >include/csv/cell.h
  sees layers 'include/csv/cell.h: one room uses it'
  echo '#include "csv/cell.h"' >>include/csv/row.h
  sh "$lint/layers.sh"
  small_tree
  echo '/* Rows. */' >src/csv/row_state.h
  sed -i '3a #include "row_state.h"' src/csv/row.c
  sees layers 'where a header lies says whose it is'
}

@test "a room has at most 25 files" {
  small_tree
  for i in $(seq 24); do echo >"src/csv/more$i.c"; done
  sh "$lint/layers.sh"
  echo >src/csv/more25.c
  sees layers 'src/csv/: 26 files, at most 25 make a room'
}

@test "a ledger is handed to those who send, and its header is all that they know" {
  small_tree
  mkdir -p src/send include/ledger
  echo "/* Books. */" >include/ledger/ledger.h
  printf '%s\n' '#include "ledger/ledger.h"' >src/send/a.c
  sh "$lint/layers.sh"
  printf '%s\n' '#include "runs/run.h"' >src/send/a.c
  sees layers 'send may not include runs'
}

@test "each library has one user" {
  holds users
  for pair in csv.h:report yaml.h:cli curl/curl.h:cli sqlite3.h:report \
    pcre2.h:build openssl/sha.h:ledger microhttpd.h:cli archive.h:cli \
    uchardet.h:cli; do
    small_tree
    mkdir -p "src/${pair#*:}"
    echo "#include <${pair%:*}>" >"src/${pair#*:}/a.c"
    sees users "<${pair%:*}>"
    cd ..
  done
}

@test "an outcome is named where it is described and where a row is given it" {
  holds outcomes
  small_tree
  mkdir -p src/base src/report
  printf '    {.name = "%s", .tint = "%s"},\n' moved moved lost lost \
    >src/base/outcome.c
  printf '.o-%s { }\n' moved lost >src/report/page.css
  echo 'enum outcome o = OUTCOME_COUNT; /* OUTCOME_LOST, "lost" */' \
    >src/report/page.c
  sh "$lint/outcomes.sh"
  echo 'enum outcome o = OUTCOME_LOST;' >>src/report/page.c
  sees outcomes 'page.c:2: OUTCOME_LOST belongs'
  echo 'char s[] = "lost";' >src/report/page.c
  sees outcomes 'page.c:1: "lost" belongs'
  rm src/report/page.c
  sed -i 1d src/report/page.css
  sees outcomes 'no colour .o-moved'
}

@test "a verb, its path and whether it may be sent twice are named in one place" {
  holds verbs
  small_tree
  mkdir -p src/chakra src/send
  echo 'int x = VERB_MOVE; char p[] = "/v1/ext/x";' >src/chakra/verb.c
  echo 'int n = VERB_COUNT; /* VERB_MOVE */' >src/send/a.c
  echo 'struct q q = {.once = !s->verb->repeatable};' >>src/send/a.c
  sh "$lint/verbs.sh"
  while read -r line; do
    echo "$line" >src/send/a.c
    sees verbs 'a.c:1: '
  done <<'LINES'
int x = VERB_MOVE;
char p[] = "%s/bulk-create";
char p[] = "/v1/ext/config";
struct q q = {.once = true};
LINES
}

@test "every code of a refusal is read by a test" {
  holds codes
  small_tree
  mkdir tests/e2e
  printf 'int f(void) { diag_code(d,\n\t"row.%s"); }\n' one two >>src/csv/row.c
  echo "in_file err '[row.one]'" >tests/e2e/row.bats
  printf 'int f(void) { diag_code(d, "%s"); }\n' ledger.internal split.books >>src/csv/row.c
  sees codes "row.two: no test reads this code"
  [[ $output != *row.one* ]]
  echo "in_file err '[row.two]'" >>tests/e2e/row.bats
  sh "$lint/codes.sh"
  echo "in_file err '[split.books]'" >>tests/e2e/row.bats
  sees codes "split.books: it is no code, or a test reads it"
}

@test "no banned call" {
  holds banned
  small_tree
  names=(strcpy strcat sprintf vsprintf gets atoi atol strtok system alloca popen)
  for name in "${names[@]}"; do
    printf '/* %s(x) */\nchar a[] = "%s(x)";\nint not_%s(int);\n' "$name" "$name" "$name"
  done >>src/csv/row.c
  sh "$lint/banned.sh"
  at=$(wc -l <src/csv/row.c)
  printf 'void f(void) { %s (row); }\n' "${names[@]}" >>src/csv/row.c
  run sh "$lint/banned.sh"
  [ "${#lines[@]}" -eq "${#names[@]}" ]
  for name in "${names[@]}"; do
    at=$((at + 1))
    [[ "$output" == *"row.c:$at: $name() is banned"* ]]
  done
}

@test "files begin as they should, are not long, and name no machine" {
  holds files
  small_tree
  sh "$lint/files.sh"
  sed -i '/Rows/d' src/csv/row.c
  sees files 'row.c: its second line'
  small_tree
  sed -i 1d src/csv/row.c
  sees files 'SPDX'
  small_tree
  sed -i 's/CSV_ROW_H/ROW_H/' include/csv/row.h
  sees files 'no include guard CSV_ROW_H'
  small_tree
  yes '/* */' | head -n 500 >>src/csv/row.c
  sees files 'at most 500'
  small_tree
  yes '# x' | head -n 501 >tests/long.bats
  sees files 'tests/long.bats: 501 lines, at most 500'
  small_tree
  echo '#include <time.h>' >include/csv/time.h
  sees files 'include/csv/time.h: no comment'
  small_tree
  echo 'int x;' >tests/unit/test_row.c
  sees files 'tests/unit/test_row.c:1: does not begin with the SPDX line'
  small_tree
  echo "see /root/x" >README.md
  sees files "README.md:1:see /root/x"
  small_tree
  echo "see $PWD/x" >README.md
  sees files "README.md:1:see $PWD/x"
}

@test "every end-to-end test looks for its token in what it has written" {
  for file in "$BATS_TEST_DIRNAME"/*.bats; do
    grep -qE '^load (helpers|service)$' "$file" || { echo "$file: no helpers"; return 1; }
    if grep -q '^teardown()' "$file" && ! grep -qE "no_secret_left|stop_sandbox" "$file"; then
      echo "$file: a teardown without no_secret_left"
      return 1
    fi
    # The demo works in the tree itself.
    [ "${file##*/}" != demo.bats ] || continue
    if grep -q '^setup()' "$file" && ! grep -q 'setup_folder' "$file"; then
      echo "$file: a setup without setup_folder"
      return 1
    fi
  done
  no_secret_left
  new_token
  no_secret_left
  for before in '' x xx; do
    tr -d '\n' <token >other-file
    run ! no_secret_left
    printf '%s' "$before$(cat token)" | base64 -w0 >other-file
    run ! no_secret_left
    printf 'SQLite\0%s\0' "$before$(cat token)" >other-file
    run ! no_secret_left
    rm other-file
  done
  output=$(cat token)
  run ! no_secret_left
  output=
}

# shellcheck disable=SC2016 # backticks of Markdown
@test "every test and file that SECURITY.md names exists" {
  cd "$ROOT"
  grep -E '^\| [^|]+ \| [^|]+ \| .*`' SECURITY.md >"$BATS_TEST_TMPDIR/lines"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" -ge 35 ]
  while IFS='|' read -r _ _ _ where proof _; do
    file=${proof%%:*}
    file=${file// /}
    name=$(sed 's/^[^`]*`//; s/` *$//' <<<"$proof")
    case $file in
    test_*) grep -qE "^($name\(void|([A-Z_]*TEST(_WITH)?\(|    )${name}[,)])" "tests/unit/$file.c" ;;
    *) grep -qF "@test \"$name\" {" "tests/e2e/$file.bats" ;;
    esac || { echo "no test '$name' in $file"; return 1; }
    for path in $(grep -o '`[^`]*`' <<<"$where" | tr -d '`'); do
      [ -f "$path" ] || { echo "no file '$path'"; return 1; }
    done
  done <"$BATS_TEST_TMPDIR/lines"
}

@test "each condition of an end-to-end test can fail it" {
  local words
  holds asserts
  small_tree
  mkdir tests/e2e
  # shellcheck disable=SC2016 # what the files hold
  printf '%s\n' '  [ -e a ] && break' '  [ -e a ] || return 1' '  grep -q a b' '  [ "$status" -eq 0 ] || cat out err' \
    '  expect_status 0' '  [ "$(sort a && jq . b)" = 1 ]' '  ! grep a b || return 1' '  [ -w a ] && [ -r a ] || skip "no"' >good
  cp good tests/e2e/a.bats
  sh "$lint/asserts.sh"
  for words in '[ -e a ] && [ -e b ]' 'grep -q a b && ! grep -q c d' '! cmp -s a b' '[ -s a ] || cat a' \
    'curl -s a | jq -e . || curl -s b' $'jq -e . a ||\n    cat a'; do
    { cat good && printf '  %s\n' "$words"; } >tests/e2e/a.bats
    sees asserts "a.bats:9: cannot fail the test: ${words%%|*}"
  done
}

# Long: ten seconds of work that `make lint` does, too.
# bats test_tags=long
@test "shellcheck is content with every script and test" {
  command -v shellcheck >/dev/null || skip "shellcheck is not installed"
  holds shell
  small_tree
  # shellcheck disable=SC2016 # what the script holds
  echo '[ -e $1 ] && echo yes' >a.sh
  sees shell SC2086
}
