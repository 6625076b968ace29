#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is believed of an input's encoding, and what is said where it is not certain: the guess itself is in
# tests/unit/test_encoding_guess.c, and many made files in tests/property/encodings.py.

load helpers

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  setup_folder
  export TMPDIR="$BATS_TEST_TMPDIR"
  printf 'version: 1\nprocedure: lead\nlead_id: id\ndata: {ware: ware}\n' >plain.yaml
}

# in_encoding NAME: stdin, which is UTF-8, in another encoding.
in_encoding() { iconv -f utf-8 -t "$1"; }

# Long: hundreds of files.
# bats test_tags=long
@test "made files in many languages and encodings are read right, and none silently wrong" {
  run_split python3 -B "$ROOT/tests/property/encodings.py" --files 40 --seed 5
  [ "$status" -eq 0 ] || cat out err
  expect_status 0
  in_file out ' 0 silently wrong'
}

@test "init pins a guess that is sure, and check takes the mapping" {
  {
    echo 'id,ware'
    n=0
    for ware in Knöpfe Häkelgarn Strümpfe Gürtel Hüte Röcke Mäntel Schürzen Tücher Bänder Wäsche Kämme; do
      n=$((n + 1))
      echo "$n,$ware $ware"
    done
  } | in_encoding windows-1252 >garn.csv
  csv2chakra init -o garn.yaml garn.csv
  grep -qx '  encoding: windows-1252' garn.yaml
  in_file garn.yaml '# guessed: by its letters (German); byte 12 on line 2 is not UTF-8'
  run_split csv2chakra check --procedure lead garn.yaml garn.csv
  expect_status 0
}

@test "init pins no weak guess: two cells in each encoding, and an import still stops" {
  printf 'id,ware\n1,Bücher\n2,Äpfel\n3,Birnen\n' | in_encoding macintosh >obst.csv
  csv2chakra init -o obst.yaml obst.csv
  run grep -x '  encoding: .*' obst.yaml
  [ "$status" -eq 1 ]
  grep -qx '  # encoding: macintosh' obst.yaml
  in_file obst.yaml 'The encoding is uncertain, guessed by its letters'
  in_file obst.yaml 'only 2 bytes'
  in_file obst.yaml "# macintosh reads B2 'Bücher', B3 'Äpfel'"
  run_split csv2chakra check --procedure lead obst.yaml obst.csv
  expect_status 7
  in_file err 'its encoding was guessed: macintosh, and the guess is weak: only 2 bytes beyond ASCII'
  in_file err 'help: check first: csv2chakra init shows two cells'
  sed -i 's/^  # encoding: /  encoding: /' obst.yaml
  run_split csv2chakra check --procedure lead obst.yaml obst.csv
  expect_status 0
}

@test "UTF-8 but for two places is UTF-8: these rows are rejected, and the help says how to go on" {
  printf 'id,ware\n1,Łódka\n2,żagiel\n3,Fu\337ball\n4,wiosło\n5,Stra\337e\n6,maszt główny\n' >boot.csv
  for command in check convert; do
    run_split csv2chakra $command plain.yaml boot.csv
    expect_status 1
    cat out err >all
    in_file all 'csv.bad_encoding'
    in_file all 'the rest of the file is UTF-8: fix these cells'
    not_in_file all 'windows-1252'
  done
  [ "$(wc -l <out)" -eq 4 ]
  csv2chakra init -o boot.yaml boot.csv
  grep -qx '  encoding: utf-8' boot.yaml
  in_file boot.yaml 'guessed: UTF-8 but for 2 places; the first is byte 32 on line 4'
  csv2chakra inspect --format json boot.csv >out
  [ "$(jq -c '.encoding | [.name, .guessed, .bad_places, .good_characters, .cut]' out)" = '["utf-8",false,2,6,false]' ]
}

@test "a file that was cut within its last character stays UTF-8" {
  printf 'id,ware\n1,Crème\n2,Pur\303' >cut.csv
  run_split csv2chakra check plain.yaml cut.csv
  expect_status 1
  in_file out 'the file ends within a character: was it cut?'
  csv2chakra inspect cut.csv >out
  tr -s ' \n' ' ' <out | grep -q 'UTF-8 but for 1 place; it is byte 22 on line 3, where the file ends within a character'
}

