#!/bin/sh
# SPDX-License-Identifier: MIT
# Data flows one way: a room includes only the rooms that it receives from.
# include/ROOM/module.h is what rooms share, written "ROOM/module.h"; a header
# that one room uses lies beside its .c files in src/ROOM/ and is written
# "module.h". A file's own header comes first. No circles, since each room names
# only rooms above it; at most 25 .c files a room.
set -eu

# shellcheck disable=SC2046 # the words of find are the arguments
awk '
BEGIN {
	allowed["base"] = "base"
	allowed["system"] = "base system"
	allowed["value"] = "base value"
	allowed["input"] = "base system input"
	allowed["csv"] = "base value input csv"
	allowed["mapping"] = "base system value input csv mapping"
	allowed["look"] = "base value csv mapping look"
	allowed["build"] = "base system value csv mapping look build"
	allowed["ledger"] = "base system ledger"
	allowed["runs"] = "base system ledger runs"
	allowed["http"] = "base system http"
	allowed["chakra"] = "base system http chakra"
	allowed["send"] = "base system build ledger http chakra send"
	allowed["report"] = "base system input csv look"
	allowed["report"] = allowed["report"] " build ledger runs chakra report"
	allowed["results"] = "base system input csv"
	allowed["results"] = allowed["results"] " build ledger chakra report results"
	allowed["plan"] = "base system input csv mapping look"
	allowed["plan"] = allowed["plan"] " build runs http send report results plan"
	allowed["import"] = "base system input csv mapping look build ledger"
	allowed["import"] = allowed["import"] " runs http chakra send report results plan import"
	allowed["undo"] = "base system input csv mapping build ledger"
	allowed["undo"] = allowed["undo"] " runs http chakra send report results plan import undo"
	allowed["batch"] = "base system input csv mapping build ledger"
	allowed["batch"] = allowed["batch"] " runs http report results plan import batch"
	allowed["author"] = "base system input csv mapping look"
	allowed["author"] = allowed["author"] " build http chakra report results plan author"
	allowed["cli"] = "base system mapping build runs http"
	allowed["cli"] = allowed["cli"] " chakra report plan import undo batch author cli"
	allowed["sandbox"] = "base system sandbox"
	allowed["serve"] = "base system sandbox serve"
}
function exists(path,  line, found) {
	if (!(path in known)) {
		known[path] = (getline line < path) > 0
		close(path)
	}
	return known[path]
}
function wrong(why) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
	bad = 1
}
FNR == 1 {
	split(FILENAME, part, "/")
	room = part[2]
	first = 1
	if (!(room in allowed))
		wrong("no such room")
	own = ""
	if (part[1] == "src" && part[3] ~ /\.c$/) {
		own = part[3]
		sub(/\.c$/, ".h", own)
		if (!exists("src/" room "/" own))
			own = room "/" own
		if (own ~ "/" && !exists("include/" own))
			own = ""
	}
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	name = $0
	sub(/^[^"]*"/, "", name)
	sub(/".*/, "", name)
	from = name ~ "/" ? substr(name, 1, index(name, "/") - 1) : room
	if (name !~ "/" && (part[1] != "src" || !exists("src/" room "/" name)))
		wrong("no header of this room alone")
	if (name ~ "/" && !exists("include/" name))
		wrong("not among the headers that rooms share")
	if (index(" " allowed[room] " ", " " from " ") == 0)
		wrong(room " may not include " from)
	if (name ~ /_(internal|state|impl)\.h$/)
		wrong("where a header lies says whose it is")
	if (name ~ "/")
		uses[name] = uses[name] " " room
	if (part[1] == "include")
		through[++links] = room "/" part[3] " " name
	if (first && own != "" && name != own)
		wrong("the file'\''s own header comes first")
	first = 0
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	if (first && own != "")
		wrong("the file'\''s own header comes first")
	first = 0
}
END {
	# What a shared header includes is shared by those who include it.
	do {
		more = 0
		for (i = 1; i <= links; i++) {
			split(through[i], link, " ")
			n = split(uses[link[1]], by, " ")
			for (k = 1; k <= n; k++)
				if (index(uses[link[2]] " ", " " by[k] " ") == 0) {
					uses[link[2]] = uses[link[2]] " " by[k]
					more = 1
				}
		}
	} while (more)
	while ((getline file < "/dev/stdin") > 0) {
		sub(/^include\//, "", file)
		split(file, part, "/")
		n = split(uses[file], by, " ")
		for (k = 1; k <= n && by[k] == part[1]; k++)
			;
		if (k > n) {
			printf "include/%s: one room uses it: it belongs to src/%s\n", file, part[1]
			bad = 1
		}
	}
	exit bad
}
' $(find src include -name '*.[ch]' | sort) <<EOF
$(find include -name '*.h' | sort)
EOF
count=$(find include -name '*.h' | wc -l)
if [ "$count" -gt 60 ]; then
  echo "include/: $count headers, at most 60 are shared"
  exit 1
fi
for room in src/*/; do
  count=$(find "$room" -name '*.c' | wc -l)
  if [ "$count" -gt 25 ]; then
    echo "$room: $count files, at most 25 make a room"
    exit 1
  fi
done
