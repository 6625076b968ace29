/* SPDX-License-Identifier: MIT */
/*
 * Two readers of one changes.csv: the chunker asks ahead of the submitter, and
 * each goes through the file once, beside the rows.
 */
#include "changes.h"

#include "base/hash.h"
#include "base/json_read.h"
#include "base/xalloc.h"
#include "chakra/verb.h"
#include "import/run_facts.h"
#include "plan/reading.h"
#include "results/row_files.h"
#include "shared_keys.h"
#include "system/atomic_file.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run_changes {
	struct changes_binding binding; /* of a new run */
	const char *folder;		/* … borrowed */
	char *path;			/* of changes.csv, later of the copy */
	const char *mode;
	struct change_reader *for_chunker, *for_submitter;
	struct row_gate gate;
	struct diag failure; /* of the chunker's */
	/* The check: the row that must come next. */
	const struct recorded_row *expected;
};

static void
prepare(void *ctx, struct record *rec)
{
	struct run_changes *c = ctx;
	const struct recorded_row *row;
	int got;

	if (c->failure.kind != DIAG_NONE)
		return;
	got = change_reader_find(c->for_chunker, rec->row, &row, &c->failure);
	if (got == 0)
		rec->skip_code = "rows.not_named";
}

/* Nothing is sent by a list that cannot be read. */
static bool
admit(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct run_changes *c = ctx;

	(void)rec;
	(void)key;
	(void)check_first;
	if (c->failure.kind == DIAG_NONE)
		return true;
	(void)problem_add(problems, PROBLEM_REJECT, STAGE_MAP,
	    "changes.damaged", PROBLEM_NO_COLUMN, (struct text){"", 0}, "%s",
	    c->failure.message);
	return false;
}

/* From here on it goes by the file at `path`, which it owns. */
static int
go_by(struct run_changes *c, char *path, struct diag *d)
{
	change_reader_free(c->for_chunker);
	change_reader_free(c->for_submitter);
	free(c->path);
	c->path = path;
	c->for_chunker = change_reader_open(path, c->mode, d);
	c->for_submitter =
	    c->for_chunker ? change_reader_open(path, c->mode, d) : NULL;
	return c->for_submitter ? 0 : -1;
}

static struct run_changes *
open_file(char *path, struct plan *p, struct diag *d)
{
	struct run_changes *c = xcalloc(1, sizeof(*c));

	c->mode = mapping_mode_name(p->mapping->mode);
	if (go_by(c, path, d)) {
		run_changes_free(c);
		return NULL;
	}
	c->gate =
	    (struct row_gate){.ctx = c, .prepare = prepare, .admit = admit};
	p->chunker_options.gate = &c->gate;
	return c;
}

void
run_changes_free(struct run_changes *c)
{
	if (c == NULL)
		return;
	change_reader_free(c->for_chunker);
	change_reader_free(c->for_submitter);
	free(c->path);
	free(c);
}

static char *
path_in(const char *folder, const char *name)
{
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s/%s", folder, name);
	return buf_detach(&path);
}

/*
 * What it is bound to.
 */

static int
differs(const char *folder, const char *what, const char *was, const char *is,
    struct diag *d)
{
	if (was[0] != '\0')
		diag_set(d, DIAG_USAGE,
		    "'%s' lists changes for another %s: '%.200s', and this is "
		    "'%.200s'",
		    folder, what, was, is);
	else
		diag_set(d, DIAG_USAGE, "'%s' lists changes for another %s",
		    folder, what);
	diag_code(d, "changes.other");
	return diag_help(
	    d, "nothing was sent; csv2chakra diff lists those of this one");
}

static bool
has_sum(struct text bytes, const char *sum)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];

	sha256_of(bytes.s, bytes.len, digest);
	sha256_hex(digest, hex);
	return strcmp(hex, sum) == 0;
}

static int
check_binding(const struct run_changes *c, const struct plan *p, struct diag *d)
{
	const struct changes_binding *b = &c->binding;
	const char *mode = mapping_mode_name(p->mapping->mode);
	bool is_back = b->way_back_of[0] != '\0';
	char mapping_key[65];

	if (strcmp(b->mode, mode) != 0)
		return differs(c->folder, "mode", b->mode, mode, d);
	if (strcmp(b->base_url, p->base_url) != 0)
		return differs(
		    c->folder, "address", b->base_url, p->base_url, d);
	if (strcmp(b->procedure, p->procedure) != 0)
		return differs(
		    c->folder, "procedure", b->procedure, p->procedure, d);
	if (is_back && strcmp(b->input_sha256, p->sha256_hex) != 0)
		return differs(c->folder, "input", "", "", d);
	if (is_back)
		return has_sum(p->mapping->bytes, b->mapping_sha256)
			   ? 0
			   : differs(c->folder, "mapping", "", "", d);
	if (strcmp(b->input_key, p->input_key) != 0)
		return differs(c->folder, "input", "", "", d);
	import_changes_key(p, mapping_key);
	return strcmp(b->mapping_key, mapping_key) == 0
		   ? 0
		   : differs(c->folder, "mapping", "", "", d);
}

struct run_changes *
run_changes_open(const char *folder, struct plan *p, struct diag *d)
{
	struct changes_binding binding;
	struct run_changes *c;

	if (p->mapping->mode == MODE_CREATE) {
		diag_set(d, DIAG_USAGE,
		    "--changes needs a mapping that changes processes; this "
		    "one creates them");
		diag_help(d, "write mode: update or mode: upsert, or leave out "
			     "--changes");
		return NULL;
	}
	if (changes_read_binding(folder, &binding, d))
		return NULL;
	c = open_file(path_in(folder, CHANGES_CSV), p, d);
	if (c == NULL)
		return NULL;
	c->binding = binding;
	c->folder = folder;
	if (check_binding(c, p, d) == 0)
		return c;
	run_changes_free(c);
	p->chunker_options.gate = NULL;
	return NULL;
}

