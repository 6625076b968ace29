/* SPDX-License-Identifier: MIT */
/*
 * init: a first mapping for a file that nobody wrote one for. Whether a column
 * can be the key is not estimated but known: the few that are named like one
 * are held against the same index that `unique` uses, until they fail.
 */
#include "author/author.h"
#include "base/civil.h"
#include "build/builder.h"
#include "csv_look.h"
#include "field_match.h"
#include "init_fields.h"
#include "init_mapping.h"
#include "system/atomic_file.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAPPING_MAX ((size_t)1 << 20) /* the loader's own limit */
/* A column with more faults than that is not nearly a key. */
#define NEAR_MAX 1000

static const unsigned char seed[16] = "init's candidate";

struct key_finder {
	const struct csv_look *look;
	const struct config_item *key; /* of the service; NULL = not told */
	bool has_begun;
	struct init_candidates found;
};

/* Before all of a worse score; what is pushed out is forgotten. */
static void
consider(struct init_candidates *f, size_t column, int score)
{
	size_t at = f->count;

	while (at > 0 && f->list[at - 1].score < score)
		at--;
	if (score == 0 || at == INIT_CANDIDATES)
		return;
	if (f->count < INIT_CANDIDATES)
		f->count++;
	for (size_t i = f->count - 1; i > at; i--)
		f->list[i] = f->list[i - 1];
	f->list[at] = (struct init_candidate){.column = column, .score = score};
}

/* The best names, the better ones first, then by column. */
static void
begin(struct key_finder *f)
{
	f->has_begun = true;
	for (size_t i = 0; i < f->look->column_count; i++) {
		struct text name = csv_look_name(f->look, i);
		bool is_meant = f->key && field_score(name, f->key,
					      FIT_UNKNOWN) >= FIELD_SCORE_SURE;

		consider(&f->found, i, is_meant ? 5 : init_key_score(name, i));
	}
	for (size_t i = 0; i < f->found.count; i++)
		f->found.list[i].seen = unique_new(seed);
}

/* The value that waits goes in, while the memory that this looks at has had the
 * time of a row to come. */
static void
settle(struct init_candidate *c)
{
	uint64_t first, row = c->waiting_row;

	c->waiting_row = 0;
	if (row != 0 && !unique_add_hash(c->seen, c->waiting, row, &first) &&
	    c->repeats++ == 0) {
		c->repeat_row = row;
		c->repeated_row = first;
	}
	if (c->empties + c->repeats > NEAR_MAX) {
		unique_free(c->seen);
		c->seen = NULL;
	}
}

static void
see_cell(struct init_candidate *c, const struct record *rec)
{
	struct text t = text_trim(rec->cells[c->column]);

	settle(c);
	if (!c->seen)
		return;
	if (t.len == 0) {
		c->empty_row = c->empties++ ? c->empty_row : rec->row;
	} else {
		c->waiting = unique_hash(c->seen, t);
		c->waiting_row = rec->row;
	}
}

static void
see_row(void *ctx, const struct record *rec)
{
	struct key_finder *f = ctx;

	if (!f->has_begun)
		begin(f);
	for (size_t i = 0; i < f->found.count; i++)
		if (f->found.list[i].seen)
			see_cell(&f->found.list[i], rec);
}

static int
refuse_existing(const char *path, struct diag *d)
{
	diag_set(d, DIAG_USAGE, "'%s' already exists", path);
	return diag_help(d, "name another file, or remove it first");
}

/* Writes a file that was not there before. */
static int
write_new(const char *path, const struct buf *b, struct diag *d)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int err;

	if (fd < 0 && errno == EEXIST)
		return refuse_existing(path, d);
	if (fd < 0)
		return diag_set_errno(
		    d, DIAG_DISK, errno, "unable to create '%s'", path);
	err = file_write_all(fd, b->data, b->len);
	if (close(fd) < 0 && err == 0)
		err = errno;
	if (err == 0)
		return 0;
	(void)unlink(path);
	return diag_set_errno(d, DIAG_DISK, err, "unable to write '%s'", path);
}

static void
say_next(const struct settings *o, const struct init_service *service)
{
	struct buf out = BUF_INIT(0);

	buf_adds(&out, "csv2chakra: '");
	text_display(&out, text_of(o->output), 0);
	buf_addf(&out,
	    "' written; %slook at each guess, then: csv2chakra rehearse ",
	    service->procedure ? "" : "name your procedure in it, ");
	shell_quote(&out, o->output);
	buf_addc(&out, ' ');
	shell_quote(&out, o->operands[0]);
	buf_addc(&out, '\n');
	log_words(LOG_NOTE, buf_str(&out));
	buf_release(&out);
}

static int
this_year(void)
{
	struct clock clock = clock_system();
	char now[32];

	civil_iso8601(clock.wall_ms(clock.ctx), now);
	return (int)strtol(now, NULL, 10);
}

static int
answer(const struct settings *o, const struct csv_look *look,
    const struct key_finder *f, const struct init_service *service,
    struct diag *d)
{
	struct buf out = BUF_INIT(0);
	int ret;

	init_mapping(look, &f->found, service, o->output, this_year(), &out);
	if (out.len > MAPPING_MAX) {
		diag_set(d, DIAG_INPUT,
		    "a mapping for the %zu columns of '%s' would be larger "
		    "than 1 MiB",
		    look->column_count, look->name);
		ret = diag_help(d, "write one for the columns that you need");
	} else if (o->output) {
		ret = write_new(o->output, &out, d);
	} else {
		ret = answer_write(&out, d);
	}
	if (ret == 0 && o->output && !o->quiet)
		say_next(o, service);
	buf_release(&out);
	return ret;
}

int
init_run(const struct settings *o, struct diag *d)
{
	struct csv_look look = {.row = see_row};
	struct key_finder finder = {.look = &look};
	struct init_service service;
	struct stat st;
	int ret;

	look.row_ctx = &finder;
	/* Said before the whole file is read; open says it again. */
	if (o->output && lstat(o->output, &st) == 0)
		return refuse_existing(o->output, d);
	ret = init_service_ask(&service, o, d);
	finder.key = init_service_key(&service);
	if (ret == 0)
		ret = csv_look_read(&look, o, o->operands[0], d);
	for (size_t i = 0; i < finder.found.count; i++)
		if (finder.found.list[i].seen)
			settle(&finder.found.list[i]);
	if (ret == 0)
		ret = init_front_check(&look, d);
	if (ret == 0)
		ret = answer(o, &look, &finder, &service, d);
	for (size_t i = 0; i < finder.found.count; i++)
		unique_free(finder.found.list[i].seen);
	csv_look_release(&look);
	init_service_release(&service);
	return ret < 0 ? -1 : EXIT_GOOD;
}
