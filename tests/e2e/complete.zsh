# SPDX-License-Identifier: MIT
# Types each line of stdin and a TAB into an interactive zsh on a terminal of
# its own, and prints "LINE=>WORD WORD ..." of what is offered, sorted.
# usage: zsh -f complete.zsh FOLDER_OF_THE_FUNCTION <LINES
# Offers are what the builtin compadd would add; the completion is asked for as
# a widget that only lists.
zmodload zsh/zpty || exit 3
out=$(mktemp) || exit 3
trap 'zpty -d shell 2>/dev/null; rm -f $out $out.ready $out.setup' EXIT
cat >$out.setup <<SETUP
PS1= PS2= RPS1=
unsetopt beep
fpath=(${(q)1} \$fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
  local -a hits
  if [[ " \${@[1,(i)(-|--)]} " == *' -'[OAD]' '* ]]; then
    builtin compadd "\$@"
    return
  fi
  builtin compadd -O hits "\$@"
  print -rl -- \$hits >>$out
  builtin compadd "\$@"
}
look() { _main_complete; compstate[list]= compstate[insert]=; : >$out.ready }
zle -C look list-choices look
bindkey '^I' look
: >$out.ready
SETUP

wait_for() {
  local i
  for i in {1..1000}; do
    if [[ -e $out.ready ]]; then
      rm -f $out.ready
      return 0
    fi
    zpty -rt shell >/dev/null 2>&1
    sleep 0.01
  done
  print -u2 "zsh says nothing: $1"
  exit 3
}

zpty shell zsh -f -i
zpty -w shell "source $out.setup"
wait_for start
while IFS= read -r line; do
  : >$out
  zpty -w -n shell "$line"$'\t'
  wait_for "$line"
  print -r -- "$line=>${(j: :)${(@ou)${(f)"$(<$out)"}}}"
  zpty -w -n shell $'\C-U'
done
