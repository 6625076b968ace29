# SPDX-License-Identifier: MIT
# What is wrong with the input by the JSON Schema $schema, as lines; nothing if
# nothing is. As much of JSON Schema as report.schema.json uses; the real one
# is before ajv (make check-schema). The schema is open to members of later
# versions; this one may have no other than it names.
# usage: jq -r --slurpfile schema SCHEMA -f validate.jq REPORT

def kind: if type == "number" and floor == . then "integer" else type end;

def faults($s; $at):
  . as $x
  | if $s == false then "\($at): may not be there"
    elif $s == true then empty
    else
      (if $s.const != null and $x != $s.const then "\($at): is not \($s.const)" else empty end),
      (if $s.enum and ([$x] | inside($s.enum) | not) then "\($at): \($x) is none of \($s.enum)" else empty end),
      (if $s.type and ([$x | kind] | inside([$s.type] | flatten) | not) then "\($at): is \($x | kind)" else empty end),
      (if $s.pattern and ($x | type) == "string" and ($x | test($s.pattern) | not)
        then "\($at): \($x) is not like \($s.pattern)" else empty end),
      (if $s.minimum and ($x | type) == "number" and $x < $s.minimum then "\($at): \($x) is too small" else empty end),
      (if $s.maxItems and ($x | type) == "array" and ($x | length) > $s.maxItems then "\($at): too many" else empty end),
      (if ($x | type) == "array" and $s.items then
        range($x | length) as $i | $x[$i] | faults($s.items; "\($at)[\($i)]") else empty end),
      (if ($x | type) == "object" then
        (($s.required // [])[] | select(in($x) | not) | "\($at).\(.): is missing"),
        ($x | keys_unsorted[] as $k
          | .[$k] | faults(
              if $s.properties | has($k)? then $s.properties[$k]
              elif $s | has("additionalProperties") then $s.additionalProperties
              else ($s | has("type") | not) end; "\($at).\($k)"))
      else empty end),
      (if $s.if then ([$x | faults($s.if; $at)] | length == 0) as $holds
        | $x | faults(if $holds then $s.then else $s.else end; $at) else empty end)
    end;

faults($schema[0]; "")
