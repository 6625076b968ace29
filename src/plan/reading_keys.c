/* SPDX-License-Identifier: MIT */
/*
 * Unique keys beyond --unique-memory: the second reading, and when it is made.
 *
 * It is made in the middle of the first one, which then goes on. Refused: to
 * begin anew, for what was written by then stands; and to count the rows
 * ahead, which is a reading of its own for all files that fit.
 */
#include "reading_keys.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "plan/reading.h"
#include "system/atomic_file.h"
#include "system/clock.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one object may take while it is built, as in a chunk. */
#define OBJECT_MAX ((size_t)32 << 20)

/* Records between two looks at the stop flag. */
#define LOOK_EVERY 4096

const char *
keys_folder_default(void)
{
	const char *folder = getenv("TMPDIR");

	return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

static const char *
folder_of(const struct plan *p)
{
	return p->keys_folder ? p->keys_folder : keys_folder_default();
}

/* Reads all records through a builder that collects. 1 = the input failed. */
static int
collect(struct reading *r, const struct row_gate *gate, struct key_spool *s,
    struct diag *d)
{
	struct problem_list problems;
	struct buf out = BUF_INIT(OBJECT_MAX);
	struct built_row built;
	struct record rec;
	int event = READER_BLANK, ret = 0;

	problem_list_init(&problems);
	for (uint64_t n = 0; ret == 0 && event != READER_END; n++) {
		problem_list_clear(&problems);
		buf_clear(&out);
		if (n % LOOK_EVERY == 0)
			ret = key_spool_check(s, d) ? -1 : diag_stopped(d);
		if (ret == 0)
			event = reader_next(r->reader, &rec, &problems, d);
		if (ret == 0 && event < 0)
			ret = d->kind == DIAG_INPUT ? 1 : -1;
		if (ret != 0 || event != READER_RECORD)
			continue;
		if (gate != NULL)
			gate->prepare(gate->ctx, &rec);
		(void)builder_row(r->builder, &rec,
		    reader_record_is_empty(r->reader, &rec), &out, &problems,
		    &built);
	}
	problem_list_release(&problems);
	buf_release(&out);
	if (ret != 0)
		return ret;
	return key_spool_check(s, d) ? -1
				     : builder_check_verdicts(r->builder, d);
}

int
plan_collect_keys(struct plan *p, const struct row_gate *gate,
    struct key_spool *s, size_t file, uint64_t *records, struct diag *d)
{
	struct reading *again = reading_open(p, d);
	struct diag why = DIAG_INIT;
	int ret;

	if (again == NULL)
		return -1;
	builder_collect(again->builder, s, file);
	if (p->verdicts)
		builder_ask_verdicts(
		    again->builder, p->verdicts, p->verdicts_file);
	ret = collect(again, gate, s, &why);
	*records = reader_tally(again->reader)->records;
	reading_free(again);
	/* What was read to its end once does not fail but by a change. */
	if (ret == 0 || (ret > 0 && !p->has_survey))
		return 0;
	*d = why;
	return -1;
}

void
plan_use_verdicts(struct plan *p, struct key_verdicts *v, size_t file)
{
	p->verdicts = v;
	p->verdicts_file = file;
	p->borrows_verdicts = true;
}

/* Values of unique fields that the input, which was surveyed, may hold. */
static uint64_t
most_values(const struct plan *p)
{
	return p->has_survey ? p->survey.lines + 1 : 0;
}

/* A limit of 0 is none: preview has no such option. */
static bool
may_pass(const struct plan *p)
{
	uint64_t max = p->settings.unique_memory;

	return max > 0 && most_values(p) > 0 &&
	       builder_unique_most(p->mapping, most_values(p)) > max;
}

uint64_t
plan_keys_bytes(const struct plan *p)
{
	return p->verdicts == NULL && may_pass(p)
		   ? most_values(p) * p->mapping->unique_count * KEY_SPOOL_BYTES
		   : 0;
}

/* What to do where the folder is the trouble. */
static int
help_folder(const struct plan *p, struct diag *d)
{
	if (d->kind != DIAG_DISK || d->help[0] != '\0')
		return -1;
	return diag_help(d, "%s, or raise --unique-memory",
	    p->keys_folder ? "free that folder's disk or its permissions"
			   : "name another folder with TMPDIR");
}

static void
take_path(void *ctx, struct field *f)
{
	struct text *paths = ctx;

	if (f->unique_slot >= 0)
		paths[f->unique_slot] = f->path;
}

struct key_spool *
plan_spool_new(
    const struct plan *p, const struct key_spool_options *like, struct diag *d)
{
	static const unsigned char none[sizeof(like->seed)] = {0};
	struct clock clock = FAULT_CLOCK(clock_system());
	struct key_spool_options o = *like;
	size_t count = p->mapping->unique_count;
	struct text *paths = xcalloc(count, sizeof(*paths));
	struct key_spool *s;

	mapping_each_field(p->mapping, take_path, paths);
	o.fields = count;
	o.paths = paths;
	if (o.folder == NULL)
		o.folder = folder_of(p);
	for (size_t i = 0;
	     memcmp(like->seed, none, sizeof(none)) == 0 && i < sizeof(o.seed);
	     i += sizeof(uint64_t)) {
		uint64_t bits = clock.random(clock.ctx);

		memcpy(o.seed + i, &bits, sizeof(bits));
	}
	s = key_spool_new(&o, d);
	free(paths);
	return s;
}

/* The verdicts of the plan, made for the gate of reading r. */
static int
make_verdicts(struct reading *r, struct diag *d)
{
	const struct key_spool_options alone = {.folder = NULL};
	struct plan *p = r->plan;
	struct meter *meter = settings_meter(&p->settings);
	const char *was;
	struct key_spool *s;
	uint64_t records;

	if (disk_room_check(
		folder_of(p), plan_keys_bytes(p), "the unique keys", d))
		return -1;
	was = meter_phase(meter, "comparing keys");
	s = plan_spool_new(p, &alone, d);
	if (s != NULL && plan_collect_keys(p, r->gate, s, 0, &records, d) == 0)
		p->verdicts = key_spool_settle(s, d);
	key_spool_free(s);
	(void)meter_phase(meter, NULL);
	(void)meter_phase(meter, was);
	return p->verdicts != NULL ? 0 : help_folder(p, d);
}

static void
say_kept(struct plan *p)
{
	char size[32];

	struct meter *meter = settings_meter(&p->settings);

	p->keeps_keys = true;
	if (p->settings.quiet)
		return;
	(void)meter_phase(meter, meter_phase(meter, NULL));
	log_note(
	    "note: a pipe cannot be read twice: its unique keys stay in "
	    "memory, more than the %s bytes of --unique-memory, at most 40 "
	    "bytes a key; name a file, and they go to the disk\n",
	    text_count(p->settings.unique_memory, size));
}

static bool
has_passed(const struct reading *r)
{
	uint64_t max = r->plan->settings.unique_memory;

	return max > 0 && r->plan->mapping->unique_count > 0 &&
	       builder_unique_bytes(r->builder) > max;
}

int
keys_before_chunk(void *ctx, struct diag *d)
{
	struct reading *r = ctx;
	struct plan *p = r->plan;

	if (builder_asks_verdicts(r->builder) || p->keeps_keys)
		return 0;
	if (p->verdicts == NULL) {
		if (!has_passed(r) || builder_retells(r->builder))
			return 0;
		if (!input_is_regular(p->input)) {
			say_kept(p);
			return 0;
		}
		builder_forget_keys(r->builder);
		if (make_verdicts(r, d))
			return -1;
	}
	builder_ask_verdicts(r->builder, p->verdicts, p->verdicts_file);
	return 0;
}

int
reading_settle_keys(struct reading *r, struct diag *d)
{
	struct plan *p = r->plan;

	return p->verdicts == NULL && may_pass(p) ? make_verdicts(r, d) : 0;
}
