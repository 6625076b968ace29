/* SPDX-License-Identifier: MIT */
#ifndef BUILD_BUILDER_PLAN_H
#define BUILD_BUILDER_PLAN_H

/*
 * What the builder's files share; nobody outside src/build includes it.
 *
 * builder_plan.c turns the mapping into plan fields once; for each row
 * builder.c walks them, builder_value.c makes a cell into the text that the
 * type gets (builder_map.c: by a map), builder_type.c makes that JSON,
 * builder_check.c checks it, and builder_rows.c decides whether the row is
 * wanted at all.
 */

#include "base/text.h"
#include "base/xalloc.h"
#include "build/builder.h"
#include "memo.h"
#include "place_log.h"
#include "value/convert.h"

/* "Did you mean" holds a value against all names of a map. It is for the
 * examples that a person sees: MEANT_ALWAYS of each field, and as many more as
 * take MEANT_NAMES comparisons; the rest go without. */
#define MEANT_ALWAYS 3
#define MEANT_NAMES ((uint64_t)20000)
struct meant_cost {
	unsigned asked;
	uint64_t names;
};

enum plan_kind {
	PLAN_OBJECT,   /* children */
	PLAN_ITEMS,    /* children: objects */
	PLAN_CONSTANT, /* the fragment is all of it */
	PLAN_PLAIN,    /* one column, as a string, no rules but trim and nulls:
			* the hot path */
	PLAN_KEY,      /* the same, but the key: required, unique */
	PLAN_VALUE     /* everything else */
};

/* What the hot path knows of a plain field, and no more: many of them are
 * looked at for each row. */
struct plain_slot {
	struct text fragment; /* as below, and its quote is counted */
	size_t column;
	const bool *looks; /* for each byte that a cell may begin or end with,
			    * whether value_clean may do something to it */
	const struct field *f;
};

/* Plain fields without a gap between them. */
struct plain_run {
	size_t fields;		  /* at least 1 */
	struct plain_slot *slots; /* of fields whose column is there */
	size_t count;
	size_t width;  /* records with so many cells have all the columns */
	size_t bytes;  /* fragments, with room for block stores */
	size_t copies; /* how many of them share one column, at most */
};

/* What was seen of a field's values (evidence.h): changes while rows go by. */
struct evidence;
struct field_seen {
	unsigned passed;	 /* PASSED_* */
	struct evidence *failed; /* NULL = none did */
};

/* A cell that goes to a large table as it is, apart from blanks at its ends. */
struct early_lookup {
	struct early_lookup *next;
	const struct lookup_table *table;
	int column;
	bool is_trimmed;
	struct buf work[2];
	/* Of the row under way. */
	struct text cell;
	struct lookup_key key;
};

/* Steps that change a text, of the cell or of each item. */
struct plan_steps {
	const struct text_steps *s;
	struct early_lookup *early; /* NULL = none */
	bool are_any;
	bool is_each;
	bool has_map;
	const struct text *map_names; /* the map's keys, for hints */
	size_t map_name_count;
};

/* The items of a list in one cell: views of the cell, or of `text`. */
struct list_items {
	struct text *items;
	size_t count, cap;
	struct buf cell, text;
};

struct plan_field {
	enum plan_kind kind;
	const struct field *f;
	bool is_key;
	/* `,"key":`, with the value of a constant or an object's brace after
	 * it; else a quote follows that is not counted. The comma is left out
	 * after a brace. */
	struct text fragment;
	/* Its value is one cell, with trim and nulls; then, and of a key, there
	 * is a slot. */
	bool takes_cell;
	struct plain_slot slot;
	const struct plain_run *run; /* that this field begins; NULL = none */
	int column;
	bool shares_column;    /* another field reads it too */
	const char *type_rule; /* "type datetime" */
	struct plan_steps cell, each;
	struct date_rules dates;
	/* A format that would guess: every cell is refused. NULL = none. */
	const struct convert_reason *bad_format;
	enum time_form time_form;
	enum place_form place_form;
	struct number_rules number;
	bool is_marked; /* numbers: units and the like stand around them */
	/* Whether its values need more than most do: it is marked, a list,
	 * takes any digits, or has a bad format. */
	bool is_special;
	bool is_list;
	/* Between the cell and a string there is but a lookup, asked early. */
	bool is_map_alone;
	struct list_rules list;
	struct phone_rules phone;
	struct text min, max;	     /* JSON numbers, of number types */
	const struct text *allowed;  /* one_of; JSON numbers of number types */
	struct unique_index *unique; /* borrowed from the builder */
	bool folds; /* keys that differ only in case or outer blanks are one:
		     * they are to find a process */
	struct word_list yes, no; /* of a boolean */
	struct meant_cost *meant; /* what `note_meant` has spent */
	struct field_seen *seen;  /* of PLAN_VALUE, else NULL */
	/* Of a field whose JSON is a matter of one cell alone, else NULL. */
	struct memo *memo;
	struct plan_field *children;
	size_t child_count;
};

