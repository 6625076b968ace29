/* SPDX-License-Identifier: MIT */
/*
 * One function a part of the format; the names end in their unit, as
 * Prometheus wants it. The last success is a sample of its own, carried over
 * from the file before, so that an alert needs no history: it asks how long
 * ago that was.
 */
#include "base/civil.h"
#include "base/outcome.h"
#include "base/text.h"
#include "report/run_report.h"
#include "system/atomic_file.h"
#include "system/own_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LAST_SUCCESS "csv2chakra_last_success_timestamp_seconds{"
#define LAST_CHANGE "csv2chakra_last_change_timestamp_seconds{"
#define OLD_FILE_MAX 65536

/* A time in such a text, ms; 0 = it is not there. */
static int64_t
find_time(const char *text, const char *name)
{
	const char *at = text;

	while (at != NULL && *at != '\0') {
		const char *end = strchr(at, '\n');
		size_t len = end != NULL ? (size_t)(end - at) : strlen(at);
		const char *value = at + len;
		uint64_t seconds;

		while (value > at && value[-1] != ' ')
			value--;
		if (strncmp(at, name, strlen(name)) == 0 &&
		    text_parse_uint(
			(struct text){value, (size_t)(at + len - value)},
			&seconds) &&
		    seconds < UINT64_C(1) << 40)
			return (int64_t)seconds * 1000;
		at = end != NULL ? end + 1 : NULL;
	}
	return 0;
}

int64_t
metrics_last_success(const char *text)
{
	return find_time(text, LAST_SUCCESS);
}

int64_t
metrics_last_change(const char *text)
{
	return find_time(text, LAST_CHANGE);
}

/* Every file of ours begins with the help of its first sample. */
static bool
has_mark(const char *head, size_t len)
{
	static const char mark[] = "# HELP csv2chakra_";

	return len >= sizeof(mark) - 1 &&
	       memcmp(head, mark, sizeof(mark) - 1) == 0;
}

static void
read_old(struct run_metrics *m, const char *path)
{
	char text[OLD_FILE_MAX + 1];
	size_t len;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return;
	len = fread(text, 1, OLD_FILE_MAX, f);
	fclose(f);
	text[len] = '\0';
	m->last_success_ms = metrics_last_success(text);
	m->last_change_ms = metrics_last_change(text);
}

int
metrics_begin(struct run_metrics *m, const char *path, const char *command,
    const struct clock *clock, struct diag *d)
{
	struct atomic_file probe;

	memset(m, 0, sizeof(*m));
	if (own_path_check(path, has_mark, d) != 0)
		return -1;
	m->path = path;
	m->command = command;
	m->started_ms = clock->wall_ms(clock->ctx);
	m->started_mono_ms = clock->mono_ms(clock->ctx);
	read_old(m, path);
	if (atomic_open_mode(&probe, path, 0644, d) != 0)
		return -1;
	atomic_abort(&probe);
	return 0;
}

static void
note_change(struct run_metrics *m, int64_t began_ms)
{
	if (began_ms > m->last_change_ms)
		m->last_change_ms = began_ms;
}

/* Samples of several runs carry the id of none. */
static void
take_books(struct run_metrics *m, const struct accounts *a, const char *run_id,
    const char *procedure)
{
	snprintf(m->run_id, sizeof(m->run_id), "%s",
	    run_id && !m->has_books ? run_id : "");
	m->has_books = true;
	accounts_add(&m->accounts, a);
	snprintf(m->procedure, sizeof(m->procedure), "%s",
	    procedure ? procedure : "");
}

void
metrics_take(struct run_metrics *m, const struct run_report *r)
{
	struct buf verdict = BUF_INIT(65536);

	if (m == NULL)
		return;
	if (r->folder != NULL && (m->worst_folder[0] == '\0' ||
				     exit_status_worse(r->exit_status,
					 m->worst_status) != m->worst_status)) {
		snprintf(
		    m->worst_folder, sizeof(m->worst_folder), "%s", r->folder);
		snprintf(m->worst_id, sizeof(m->worst_id), "%s",
		    r->run_id ? r->run_id : "");
		m->worst_status = r->exit_status;
		run_report_verdict(r, &verdict);
		snprintf(
		    m->verdict, sizeof(m->verdict), "%s", buf_str(&verdict));
	}
	buf_release(&verdict);
	if (!r->is_undo && r->part_count > 0)
		note_change(m, r->parts[0].started_ms);
	take_books(m, &r->accounts, r->run_id, r->procedure);
}

void
metrics_take_earlier(struct run_metrics *m, const struct accounts *a,
    const struct run_identity *id)
{
	int64_t began_ms;

	if (m == NULL)
		return;
	if (civil_read_iso8601(id->started, &began_ms))
		note_change(m, began_ms);
	take_books(m, a, id->id, id->procedure);
}

