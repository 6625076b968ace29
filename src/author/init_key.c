/* SPDX-License-Identifier: MIT */
/*
 * What only a person can decide, laid out to be decided: which column is the
 * key where none is quite one, and which state each value stands for.
 */
#include "base/unicode.h"
#include "field_match.h"
#include "init_mapping.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

size_t
init_found_key(const struct init_candidates *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].seen &&
		    c->list[i].repeats + c->list[i].empties == 0)
			return c->list[i].column;
	return SIZE_MAX;
}

/* "Kunden-Nr.: 4,999 different of 5,000; row 812 repeats row 90" */
static void
near_words(
    const struct csv_look *l, const struct init_candidate *c, struct buf *out)
{
	uint64_t different = l->good - c->empties - c->repeats;
	char number[32], total[32];

	text_display(out, csv_look_name(l, c->column), 40);
	buf_addf(out, ": %s different of %s", text_count(different, number),
	    text_count(l->good, total));
	if (c->repeats > 0)
		buf_addf(out, "; row %" PRIu64 " repeats row %" PRIu64,
		    c->repeat_row, c->repeated_row);
	if (c->empties > 0)
		buf_addf(out, "; %s empty, the first in row %" PRIu64,
		    text_count(c->empties, number), c->empty_row);
}

void
init_near_keys(
    const struct csv_look *l, const struct init_candidates *c, struct buf *out)
{
	const struct init_candidate *best = NULL;
	struct buf words = BUF_INIT(0);

	for (size_t i = 0; i < c->count; i++) {
		if (!c->list[i].seen ||
		    csv_look_name(l, c->list[i].column).len == 0)
			continue;
		best = best ? best : &c->list[i];
		near_words(l, &c->list[i], &words);
		init_comment(out, 0, buf_str(&words));
		buf_clear(&words);
	}
	if (best) {
		init_comment(out, 0,
		    "To use it, remove the #; rows whose key repeats or is "
		    "empty are then rejected:");
		buf_adds(out, "# lead_id: ");
		init_scalar(out, csv_look_name(l, best->column));
	} else {
		init_comment(out, 0, "If there is a key, name it:");
		buf_adds(out, "# lead_id: COLUMN");
	}
	buf_adds(out, "\n\n");
	buf_release(&words);
}

/* The name's last word is one for a state. */
static bool
is_state_name(struct text name)
{
	static const char *const words[] = {"status", "state", "stage", "phase",
	    "zustand", "statut", "estado", "stato", "etapa"};
	struct buf key = BUF_INIT(0);
	bool is_one = false;

	init_key(&key, name);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *last = strrchr(buf_str(&key), '_');

		is_one |=
		    strcmp(last ? last + 1 : buf_str(&key), words[i]) == 0;
	}
	buf_release(&key);
	return is_one;
}

/* The state that a value sounds like; NULL: none, or none is told. */
static const char *
state_for(const struct config_listing *l, struct text value)
{
	const char *best = NULL;
	int most = FIELD_SCORE_SURE - 1;

	for (size_t i = 0; i < l->state_count; i++) {
		int score = state_score(value, &l->states[i]);

		if (score > most) {
			most = score;
			best = l->states[i].short_id;
		}
	}
	return best;
}

/* "Its states: NEW, OPEN" */
static void
add_states(const struct config_listing *l, struct buf *words)
{
	for (size_t i = 0; i < l->state_count; i++) {
		buf_adds(words, i == 0 ? " Its states: " : ", ");
		text_display(words, text_of(l->states[i].short_id), 60);
	}
	buf_adds(words, l->state_count > 0 ? "." : "");
}

static void
write_state(const struct csv_look *l, size_t column,
    const struct config_listing *states, struct buf *out)
{
	const struct distinct *x = &l->columns[column].distinct;
	struct buf words = BUF_INIT(0);
	const char *sign = "";
	char rows[48];

	for (size_t i = 0; i < x->word_count; i++)
		if (!state_for(states,
			(struct text){x->words[i].text, x->words[i].len}))
			sign = "# ";
	buf_adds(&words,
	    sign[0] == '\0'
		? "guessed: named like a state, and each value sounds like one "
		  "of the procedure; a row with a value that is not listed is "
		  "rejected."
		: "Named like a state. Write the state of your procedure after "
		  "each value, and remove the first # of these lines; a row "
		  "with a value that is not listed is rejected.");
	add_states(states, &words);
	init_comment(out, 0, buf_str(&words));
	buf_release(&words);
	buf_addf(out, "%sstate:\n%s  column: ", sign, sign);
	init_scalar(out, csv_look_name(l, column));
	buf_addf(out, "\n%s  map:\n", sign);
	for (size_t i = 0; i < x->word_count; i++) {
		struct text value = {x->words[i].text, x->words[i].len};
		const char *state = state_for(states, value);

		buf_addf(out, "%s    ", sign);
		init_scalar(out, value);
		buf_adds(out, ": ");
		init_scalar(out, text_of(state ? state : "STATE"));
		buf_addf(out, " # %s\n", page_rows(x->words[i].count, rows));
	}
	buf_addc(out, '\n');
}

void
init_state(const struct csv_look *l, const struct config_listing *states,
    struct buf *out)
{
	for (size_t i = 0; i < l->column_count; i++) {
		const struct distinct *x = &l->columns[i].distinct;

		if (is_state_name(csv_look_name(l, i)) && !x->has_no_words &&
		    x->word_count > 0 && x->word_count <= 40) {
			write_state(l, i, states, out);
			return;
		}
	}
}
