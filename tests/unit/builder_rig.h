/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_BUILDER_RIG_H
#define TESTS_UNIT_BUILDER_RIG_H

/* A builder on a YAML mapping and a header, fed with cells: what the tests of
 * the builder stand on. Names and cells are given as one text with '|'. */

#include "build/builder.h"
#include "test.h"

#define RIG_CELLS 64

struct rig {
	struct mapping *m;
	struct builder *b;
	struct builder_facts facts;
	struct buf out;
	struct problem_list problems;
	struct built_row built;
	struct record rec;
	struct text cells[RIG_CELLS];
	enum row_verdict verdict;
	char codes[512]; /* of the problems: "code code", notes in (…) */
	char said[4096]; /* a copy of the last row's JSON */
};

static inline size_t
rig_split(const char *joined, struct text cells[RIG_CELLS])
{
	size_t count = 0;

	for (;;) {
		size_t len = strcspn(joined, "|");

		assert_true(count < RIG_CELLS);
		cells[count++] = (struct text){joined, len};
		if (joined[len] == '\0')
			return count;
		joined += len + 1;
	}
}

/* `path`: the mapping's file, beside which its tables are. */
static inline void
rig_open_at(
    struct rig *g, const char *path, const char *yaml, const char *names)
{
	struct text name_list[RIG_CELLS];
	struct header header = {.names = name_list, .row = 1, .line = 1};
	struct diagnostics list;

	memset(g, 0, sizeof(*g));
	diagnostics_init(&list);
	g->m = mapping_parse(path, text_of(yaml), &list);
	header.count = rig_split(names, name_list);
	if (g->m == NULL || list.errors > 0 ||
	    mapping_bind(g->m, &header, "x.csv", &list) != 0) {
		struct buf b = BUF_INIT(0);

		diagnostics_text(&list, text_of(yaml), false, &b);
		fail_msg("%s", buf_str(&b));
	}
	diagnostics_release(&list);
	g->facts = (struct builder_facts){"leads.csv", "0123abcd"};
	g->b = builder_new(g->m, &g->facts);
	problem_list_init(&g->problems);
	g->rec.row = 1;
	g->rec.line = 1;
}

static inline void
rig_open(struct rig *g, const char *yaml, const char *names)
{
	rig_open_at(g, "m.yaml", yaml, names);
}

static inline void
rig_close(struct rig *g)
{
	builder_free(g->b);
	mapping_free(g->m);
	problem_list_release(&g->problems);
	buf_release(&g->out);
}

static inline void
rig_note_codes(struct rig *g)
{
	size_t i, at = 0;

	g->codes[0] = '\0';
	for (i = 0; i < g->problems.count && at < sizeof(g->codes); i++) {
		const struct problem *p = &g->problems.items[i];
		bool note = p->level == PROBLEM_NOTE;

		at += (size_t)snprintf(g->codes + at, sizeof(g->codes) - at,
		    "%s%s%s%s", i > 0 ? " " : "", note ? "(" : "", p->code,
		    note ? ")" : "");
	}
}

/* Builds the record that is in g->rec; problems are not cleared. */
static inline void
rig_build(struct rig *g, bool is_empty)
{
	size_t before = g->out.len;

	g->verdict = builder_row(
	    g->b, &g->rec, is_empty, &g->out, &g->problems, &g->built);
	g->said[0] = '\0';
	if (g->verdict == ROW_BUILT) {
		assert_int_equal(g->built.json_at, before);
		assert_int_equal(g->out.len, before + g->built.json_len);
		(void)snprintf(g->said, sizeof(g->said), "%.*s",
		    (int)g->built.json_len, g->out.data + before);
		assert_true(g->problems.rejects == 0);
	} else {
		assert_int_equal(g->out.len, before);
	}
	rig_note_codes(g);
}

/* The next row: each one row and one line further. */
static inline void
rig_row(struct rig *g, const char *joined)
{
	size_t i;
	bool is_empty = true;

	g->rec.cell_count = rig_split(joined, g->cells);
	g->rec.cells = g->cells;
	g->rec.number++;
	g->rec.row++;
	g->rec.line++;
	for (i = 0; i < g->rec.cell_count; i++)
		is_empty = is_empty && g->cells[i].len == 0;
	problem_list_clear(&g->problems);
	rig_build(g, is_empty);
}

/* One row becomes this JSON, without a problem. */
static inline void
rig_gives(struct rig *g, const char *joined, const char *json)
{
	rig_row(g, joined);
	if (g->verdict != ROW_BUILT)
		fail_msg("'%s' was not built: %s", joined, g->codes);
	assert_string_equal(g->said, json);
	assert_string_equal(g->codes, "");
}

/* One row is rejected with these codes. */
static inline void
rig_rejects(struct rig *g, const char *joined, const char *codes)
{
	rig_row(g, joined);
	if (g->verdict != ROW_REJECTED)
		fail_msg("'%s' became %s", joined, g->said);
	assert_string_equal(g->codes, codes);
}

