/* SPDX-License-Identifier: MIT */
/*
 * The dialect's detection: an answer or a refusal for every sample, the same
 * each time, and one that the reader can use. The first byte says what is
 * given and whether the sample is the whole input.
 */
#include "csv/dialect.h"
#include "csv/reader.h"
#include "fuzz.h"
#include "look/front.h"

/* What is left open must be filled; what is given must stay. */
static void
check_dialect(const struct dialect *given, const struct dialect *found,
    struct text sample)
{
	HOLDS(found->delimiter != DIALECT_AUTO);
	HOLDS(found->delimiter > 0 && found->delimiter < 127);
	HOLDS(found->delimiter != '\r' && found->delimiter != '\n');
	HOLDS(found->quote == given->quote);
	HOLDS(found->has_header == given->has_header);
	HOLDS(found->skip_lines == given->skip_lines);
	if (given->delimiter != DIALECT_AUTO)
		HOLDS(found->delimiter == given->delimiter);
	if (found->has_sep_line)
		HOLDS(sample.len >= 5);
}

/* The same finding each time, with words, and one that is followed is not
 * found again. */
static void
check_front(struct text sample, bool is_whole, const struct dialect *dialect)
{
	struct dialect next = *dialect;
	struct buf words = BUF_INIT(0);
	struct front f, again;

	front_judge(&f, sample.s, sample.len, is_whole, dialect);
	front_judge(&again, sample.s, sample.len, is_whole, dialect);
	HOLDS(f.kind == again.kind && f.skip_lines == again.skip_lines);
	front_release(&again);
	front_message(&f, &words);
	front_help(&f, &words);
	HOLDS((words.len > 0) == (f.kind != FRONT_PLAIN));
	HOLDS(utf8_check(buf_str(&words), words.len) == words.len);
	if (front_apply(&f, &next)) {
		front_judge(&again, sample.s, sample.len, is_whole, &next);
		HOLDS(again.kind != f.kind);
		front_release(&again);
	}
	buf_release(&words);
	front_release(&f);
}

static void
read_it(struct text sample, const struct dialect *dialect)
{
	struct fuzz_memory m = {sample.s, sample.len, 0, 0};
	struct reader_options o = {.dialect = *dialect,
	    .max_cell = READER_MAX_CELL,
	    .max_record = READER_MAX_RECORD,
	    .max_columns = READER_MAX_COLUMNS,
	    .name = "x.csv"};
	struct diag d = DIAG_INIT;
	struct problem_list problems;
	struct record rec;
	struct reader *r =
	    reader_new(fuzz_memory_source(&m), NULL, NULL, &o, &d);

	if (r == NULL) {
		HOLDS(d.message[0] != '\0');
		return;
	}
	problem_list_init(&problems);
	while (reader_next(r, &rec, &problems, &d) != READER_END)
		problem_list_clear(&problems);
	problem_list_release(&problems);
	reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = ",;\t|";
	struct fuzz_input in = {data, size};
	uint8_t flags = fuzz_byte(&in);
	struct text sample = fuzz_rest(&in);
	struct dialect given = {.delimiter = DIALECT_AUTO,
	    .quote = flags & 2 ? 0 : '"',
	    .has_header = !(flags & 4),
	    .skip_lines = (flags >> 3) & 3};
	struct buf words = BUF_INIT(0), again_words = BUF_INIT(0);
	struct diag d = DIAG_INIT, again_d = DIAG_INIT;
	struct dialect found, again;
	int result;

	if (flags & 32)
		given.delimiter = delimiters[flags >> 6];
	found = again = given;
	result =
	    dialect_detect(sample.s, sample.len, flags & 1, &found, &words, &d);
	HOLDS(result == 0 || result == -1);
	HOLDS(result == dialect_detect(sample.s, sample.len, flags & 1, &again,
			    &again_words, &again_d));
	HOLDS(strcmp(buf_str(&words), buf_str(&again_words)) == 0);
	HOLDS(utf8_check(buf_str(&words), words.len) == words.len);
	if (result == 0) {
		HOLDS(found.delimiter == again.delimiter);
		HOLDS(found.has_sep_line == again.has_sep_line);
		check_dialect(&given, &found, sample);
		check_front(sample, flags & 1, &found);
		read_it(sample, &found);
	} else {
		HOLDS(d.kind == DIAG_INPUT && d.message[0] != '\0');
		HOLDS(strcmp(d.message, again_d.message) == 0);
		HOLDS(utf8_check(d.message, strlen(d.message)) ==
		      strlen(d.message));
	}
	buf_release(&words);
	buf_release(&again_words);
	return 0;
}