int
run_changes_operands(
    const char *folder, char **mapping, char **csv, struct diag *d)
{
	struct changes_binding b;

	if (changes_read_binding(folder, &b, d))
		return -1;
	if (b.way_back_of[0] == '\0') {
		diag_set(d, DIAG_USAGE,
		    "'%s' lists changes of a file: MAPPING and CSV are missing",
		    folder);
		return diag_help(d,
		    "name those that csv2chakra diff was run with; only the "
		    "way back of a run has them in its folder");
	}
	*mapping = path_in(folder, WAY_BACK_MAPPING);
	*csv = path_in(folder, WAY_BACK_INPUT);
	return 0;
}

/*
 * What it names, against the rows.
 */

static int
refuse(const struct run_changes *c, const struct recorded_row *row,
    const char *words, const char *field, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "'%s', line %llu: row %llu %s%s", c->path,
	    (unsigned long long)row->line, (unsigned long long)row->row, words,
	    field);
	diag_code(d, "changes.not_of_input");
	return diag_help(d,
	    "nothing was sent; put the line back as csv2chakra diff wrote it, "
	    "or delete it");
}

static int
check_row(const struct run_changes *c, const struct chunk *k,
    const struct chunk_row *row, struct diag *d)
{
	const struct recorded_row *e = c->expected;
	struct text json = {k->body.data + row->json_at, row->json_len};
	struct buf text = BUF_INIT(0);
	struct json_walk w;
	struct text name, after;
	int ret = 0;

	json_decode(
	    (struct text){k->body.data + row->key_at, row->key_len}, &text);
	if (!text_equal(buf_text(&text), e->key))
		ret = refuse(c, e, "has another key in the input", "", d);
	json_walk_begin(&w, e->after);
	while (ret == 0 && json_walk_next(&w, &name, &after)) {
		struct text wanted;

		buf_clear(&text);
		json_decode(name, &text);
		wanted = process_field(json, buf_str(&text));
		if (wanted.s == NULL)
			ret = refuse(c, e, "has no field ", buf_str(&text), d);
		else if (!json_same(wanted, after))
			ret = refuse(c, e,
			    "has another value in the input than 'after' "
			    "says, for ",
			    buf_str(&text), d);
	}
	buf_release(&text);
	return ret;
}

static int
expect_next(struct run_changes *c, struct diag *d)
{
	int got = change_reader_next(c->for_submitter, &c->expected, d);

	if (got == 0)
		c->expected = NULL;
	return got < 0 ? -1 : 0;
}

static int
check_chunk(void *ctx, const struct chunk *k, struct diag *d)
{
	struct run_changes *c = ctx;

	for (size_t i = 0; i < k->row_count; i++) {
		if (c->expected != NULL && c->expected->row < k->rows[i].row)
			break;
		if (c->expected == NULL || c->expected->row != k->rows[i].row) {
			diag_set(d, DIAG_INPUT,
			    "'%s' changed while it was read", c->path);
			return -1;
		}
		if (check_row(c, k, &k->rows[i], d) || expect_next(c, d))
			return -1;
	}
	if (c->failure.kind == DIAG_NONE)
		return 0;
	*d = c->failure;
	return -1;
}

int
run_changes_check(struct run_changes *c, struct plan *p, struct diag *d)
{
	struct chunker_options whole = p->chunker_options;

	whole.limit = 0;
	if (expect_next(c, d) || reading_ahead(p, &whole, check_chunk, c, d))
		return -1;
	/* The rows that came after it are no longer of interest. */
	return c->expected == NULL
		   ? 0
		   : refuse(c, c->expected,
			 "is not among the rows that the mapping sends", "", d);
}

/*
 * The run's own.
 */

int
run_changes_keep(struct run_changes *c, const struct run *run, struct diag *d)
{
	char *to = run_path(run, RUN_CHANGES);

	if (atomic_copy(c->path, to, d) == 0)
		return go_by(c, to, d);
	free(to);
	return -1;
}

int
run_changes_reopen(struct run_changes **out, const struct run *run,
    struct ledger *l, struct plan *p, struct diag *d)
{
	char *sum;

	*out = NULL;
	if (ledger_get(l, META_CHANGES_SUM, &sum, d))
		return -1;
	if (sum == NULL)
		return 0;
	free(sum);
	*out = open_file(run_path(run, RUN_CHANGES), p, d);
	return *out ? 0 : -1;
}

static int
recorded(void *ctx, uint64_t row, struct text *fields, struct text *process_id,
    struct diag *d)
{
	struct run_changes *c = ctx;
	const struct recorded_row *r;
	int got = change_reader_find(c->for_submitter, row, &r, d);

	if (got == 0) {
		diag_set(
		    d, DIAG_INPUT, "'%s' changed while it was read", c->path);
		return -1;
	}
	if (got < 0)
		return -1;
	*fields = r->is_new ? TEXT_LITERAL("") : r->before;
	*process_id = r->process_id;
	return 0;
}

void
run_changes_tell(struct run_changes *c, struct submitter_options *o)
{
	if (c == NULL)
		return;
	o->recorded = recorded;
	o->recorded_ctx = c;
}

void
run_changes_command(const struct settings *o, struct buf *out)
{
	shell_command(out, "import", settings_where(o));
	if (o->output) {
		shell_add(out, "--changes");
		shell_add(out, o->output);
	}
	settings_typed_input(o, out);
}