@test "UTF-8 and another encoding mixed evenly are refused by every command that needs rows" {
  printf 'id,ware\n1,crème\n2,cr\350me\n3,purée\n4,pur\351e\n' >mixed.csv
  for command in check convert preview 'import --dry-run'; do
    # shellcheck disable=SC2086 # two words
    run_split csv2chakra $command plain.yaml mixed.csv
    expect_status 7
    in_file err "mixed.csv:3: 'mixed.csv' mixes UTF-8 and another encoding: 2 characters are UTF-8, 2 places are not"
    in_file err '[csv.mixed_encoding]'
    [ ! -s out ]
  done
  run_split csv2chakra inspect mixed.csv
  expect_status 0
  in_file out 'UTF-8 and another encoding, mixed: 2 characters'
  csv2chakra init -o mixed.yaml mixed.csv
  grep -qx '  # encoding: utf-8' mixed.yaml
  # Named, it is taken at its word.
  run_split csv2chakra convert --encoding utf-8 plain.yaml mixed.csv
  expect_status 1
  [ "$(wc -l <out)" -eq 2 ]
}

@test "what no encoding makes text of is refused" {
  printf 'id,ware\n1,\201\304\304\217\220\305\235\377\376\301\240\337\n' >noise.csv
  run_split csv2chakra check plain.yaml noise.csv
  expect_status 7
  in_file err '[csv.unknown_encoding]'
}

@test "the help of bad bytes names the encoding that was tried and only those that decode the file" {
  printf 'id,ware\n1,㈱みどり商店\n2,①番の部品\n' | in_encoding cp932 >laden.csv
  for tried in shift_jis utf-8 euc-jp; do
    run_split csv2chakra check --encoding "$tried" plain.yaml laden.csv
    [ "$status" -eq 1 ]
    tr -s ' \n' ' ' <out >line
    in_file line 'check first: cp932 decodes the whole file; look at it with preview --encoding cp932'
    not_in_file out 'windows-1252'
  done
  run_split csv2chakra check --encoding shift_jis plain.yaml laden.csv
  in_file out 'a byte that does not decode as shift_jis'
  printf 'id,ware\n1,Łódka\n' >utf.csv
  run_split csv2chakra check --encoding ascii plain.yaml utf.csv
  in_file out 'the whole file is utf-8: encoding: utf-8'
  # From a pipe nobody can look at all of it.
  run_split csv2chakra check --encoding shift_jis plain.yaml - < <(cat laden.csv)
  tr -s ' \n' ' ' <out >line
  in_file line 'csv2chakra inspect shows which encodings decode the whole file'
}

@test "UTF-16 without a byte order mark is seen" {
  printf 'id,ware\r\n1,Knöpfe\r\n2,Hüte\r\n' >knopf.csv
  for encoding in utf-16le utf-16be; do
    in_encoding "$encoding" <knopf.csv >wide.csv
    csv2chakra inspect --format json wide.csv >out
    [ "$(jq -r .encoding.name out)" = "$encoding" ]
    csv2chakra init wide.csv >wide.yaml
    grep -qx "  encoding: $encoding" wide.yaml
    run_split csv2chakra check --procedure lead wide.yaml wide.csv
    expect_status 0
  done
}