/* One row is built with these notes. */
static inline void
rig_notes(
    struct rig *g, const char *joined, const char *json, const char *codes)
{
	rig_row(g, joined);
	if (g->verdict != ROW_BUILT)
		fail_msg("'%s' was not built: %s", joined, g->codes);
	assert_string_equal(g->said, json);
	assert_string_equal(g->codes, codes);
}

/* The last row, of the key k, gave this JSON for the field f ("" = nothing for
 * it, NULL = it was rejected) and these codes. */
static inline void
rig_gave(struct rig *g, const char *json, const char *codes, const char *field,
    const char *cell)
{
	char expected[4200];

	if (json && json[0])
		snprintf(expected, sizeof(expected),
		    "{\"lead_id\":\"k\",\"data\":{\"f\":%s}}", json);
	else
		snprintf(expected, sizeof(expected), "%s",
		    json ? "{\"lead_id\":\"k\"}" : "");
	if (strcmp(g->said, expected) != 0 || strcmp(g->codes, codes) != 0)
		fail_msg("%s of '%s' is %s %s", field, cell, g->said, g->codes);
}

/* What the field `f` with these keys, from column B, makes of a cell: its
 * JSON, "" where it is left out, or "! codes" where the row is rejected. */
struct rig_case {
	const char *keys, *cell, *said;
};

static inline void
rig_tries(const struct rig_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rig_case *c = &cases[i];
		struct buf mapping = BUF_INIT(0), cells = BUF_INIT(0);
		struct buf said = BUF_INIT(0);
		struct rig g;

		buf_addf(&mapping,
		    "version: 1\nlead_id: A\ndata:\n"
		    "  f: {column: B, %s}\n",
		    c->keys);
		buf_addf(&cells, "1|%s", c->cell);
		if (c->said[0] == '!')
			buf_adds(&said, c->said);
		else if (c->said[0] == '\0')
			buf_adds(&said, "{\"lead_id\":\"1\"}");
		else
			buf_addf(&said,
			    "{\"lead_id\":\"1\",\"data\":{\"f\":%s}}", c->said);
		rig_open(&g, buf_str(&mapping), "A|B");
		rig_row(&g, buf_str(&cells));
		if (strcmp(g.verdict == ROW_BUILT ? g.said : g.codes,
			buf_str(&said) + (c->said[0] == '!' ? 2 : 0)) != 0)
			fail_msg("%s of '%s': %s %s", c->keys, c->cell, g.said,
			    g.codes);
		rig_close(&g);
		buf_release(&mapping);
		buf_release(&cells);
		buf_release(&said);
	}
}
#define RIG_TRIES(cases) rig_tries(cases, sizeof(cases) / sizeof((cases)[0]))

/* The one error that these keys of a field are, and words of its report. */
struct rig_mistake {
	const char *keys, *code, *words;
};

/* A mapping has this one error. */
static inline void
rig_mistake(const char *yaml, const char *code, const char *words)
{
	struct buf said = BUF_INIT(0);
	struct diagnostics list;
	struct mapping *m;

	diagnostics_init(&list);
	m = mapping_parse("m.yaml", text_of(yaml), &list);
	diagnostics_text(&list, text_of(yaml), false, &said);
	if (m || list.errors != 1 || strcmp(list.items[0].code, code) != 0 ||
	    !strstr(buf_str(&said), words))
		fail_msg("%s:\n%s", yaml, buf_str(&said));
	mapping_free(m);
	diagnostics_release(&list);
	buf_release(&said);
}

static inline void
rig_mistakes(const struct rig_mistake *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf mapping = BUF_INIT(0);

		buf_addf(&mapping,
		    "version: 1\nlead_id: A\ndata:\n"
		    "  f: {column: B, %s}\n",
		    cases[i].keys);
		rig_mistake(buf_str(&mapping), cases[i].code, cases[i].words);
		buf_release(&mapping);
	}
}
#define RIG_MISTAKES(cases)                                                    \
	rig_mistakes(cases, sizeof(cases) / sizeof((cases)[0]))

/* The steps that builder_explain tells of the row under way, at a path:
 * "cell=…;trim=…;". */
static inline void
rig_note_step(void *ctx, const struct field *f, const struct explain_step *s)
{
	(void)f;
	buf_addf(ctx, "%s=", s->rule);
	buf_add(ctx, s->value.s, s->value.len);
	buf_addc(ctx, ';');
}

static inline void
rig_explains(struct rig *g, const char *path, const char *steps)
{
	struct buf said = BUF_INIT(0);

	builder_explain(g->b, &g->rec, text_of(path), rig_note_step, &said);
	assert_string_equal(buf_str(&said), steps);
	buf_release(&said);
}

#endif
