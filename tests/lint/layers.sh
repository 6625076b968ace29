#!/bin/sh
# SPDX-License-Identifier: MIT
# Data flows one way: a stage includes only the stages that it receives from.
# Headers for a room's own use stay in it, and a file's own header comes first
# (or the room's inner one, which includes it).
set -eu

# shellcheck disable=SC2046 # the words of find are the arguments
awk '
BEGIN {
	allowed["base"] = "base"
	allowed["source"] = "base source"
	allowed["mapping"] = "base source mapping"
	allowed["process"] = "base source mapping process"
	allowed["ledger"] = "base ledger"
	allowed["contact"] = "base contact"
	allowed["submit"] = "base source mapping process contact submit"
	allowed["report"] = "base source mapping process contact submit ledger report"
	allowed["cli"] = allowed["report"] " cli"
	allowed["sandbox"] = "base sandbox"
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
	if (part[1] == "src") {
		own = room "/" part[3]
		sub(/\.c$/, ".h", own)
		if ((getline line < ("include/" own)) <= 0)
			own = ""
		else
			close("include/" own)
	}
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	name = $0
	sub(/^[^"]*"/, "", name)
	sub(/".*/, "", name)
	if (split(name, seg, "/") != 2) {
		wrong("not written as room/module.h")
		next
	}
	from = seg[1]
	if (index(" " allowed[room] " ", " " from " ") == 0 &&
	    !(room == "submit" && name == "ledger/ledger.h"))
		wrong(room " may not include " from)
	if (name ~ /_(internal|state|impl)\.h$/ && from != room)
		wrong("a header for the use of " from " only")
	if (first && own != "" && name != own &&
	    name !~ ("^" room "/.*_(internal|state|impl)\\.h$"))
		wrong("the file'\''s own header comes first")
	first = 0
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	if (first && own != "")
		wrong("the file'\''s own header comes first")
	first = 0
}
END { exit bad }
' $(find src include -name '*.[ch]' | sort)
