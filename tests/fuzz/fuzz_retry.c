/* SPDX-License-Identifier: MIT */
/*
 * Which records of a retry may be sent, against a plain reading of the rules
 * with lists and loops. The first byte says what the input is; each line
 * after it is a fact by its first letter:
 *
 *   r N KEY, R N KEY   the N-th next row failed (R: behind the door)
 *   c KEY, a KEY, u KEY, n KEY   created, accepted, unknown, unsent before
 *   anything else      a record: the cell csv2chakra_row, a comma, the key
 */
#include "fuzz.h"
#include "import/retry_match.h"
#include "results/row_files.h"

#define LINES_MAX 200

struct plain_failed {
	uint64_t row, used_by;
	struct text key;
	bool was_sent;
};

struct plain {
	struct retry_match_options o;
	struct plain_failed failed[LINES_MAX];
	struct text taken[LINES_MAX];
	size_t failed_count, taken_count;
};

struct facts {
	struct text lines[LINES_MAX];
	size_t count;
};

static bool
is_failed(struct text line)
{
	return line.len > 2 && (line.s[0] == 'r' || line.s[0] == 'R') &&
	       line.s[1] == ' ';
}

static bool
is_result(struct text line)
{
	return line.len > 1 && memchr("caun", line.s[0], 4) != NULL &&
	       line.s[1] == ' ';
}

static struct text
after(struct text line, size_t n)
{
	return n < line.len ? (struct text){line.s + n, line.len - n}
			    : (struct text){"", 0};
}

static void
tell_failed(struct retry_match *m, struct plain *p, struct text line)
{
	bool was_sent = line.s[0] == 'R';
	uint64_t last =
	    p->failed_count ? p->failed[p->failed_count - 1].row : 1;
	struct result_row r = {.row = last + (unsigned char)line.s[2] % 4,
	    .lead_id = after(line, 4),
	    .outcome = was_sent ? OUTCOME_REFUSED : OUTCOME_REJECTED,
	    .code = TEXT_LITERAL("any")};

	/* A row may have a line for each of its problems. */
	if (p->failed_count == 0 || r.row != last)
		p->failed[p->failed_count++] =
		    (struct plain_failed){.row = r.row, .key = r.lead_id};
	if (was_sent)
		p->failed[p->failed_count - 1].was_sent = true;
	HOLDS(retry_match_add_failed(m, &r) == 0);
}

static void
tell_result(struct retry_match *m, struct plain *p, struct text line)
{
	struct result_row r = {.row = 2, .lead_id = after(line, 2)};

	r.outcome = line.s[0] == 'c'   ? OUTCOME_CREATED
		    : line.s[0] == 'a' ? OUTCOME_ACCEPTED
		    : line.s[0] == 'u' ? OUTCOME_UNKNOWN
				       : OUTCOME_UNSENT;
	if (line.s[0] != 'n')
		p->taken[p->taken_count++] = r.lead_id;
	HOLDS(retry_match_mark_taken(m, &r) == 0);
}

static struct plain_failed *
plain_find(struct plain *p, const struct record *rec)
{
	uint64_t row;

	if (!p->o.is_to_fix)
		return rec->number <= p->failed_count
			   ? &p->failed[rec->number - 1]
			   : NULL;
	if (p->o.row_column == 0 &&
	    !text_parse_uint(text_trim(rec->cells[0]), &row))
		return NULL;
	for (size_t i = 0; i < p->failed_count; i++)
		if (p->o.row_column == 0
			? p->failed[i].row == row
			: rec->cells[1].len > 0 &&
			      text_equal(p->failed[i].key, rec->cells[1]))
			return &p->failed[i];
	return NULL;
}

/* Whether it may be sent; its failed row goes to *found. */
static bool
plain_admits(
    struct plain *p, const struct record *rec, struct plain_failed **found)
{
	struct plain_failed *f = plain_find(p, rec);

	*found = f;
	if (f == NULL || f->used_by != 0)
		return false;
	f->used_by = rec->number;
	for (size_t i = 0; i < p->taken_count; i++)
		if (rec->cells[1].len > 0 &&
		    text_equal(p->taken[i], rec->cells[1]))
			return false;
	return !f->was_sent || rec->cells[1].len > 0;
}

/* Sends the records through a gate, which is asked beside the reference, or
 * is the one that admits all. */
static void
pass(const struct facts *facts, const struct row_gate *gate, struct plain *p,
    bool admits_all)
{
	struct problem_list problems;
	uint64_t records = 0;

	problem_list_init(&problems);
	for (size_t i = 0; i < facts->count; i++) {
		struct text line = facts->lines[i], cells[2];
		const char *comma = memchr(line.s, ',', line.len);
		size_t first = comma ? (size_t)(comma - line.s) : line.len;
		struct record rec = {.cell_count = 2, .cells = cells};
		struct plain_failed *f;
		bool admitted, check_first = false;

		if (is_failed(line) || is_result(line))
			continue;
		records++;
		rec.number = records;
		cells[0] = (struct text){line.s, first};
		cells[1] = after(line, first + 1);
		problem_list_clear(&problems);
		gate->prepare(gate->ctx, &rec);
		HOLDS(rec.cell_count == 2);
		for (size_t k = 0; k < 2; k++)
			HOLDS(text_equal(rec.cells[k],
			    p->o.is_guarded ? to_fix_unguard(cells[k])
					    : cells[k]));
		admitted = gate->admit(
		    gate->ctx, &rec, rec.cells[1], &problems, &check_first);
		HOLDS(admitted == (problems.rejects == 0));
		HOLDS(admitted || !admits_all);
		if (admits_all)
			continue;
		HOLDS(admitted == plain_admits(p, &rec, &f));
		HOLDS(!admitted || check_first == f->was_sent);
		HOLDS(!admitted || p->o.row_column != 0 ||
		      rec.origin_row == f->row);
	}
	problem_list_release(&problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t mode = fuzz_byte(&in) % 4;
	struct plain *p = calloc(1, sizeof(*p));
	struct facts facts = {.count = 0};
	struct retry_match *m;

	HOLDS(p != NULL);
	p->o = (struct retry_match_options){.parent_id = "20261123T140210Z-a",
	    .is_to_fix = mode < 2,
	    .is_guarded = mode != 2,
	    .row_column = mode == 0 ? 0 : -1};
	m = retry_match_new(&p->o);
	while (in.len > 0 && facts.count < LINES_MAX)
		facts.lines[facts.count++] = fuzz_line(&in);
	for (size_t i = 0; i < facts.count; i++)
		if (is_failed(facts.lines[i]))
			tell_failed(m, p, facts.lines[i]);
	pass(&facts, retry_match_collector(m), p, true);
	retry_match_sort(m);
	for (size_t i = 0; i < facts.count; i++)
		if (is_result(facts.lines[i]))
			tell_result(m, p, facts.lines[i]);
	pass(&facts, retry_match_gate(m), p, false);
	retry_match_free(m);
	free(p);
	return 0;
}
