/* SPDX-License-Identifier: MIT */
#ifndef REPORT_PROBLEMS_H
#define REPORT_PROBLEMS_H

/*
 * What went wrong, grouped while the rows stream by: a group is one kind, one
 * code, one cause (31 February, a letter, a value out of range), one column and
 * the field that reads it (for answers of ChakraHQ: one shape of its words, in
 * which numbers and quoted text count as equal). Where several fields read a
 * column and find the same in a cell (problem_twin), that is one problem, and
 * the group has all their paths. A group counts rows and problems and keeps
 * three examples, of different values where there are different ones; the first
 * twenty problems are kept as whole lines; who wants all of them gets each as
 * it is found. Memory is bounded whatever the file: at most GROUPS_MAX groups,
 * all further ones are counted in one "other" group per kind. Everything is
 * counted.
 *
 * All texts in here are fit for a terminal (text_display) and cut.
 */

#include "base/buf.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "csv/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define GROUPS_MAX 1000
#define GROUP_EXAMPLES 3
#define GROUPS_FIRST 20
#define GROUP_VALUE_CHARS 40 /* of an example's value */
#define GROUP_OTHER_CODE "other"
#define GROUP_OTHER_MESSAGE "further kinds of problems, counted here together"

/* A group's kind is the outcome of its rows, or a note: the rows were not
 * rejected. */
#define GROUP_NOTE ((int)OUTCOME_COUNT)
#define GROUP_KIND_COUNT (GROUP_NOTE + 1)
/* "rejected", …, "note": static. */
const char *problem_group_kind(int kind);

struct problem_example {
	uint64_t row, line;
	char cell[24]; /* "D129", or "" when there is no column */
	char *value;   /* owned; "" if none */
	uint64_t value_hash;
};

struct problem_group {
	int kind;
	enum problem_stage stage;
	char code[48];
	char cause[32]; /* see struct problem; "" if the code has one */
	int column;	/* index from 0, or PROBLEM_NO_COLUMN */
	char *fields;	/* owned; "data.score"; "lead_id, data.email" of
			 * twins; "" if none */
	char *twin;	/* owned; the path of its second field, or NULL */
	bool has_more_twins;
	bool names_field;  /* … must be named: other fields read the column,
			    * or there is none */
	char *column_name; /* owned; "" if none */
	char *message, *hint; /* owned; of its first problem; "" if none */
	bool varied;	      /* later messages were not all the same */
	uint64_t message_hash;
	uint64_t rows; /* rows with at least one such problem */
	uint64_t problems;
	uint64_t last_row; /* so that a row counts once */
	struct problem_example examples[GROUP_EXAMPLES];
	size_t example_count;
	char *shape; /* owned; the path of the field; of answers what of the
		      * words must be equal */
};

struct problem_groups {
	char *csv_name;	     /* owned; as messages show it */
	const char *service; /* who refuses; borrowed; "ChakraHQ" at first */
	struct problem_group *items; /* in the order of first appearance */
	size_t count, cap;
	uint32_t *slots;	     /* hash -> index + 1; 0 = free */
	int other[GROUP_KIND_COUNT]; /* index of the "other" group, or -1 */
	char *first[GROUPS_FIRST];   /* owned; lines without their end */
	size_t first_count;
	uint64_t reject_problems, note_problems, refused_problems;
	uint64_t reject_rows, note_rows; /* rows with at least one */
	FILE *every; /* takes the line of each reject and refusal; NULL = nobody
		      */
	uint64_t unshown; /* rejects and refusals that are not in `first` */
	/* Rows that `ragged` filled up, and those rejected for their width;
	 * owned; NULL = none. They become groups at the end. */
	struct ragged *ragged[2];
};

/* csv_name is copied: the path as messages show it. */
void problem_groups_init(struct problem_groups *g, const char *csv_name);
void problem_groups_release(struct problem_groups *g);
/* "Rejected by our own checks, by cause"; an outcome's is in its table.
 * Appends to out. */
void problem_groups_heading(
    const struct problem_groups *g, int kind, struct buf *out);

/* Adds all problems of one row. names: the header's (may be NULL). A list
 * without problems costs nothing. */
void problem_groups_add(struct problem_groups *g, const struct record *rec,
    const struct problem_list *problems, const struct header *header);

/* No more rows come: makes the groups of rows of another width than the
 * header, which only the whole file tells apart (csv/reader.h). Before the
 * groups are asked for. last_number: of the file's last record; 0 = it was not
 * read to its end. */
void problem_groups_finish(struct problem_groups *g,
    const struct header *header, uint64_t last_number);
/* For problems.c: true if the problem was kept for then. */
bool problem_groups_keep_ragged(struct problem_groups *g,
    const struct record *rec, const struct problem *p,
    const struct header *header);
void problem_groups_release_ragged(struct problem_groups *g);

/* Of a row that failed: the code stands for what a lookup showed, not for an
 * answer of the service. */
bool problem_is_ours(const char *code);

/* Adds one row whose outcome says why. Outcomes without a heading are not
 * counted, nor are those of our own checks, whose problems say why. `code` and
 * `words` may be "". */
void problem_groups_add_outcome(struct problem_groups *g, enum outcome outcome,
    const char *code, const char *words, uint64_t row, uint64_t line);

/* At the end of the rows: what the builder that judged them advises for each
 * group replaces its hint. Where fields share a group, only what it advises for
 * all of them. */
struct builder;
void problem_groups_advise(struct problem_groups *g, const struct builder *b);

/* Appends the shape of a server's words: quoted text and words that hold a
 * digit or an @ (keys, counts, dates, addresses) count as equal. */
void problem_words_shape(struct buf *out, const char *words);

/* What makes a group. */
struct group_key {
	int kind;
	const char *code, *cause;
	int column;
	struct text shape;
};
/* The group of *k, made if it is new; the kind's "other" when there are too
 * many. Valid until the next one is made. */
struct problem_group *problem_groups_find(
    struct problem_groups *g, const struct group_key *k, bool *is_new);
struct problem_group *problem_groups_other(
    struct problem_groups *g, int kind, bool *is_new);
/* FNV-1a, begun with PROBLEM_HASH_START: tells texts apart within a run. */
#define PROBLEM_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t problem_hash(uint64_t h, const void *data, size_t len);

/* The groups of a kind, the one with the most rows first, "other" last; at
 * most `max` pointers into g (valid until the next add). Returns how many. */
size_t problem_groups_sorted(const struct problem_groups *g, int kind,
    const struct problem_group **out, size_t max);
/* How many groups of a kind there are. */
size_t problem_groups_count(const struct problem_groups *g, int kind);

/* Appends `column "Score", field data.score: ` as far as the group has them
 * and they must be named. */
void problem_group_place(struct buf *out, const struct problem_group *x);

/* Appends one problem as csv2chakra-mapping(5), "Diagnostics" has it:
 * `CSV:LINE: row R, column "NAME" (CELL): message: 'value' [code]`, without a
 * line end. */
void problem_format(struct buf *out, const char *csv_name,
    const struct record *rec, const struct header *header,
    const struct problem_list *problems, const struct problem *p);

/* "D129": the cell's address in a spreadsheet; "" without a column. Returns
 * out. */
char *problem_cell(int column, uint64_t row, char out[24]);

#endif