/* A label's value: valid UTF-8, with quote, backslash and line end escaped.
 * What a screen would not show is shown as an escape first. */
static void
add_value(struct buf *out, const char *s)
{
	struct buf shown = BUF_INIT(0);

	text_display(&shown, text_of(s), 0);
	for (const char *p = buf_str(&shown); *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *p);
	}
	buf_release(&shown);
}

/* `csv2chakra_NAME{import="leads"`, without the closing brace. */
static void
begin_sample(struct buf *out, const struct run_metrics *m, const char *sample)
{
	const char *slash = strrchr(m->path, '/');
	const char *name = slash != NULL ? slash + 1 : m->path;
	size_t len = strlen(name);
	char stem[256];

	if (len > 5 && strcmp(name + len - 5, ".prom") == 0)
		len -= 5;
	snprintf(stem, sizeof(stem), "%.*s", len < 255 ? (int)len : 255, name);
	buf_addf(out, "csv2chakra_%s{import=\"", sample);
	add_value(out, stem);
	buf_addc(out, '"');
}

static void
add_head(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# HELP csv2chakra_%s %s\n# TYPE csv2chakra_%s gauge\n",
	    name, help, name);
}

static void
add_number(struct buf *out, const struct run_metrics *m, const char *name,
    const char *help, uint64_t n)
{
	add_head(out, name, help);
	begin_sample(out, m, name);
	buf_addf(out, "} %" PRIu64 "\n", n);
}

static void
add_info(struct buf *out, const struct run_metrics *m)
{
	add_head(out, "run_info", "What the other samples describe; always 1");
	begin_sample(out, m, "run_info");
	buf_addf(out, ",command=\"%s\",version=\"" CSV2CHAKRA_VERSION "\"",
	    m->command);
	buf_adds(out, ",run=\"");
	add_value(out, m->run_id);
	buf_adds(out, "\",procedure=\"");
	add_value(out, m->procedure);
	buf_adds(out, "\"} 1\n");
}

static void
add_books(struct buf *out, const struct run_metrics *m)
{
	add_head(out, "rows",
	    "Rows of the run, over all its parts, by what became of them");
	for (int o = 0; o < OUTCOME_COUNT; o++) {
		begin_sample(out, m, "rows");
		buf_addf(out, ",outcome=\"%s\"} %" PRIu64 "\n",
		    outcome_name((enum outcome)o), m->accounts.rows.rows[o]);
	}
	add_number(out, m, "rows_read", "Rows read from the input",
	    m->accounts.rows_read);
	add_number(out, m, "input_bytes",
	    "Bytes of the input, decompressed, as UTF-8", m->accounts.bytes);
}

void
metrics_text(const struct run_metrics *m, int exit_status, int64_t now_ms,
    int64_t duration_ms, struct buf *out)
{
	int64_t success =
	    exit_status == EXIT_GOOD ? now_ms : m->last_success_ms;

	add_info(out, m);
	add_head(out, "exit_status",
	    "Exit status of the command; 0 means success, see csv2chakra(1)");
	begin_sample(out, m, "exit_status");
	buf_addf(out, "} %d\n", exit_status);
	add_number(out, m, "start_timestamp_seconds",
	    "When the command began, seconds since 1970",
	    (uint64_t)(m->started_ms / 1000));
	add_number(out, m, "end_timestamp_seconds",
	    "When the command ended, seconds since 1970",
	    (uint64_t)(now_ms / 1000));
	if (success > 0)
		add_number(out, m, "last_success_timestamp_seconds",
		    "When it last ended with exit status 0",
		    (uint64_t)(success / 1000));
	if (m->last_change_ms > 0)
		add_number(out, m, "last_change_timestamp_seconds",
		    "When the newest run of a new or changed input began",
		    (uint64_t)(m->last_change_ms / 1000));
	add_head(out, "duration_seconds", "How long the command took");
	begin_sample(out, m, "duration_seconds");
	buf_addf(out, "} %" PRId64 ".%03d\n", duration_ms / 1000,
	    (int)(duration_ms % 1000));
	if (m->has_books)
		add_books(out, m);
}

int
metrics_end(const struct run_metrics *m, int exit_status,
    const struct clock *clock, struct diag *d)
{
	struct atomic_file file;
	struct buf text = BUF_INIT(0);
	/* Somebody may have put a file of theirs there since. */
	int ret = own_path_check(m->path, has_mark, d) != 0
		      ? -1
		      : atomic_open_mode(&file, m->path, 0644, d);

	if (ret == 0) {
		metrics_text(m, exit_status, clock->wall_ms(clock->ctx),
		    clock->mono_ms(clock->ctx) - m->started_mono_ms, &text);
		fwrite(buf_str(&text), 1, text.len, file.stream);
		ret = atomic_commit(&file, d);
	}
	buf_release(&text);
	return ret;
}
