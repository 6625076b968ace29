/* SPDX-License-Identifier: MIT */
/* A command is worth its line only if it can be pasted: the operands are those
 * that were just typed, or else those of the run. */
#include "run_damage.h"

#include "system/screen.h"

#include <string.h>

static void
add_runs_dir(struct buf *out, const char *said)
{
	if (said == NULL)
		return;
	buf_adds(out, " --runs-dir ");
	shell_quote(out, said);
}

static void
add_word(struct buf *out, const char *word, const char *missing)
{
	buf_addc(out, ' ');
	if (word[0] == '\0')
		buf_adds(out, missing);
	else if (strcmp(word, "<stdin>") == 0)
		buf_adds(out, "-");
	else
		shell_quote(out, word);
}

static void
add_import(struct buf *out, const char *options, const struct run_identity *id,
    const struct settings *o, const char *said)
{
	buf_adds(out, "csv2chakra import");
	buf_adds(out, options);
	add_runs_dir(out, said);
	if (o != NULL && o->command == COMMAND_IMPORT) {
		for (size_t i = 0; i < o->operand_count; i++)
			add_word(out, o->operands[i], "");
		return;
	}
	add_word(out, id->mapping_path, "MAPPING");
	add_word(out, id->input_path, "CSV");
}

void
run_damage_next(const struct run_summary *s, const struct settings *o,
    const char *runs_dir_said, struct buf *out)
{
	if (!s->can_go_on) {
		add_import(out, s->sent ? " --again --skip-existing" : "",
		    &s->identity, o, runs_dir_said);
		return;
	}
	buf_adds(out, "csv2chakra resume --after-damage");
	add_runs_dir(out, runs_dir_said);
	add_word(out, s->identity.id, "RUN");
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
