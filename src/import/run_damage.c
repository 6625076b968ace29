/* SPDX-License-Identifier: MIT */
/* A command is worth its line only if it can be pasted: the operands are those
 * that were just typed, or else those of the run. */
#include "run_damage.h"

#include "report/run_report.h"
#include "system/screen.h"

#include <string.h>

static void
add_word(struct buf *out, const char *word, const char *missing)
{
	shell_add(out, word[0] == '\0'		      ? missing
		       : strcmp(word, "<stdin>") == 0 ? "-"
						      : word);
}

void
run_damage_next(const struct run_summary *s, const struct settings *o,
    const char *runs_dir_said, struct buf *out)
{
	const struct run_identity *id = &s->identity;

	shell_command(out,
	    s->can_go_on ? "resume --after-damage"
	    : s->sent	 ? IMPORT_REST
			 : "import",
	    runs_dir_said);
	if (s->can_go_on) {
		add_word(out, id->id, "RUN");
	} else if (o != NULL && o->command == COMMAND_IMPORT) {
		for (size_t i = 0; i < o->operand_count; i++)
			shell_add(out, o->operands[i]);
	} else {
		add_word(out, id->mapping_path, "MAPPING");
		add_word(out, id->input_path, "CSV");
	}
}

int
run_damage_help(const struct run *r, const char *runs_dir_said, struct diag *d)
{
	static const char *const codes[] = {"ledger.damaged", "ledger.foreign",
	    "ledger.missing", "ledger.rolled_back", "run.changed"};
	struct buf next = BUF_INIT(sizeof(d->help) - 1);
	struct run_summary s = {
	    .identity = *run_identity(r),
	    .can_go_on = run_can_go_on(d),
	    .sent =
		strcmp(d->code, "ledger.missing") != 0 || !run_never_sent(r),
	};
	bool is_known = false;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		is_known |= strcmp(d->code, codes[i]) == 0;
	if (is_known) {
		run_damage_next(&s, NULL, runs_dir_said, &next);
		if (!next.overflow)
			diag_help(d, "%s", buf_str(&next));
	}
	buf_release(&next);
	return -1;
}