struct builder {
	const struct mapping *m;
	const struct builder_facts *facts;
	struct arena arena; /* the plan */
	struct plan_field *fields;
	size_t field_count;
	bool plans_items;  /* what is planned lies in items */
	size_t memo_count; /* of fields that have one */
	/* The newest table of bytes for nulls, and of which: fields share it.
	 */
	const struct text *looks_nulls;
	bool looks_trim, *looks;
	bool judges_rows;	      /* there are conditions on rows */
	const struct plan_field *key; /* NULL = none */
	struct early_lookup *early;   /* the first; NULL = none */
	struct unique_index **unique;
	size_t unique_count;
	struct place_log *places; /* of rows with values in `unique` */
	struct key_spool *spool;  /* borrowed; it only collects. Or NULL */
	size_t spool_file;
	struct verdict_cursor *verdicts; /* it asks these. Or NULL */
	/* A unique value meets something else than its index as it is: one of
	 * these two, or a key that folds. One question a row instead of three.
	 */
	bool meets_other;
	/* Scratch, kept from row to row. */
	struct buf work[2], folded;
	int work_next;
	struct buf form;      /* a value in NFC, to be compared */
	struct buf lookup[2]; /* lookup_table_key's */
	struct buf unwrapped; /* a cell without its wrapper */
	struct list_items list;
	struct buf key_text;
	struct json_checker json;
	struct buf explain_out;
	struct problem_list explain_problems;
	/* The row under way. */
	const struct record *rec;
	struct buf *out;
	struct problem_list *problems;
	struct built_row *built;
	size_t row_begin;
	uint64_t place; /* of this row in `places`; 0 = not there yet */
	bool too_large; /* the row does not fit in `out` */
	/* A key that plain_add_key has still to look up; NULL = none. */
	const struct plan_field *late_key;
	uint64_t late_met;
	bool is_quiet; /* problems are not recorded */
	/* Rows of which nothing was said, a bit each (builder_retell). */
	uint64_t *quiet;
	size_t quiet_words;
	uint64_t row_number; /* of the row under way, from 1 */
	uint64_t told;	     /* so many come again */
	/* builder_explain; NULL otherwise. */
	void (*step)(
	    void *ctx, const struct field *f, const struct explain_step *s);
	void *step_ctx;
};

/* builder_plan.c */
void plan_build(struct builder *b);

/* A value on its way: the text, and the column to blame. */
struct value {
	bool has;
	bool is_cleared; /* by the cell: null; it has no value */
	struct text t;	 /* in the record, the mapping, or builder.work */
	int column;
};
/* builder_value.c: source, trim, nulls, replace, case, map, default,
 * required. False if a problem was added: the field is left out. */
bool value_prepare(
    struct builder *b, const struct plan_field *p, struct value *v);
/* Does the steps to v. False if a problem was added. */
bool value_change(struct builder *b, const struct plan_field *p,
    const struct plan_steps *steps, struct value *v);
/* An empty work buffer; the one after the next is the same again. */
struct buf *value_work(struct builder *b);

/* The name of a step for builder_explain, which may be one of each item. */
static inline const char *
steps_name(const struct plan_steps *x, const char *name, const char *of_each)
{
	return x->is_each ? of_each : name;
}

/* builder_map.c: v->t becomes what the map says. False if a problem was
 * added. */
bool map_value(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, struct value *v);
/* The whole member of a field that is_map_alone. False if it is not as usual,
 * and nothing was done. */
bool map_add(struct builder *b, const struct plan_field *p);
/* Notes that the field's lookup can be asked early, where it can. */
void map_plan_early(struct builder *b, struct plan_field *p);
/* Asks the memory for what such lookups of this row will need. */
void map_ask_early(struct builder *b);
void maps_release(struct builder *b);

/* builder_items.c: splits v->t into builder.list, with the steps of `each` if
 * `is_changed`; v->has is false if nothing is left. False if a problem was
 * added. */
bool items_split(struct builder *b, const struct plan_field *p, bool is_changed,
    struct value *v);
void items_release(struct list_items *list);