@test "an encoding that was named and that the file contradicts is refused before anything is sent" {
  load service
  printf 'secret' >token
  chmod 600 token
  printf 'id,ware\n1,Knöpfe\n2,Müsli\n' >utf.csv
  printf 'id,ware\n1,Żurek\n2,Łódka\n3,Gęś\n' >pl.csv
  printf 'id,ware\n1,ブランコ\n2,すべり台\n' >ja.csv
  { cat utf.csv; printf '3,K\344se\n'; } >nearly.csv
  { printf 'id,ware\n'; for i in $(seq 20); do echo "$i,Тула"; done; } >ru.csv
  # file, encoding, line and word of the message
  while read -r file encoding line word; do
    printf 'version: 1\nprocedure: lead\nsource: {encoding: %s}\nlead_id: id\ndata: {ware: ware}\n' \
      "$encoding" >pinned.yaml
    for command in check convert preview "import --dry-run" \
      "import --base-url http://127.0.0.1:9 --token-file token --runs-dir runs --retry-for 1s"; do
      # shellcheck disable=SC2086
      run_split csv2chakra $command pinned.yaml "$file"
      expect_status 7
      in_file err "$file:$line: '$file' is not in $encoding: it would read '$word' [csv.wrong_encoding]"
      in_file err "encoding: utf-8 (--encoding utf-8)"
      in_file err "iconv -f $encoding -t utf-8"
    done
    # The advice, obeyed.
    run_split csv2chakra check --encoding utf-8 plain.yaml "$file"
    not_in_file err 'mojibake'
  done <<'LIST'
utf.csv cp437 2 Kn├╢pfe
utf.csv windows-1252 2 KnÃ¶pfe
utf.csv iso-8859-15 2 KnÃ¶pfe
pl.csv cp852 2 ┼╗urek
ja.csv windows-1251 2 гѓ–гѓ©гѓіг‚
ja.csv cp437 2 πâûπâ⌐πâ│πé│
nearly.csv windows-1252 2 KnÃ¶pfe
ru.csv windows-1251 2 РўСѓР»Р°
LIST
  run_split csv2chakra check --encoding windows-1252 plain.yaml utf.csv
  in_file err 'the whole file is UTF-8'
  run_split csv2chakra check --encoding windows-1252 plain.yaml nearly.csv
  in_file err 'the file is UTF-8 except for 1 place, the first of them on line 4'
}

@test "boxes in words and controls show that an encoding was named wrongly, also where the file is not UTF-8" {
  printf 'id,ware\n1,Gr\374nkohl\n2,K\304SE\n3,\304pfel\n' >west.csv
  run_split csv2chakra check --encoding cp850 plain.yaml west.csv
  expect_status 7
  in_file err "west.csv:3: 'west.csv' is not in cp850: it would read 'K─SE' [csv.wrong_encoding]"
  in_file err 'check first: windows-1252'
  # Controls of C1 are rejected row by row, as bytes that do not decode are.
  printf 'id,ware\n1,\223Tee\224\n2,Milch\n' >quotes.csv
  run_split csv2chakra check --encoding iso-8859-1 plain.yaml quotes.csv
  expect_status 1
  in_file out 'a byte that does not decode as iso-8859-1'
  printf 'id,ware\n1,東京\n2,plain\n' | iconv -t cp932 >ja.csv
  run_split csv2chakra check --encoding iso-8859-7 plain.yaml ja.csv
  expect_status 1
  in_file out 'check first: cp932'
}

@test "what was named rightly is not doubted" {
  while read -r encoding text; do
    printf 'id,ware\n1,%s\n' "$text" | iconv -t "$encoding" >right.csv
    run_split csv2chakra check --encoding "$encoding" plain.yaml right.csv
    expect_status 0
    not_in_file err 'wrong_encoding'
  done <<'LIST'
windows-1252 Über-Öl
windows-1252 «œuvre»
macintosh l’été
cp850 Größe
cp437 ║Regal║
iso-8859-5 ТАРА
windows-1251 Ряба
gb18030 联通
cp932 ソース表
koi8-r ЖУК
utf-16le Knöpfe
LIST
}

@test "text that was decoded wrongly before it came here is a hazard, by import before it sends" {
  load service
  printf 'id,ware\n1,KnÃ¶pfe\n2,Müsli\n' >twice.csv
  run_split csv2chakra check plain.yaml twice.csv
  expect_status 0
  in_file err '[hazard.mojibake]'
  in_file err 'check the encoding (csv2chakra inspect)'
  printf 'secret' >token
  chmod 600 token
  run_split csv2chakra import --base-url http://127.0.0.1:9 --token-file token \
    --runs-dir runs --retry-for 1s plain.yaml twice.csv
  expect_status 4
  in_file err "twice.csv: warning: text that was decoded wrongly, here or earlier: line 2 'KnÃ¶pfe' [hazard.mojibake]"
  printf 'id,ware\n1,Knöpfe\n' >right.csv
  run_split csv2chakra check plain.yaml right.csv
  not_in_file err 'mojibake'
}