/* The cell of a column; empty if the record has not so many. */
static inline struct text
value_cell(const struct record *rec, int column)
{
	if (column < 0 || (size_t)column >= rec->cell_count)
		return (struct text){"", 0};
	return rec->cells[column];
}
/* Appends the text with decimal digits of other scripts as those of ASCII; true
 * if it had any. */
bool digits_to_ascii(struct text t, struct buf *out);
/* Trimmed if `trim`; empty if it is one of the nulls. */
struct text value_clean(
    struct text cell, bool trim, const struct text *nulls, size_t null_count);
/* The same if `unwrap` says so, then value_clean. */
struct text value_of_cell(struct builder *b, struct text cell,
    enum unwrap unwrap, bool trim, const struct text *nulls, size_t null_count);

/* A value after its type. */
struct typed {
	struct text text;  /* what the checks look at: the string's text, the
			    * number's digits, true or false; of everything
			    * else the text before the type */
	size_t json_at;	   /* where its JSON begins in `out` */
	int64_t moment_ms; /* of dates */
};
/* builder_type.c: appends the JSON. False with a reason, or with an empty
 * message when `out` is full. */
bool type_convert(struct builder *b, const struct plan_field *p, struct text t,
    struct typed *y, struct convert_reason *r);
bool type_is_text(enum field_type type);
bool type_is_integer(enum field_type type);
bool type_is_number(enum field_type type);
bool type_is_moment(enum field_type type);
bool type_is_list(enum field_type type);
/* The checks see the text as it came to the type, not what it became. */
bool type_keeps_text(enum field_type type);

/* builder_check.c: false if a problem was added. */
bool check_value(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct typed *y);

/* builder_unique.c: a unique value's JSON. What it returns is for
 * unique_settle, which may come later in the row. */
uint64_t unique_meet(
    struct builder *b, const struct plan_field *p, struct text json);
/* False if the value was there before, and a problem was added. */
bool unique_settle(struct builder *b, const struct plan_field *p,
    const struct value *v, uint64_t met);

/* builder_plain.c: p as a slot. */
struct plain_slot plain_slot(struct builder *b, const struct plan_field *p);
/* value_clean would give the cell, which is not empty, as it is. */
static inline bool
plain_is_as_wanted(const struct plain_slot *slot, struct text t)
{
	return !(slot->looks[(unsigned char)t.s[0]] |
		 slot->looks[(unsigned char)t.s[t.len - 1]]);
}
/* The cell of a slot, as the field wants it. */
static inline struct text
plain_text(const struct record *rec, const struct plain_slot *slot)
{
	const struct field *f = slot->f;
	struct text t;

	if (slot->column >= rec->cell_count)
		return (struct text){"", 0};
	t = rec->cells[slot->column];
	if (t.len > 0 && !plain_is_as_wanted(slot, t))
		t = value_clean(t, f->trim, f->nulls, f->null_count);
	return t;
}
/* A run of plain fields; there is an open object in `out`. */
void plain_add_run(struct builder *b, const struct plain_run *run);
/* The key. False if it is not as usual, and nothing was done. */
bool plain_add_key(struct builder *b, const struct plan_field *p);
/* At the row's end: whether its key is unique. */
void plain_settle_key(struct builder *b);

/* builder_rows.c: whether the mapping takes the row. ROW_BUILT = yes. */
enum row_verdict rows_judge(struct builder *b, bool is_empty);
/* Whether nothing was said of it when it was told before, and its key's text
 * is there before the type. */
bool rows_are_quiet(const struct builder *b);

/* builder_note.c: which of the names was probably meant, or -1: none, or enough
 * were asked. */
int note_meant(struct builder *b, const struct plan_field *p, struct text t,
    const struct text *names, size_t count);
/* Records a problem of a field; its level is a note if `may_omit` and the field
 * says on_error: omit. */
void note_problem(struct builder *b, const struct plan_field *p, int column,
    const char *code, bool may_omit, struct text value,
    const struct convert_reason *r);
/* A pattern that gave up on the value; `words` say which one. Returns false. */
bool note_too_slow(struct builder *b, const struct plan_field *p, int column,
    const char *code, struct text value, const char *words);
void note_not_unique(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct first_place *first);
/* An integer beyond 2^53. */
void note_big_integer(
    struct builder *b, const struct plan_field *p, const struct value *v);
/* For builder_explain. */
void note_step_said(struct builder *b, const struct plan_field *p,
    const char *rule, struct text value);
static inline void
note_step(struct builder *b, const struct plan_field *p, const char *rule,
    struct text value)
{
	if (b->step != NULL)
		note_step_said(b, p, rule, value);
}

#endif
