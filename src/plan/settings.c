/* SPDX-License-Identifier: MIT */
/* Values are compared and kept as the texts that the option takes back: they
 * go through the same parser when they come back, so a later version either
 * understands them or says which one it does not know. */
#include "plan/settings.h"

#include "base/json_write.h"
#include "base/text.h"
#include "errands.h"
#include "http/transport.h"
#include "option_table.h"
#include "plan/plan.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run's options are those of import, whatever the command is called. */
#define RUN_BIT (1U << COMMAND_IMPORT)

struct meter *
settings_meter(const struct settings *o)
{
	return progress_meter(o->view);
}

bool
settings_tell_input(const struct settings *o)
{
	return o->output != NULL || o->format == FORMAT_JSON;
}

struct input_limits
settings_limits(const struct settings *o)
{
	return (struct input_limits){
	    .max_input = o->max_input, .meter = settings_meter(o)};
}

/* The next row with one of `uses`, from *at on; NULL = no more. */
static const struct optspec *
next_row(unsigned uses, size_t *at)
{
	const struct optspec_table *t = options_table();

	while (*at < t->count) {
		const struct optspec *row = &t->items[(*at)++];

		if ((row->uses & uses) && (row->commands & RUN_BIT))
			return row;
	}
	return NULL;
}

static const void *
field_of(const struct settings *o, const struct optspec *row)
{
	return (const char *)o + row->offset;
}

static size_t
place_of(const struct optspec *row)
{
	return (size_t)(row - options_table()->items);
}

static bool
was_given(const struct settings *o, const struct optspec *row)
{
	return o->origins[place_of(row)] >= ORIGIN_PROFILE;
}

static bool
is_flag(const struct optspec *row)
{
	return row->kind == OPTSPEC_FLAG || row->kind == OPTSPEC_REPEAT;
}

void
settings_take_reading(struct settings *o, const struct settings *was)
{
	const struct optspec *row;

	o->encoding = was->encoding;
	o->delimiter = was->delimiter;
	o->quote = was->quote;
	o->header = was->header;
	o->no_header = was->no_header;
	o->skip_lines = was->skip_lines;
	for (size_t at = 0; (row = next_row(SETTING_READING, &at));)
		o->origins[place_of(row)] = ORIGIN_OPTION;
}

void
settings_decided(struct settings *o, const struct plan *p)
{
	struct settings read = *o;

	o->base_url = p->base_url;
	o->procedure = p->procedure;
	read.encoding = p->encoding.name;
	read.delimiter = p->dialect.delimiter;
	read.quote = p->dialect.quote;
	read.header = p->dialect.has_header;
	read.no_header = !p->dialect.has_header;
	read.skip_lines = p->dialect.skip_lines;
	settings_take_reading(o, &read);
}

void
settings_arguments(const struct settings *o, unsigned uses, struct buf *list)
{
	const struct optspec *row;

	json_array(list, NULL);
	for (size_t at = 0; (row = next_row(uses, &at));) {
		const void *field = field_of(o, row);
		struct buf text = BUF_INIT(0);

		if (is_flag(row) ? !optspec_is_set(row, field)
				 : !was_given(o, row) && !row->default_text &&
				       !optspec_is_set(row, field))
			continue;
		buf_addf(&text, "--%s", row->name);
		if (!is_flag(row)) {
			buf_addc(&text, '=');
			optspec_text(row, field, &text);
		}
		json_string(list, NULL, buf_str(&text));
		buf_release(&text);
	}
	json_end_array(list);
}

void
settings_shown(
    const struct settings *o, enum command_id whose, struct buf *list)
{
	static const char *const origins[] = {
	    [ORIGIN_NONE] = "mapping",
	    [ORIGIN_DEFAULT] = "default",
	    [ORIGIN_PROFILE] = "profile",
	    [ORIGIN_ENVIRONMENT] = "environment",
	    [ORIGIN_OPTION] = "option",
	};
	const struct optspec *row;

	json_array(list, NULL);
	for (size_t at = 0; (row = next_row(SETTING_SHOWN, &at));) {
		const void *field = field_of(o, row);
		unsigned origin = (row->commands & (1U << o->command)) != 0
				      ? o->origins[place_of(row)]
				      : ORIGIN_DEFAULT;
		struct buf text = BUF_INIT(0);

		if (!(row->commands & (1U << whose)) ||
		    (!row->default_text && !optspec_is_set(row, field)))
			continue;
		if (row->kind == OPTSPEC_DURATION)
			buf_addf(&text, "%lld",
			    (long long)(*(const int64_t *)field / 1000));
		else
			optspec_text(row, field, &text);
		json_array(list, NULL);
		json_string(list, NULL, row->name);
		json_string(list, NULL, buf_str(&text));
		json_string(list, NULL, origins[origin]);
		json_end_array(list);
		buf_release(&text);
	}
	json_end_array(list);
}

static bool
is_same(const struct settings *a, const struct settings *b,
    const struct optspec *row)
{
	struct buf one = BUF_INIT(0), other = BUF_INIT(0);
	bool same;

	optspec_text(row, field_of(a, row), &one);
	optspec_text(row, field_of(b, row), &other);
	same = strcmp(buf_str(&one), buf_str(&other)) == 0;
	buf_release(&one);
	buf_release(&other);
	return same;
}

static void
add_typed(const struct settings *o, const struct optspec *row, struct buf *out)
{
	struct buf text = BUF_INIT(0);

	buf_addf(out, " --%s", row->name);
	if (!is_flag(row)) {
		optspec_text(row, field_of(o, row), &text);
		buf_addc(out, ' ');
		/* A lone comma would look like the sentence's. */
		if (row->print && text.len == 1)
			text_add_sign(out, text.data[0]);
		else
			shell_quote(out, buf_str(&text));
	}
	buf_release(&text);
}

void
settings_typed(
    const struct settings *o, const struct settings *before, struct buf *out)
{
	const struct optspec *row;

	for (size_t at = 0; (row = next_row(SETTING_READING, &at));) {
		if (before ? is_same(o, before, row) &&
				 (!was_given(o, row) || was_given(before, row))
			   : !was_given(o, row))
			continue;
		if (!is_flag(row) || optspec_is_set(row, field_of(o, row)))
			add_typed(o, row, out);
	}
}

void
settings_typed_place(const struct settings *o, struct buf *out)
{
	const struct optspec *row;

	for (size_t at = 0; (row = next_row(SETTING_PLACE, &at));)
		if (o->origins[place_of(row)] == ORIGIN_OPTION)
			add_typed(o, row, out);
}

void
settings_place_of(const char *base_url, const char *procedure, struct buf *out)
{
	const struct optspec *row;
	struct settings o = {.base_url = base_url, .procedure = procedure};

	for (size_t at = 0; (row = next_row(SETTING_PLACE, &at));) {
		const char *value = *(const char *const *)field_of(&o, row);

		if (value != NULL && value[0] != '\0' &&
		    (row->default_text == NULL ||
			strcmp(row->default_text, value) != 0))
			add_typed(&o, row, out);
	}
}

void
settings_typed_all(const struct settings *o, struct buf *out)
{
	settings_typed_place(o, out);
	settings_typed(o, NULL, out);
}

void
settings_typed_input(const struct settings *o, struct buf *out)
{
	settings_typed_all(o, out);
	for (size_t i = 0; i < o->operand_count; i++) {
		buf_addc(out, ' ');
		shell_quote(out, o->operands[i]);
	}
}

const struct optspec *
settings_differ(const struct settings *now, const struct settings *was)
{
	const struct optspec *row;

	for (size_t at = 0; (row = next_row(SETTING_FIXED, &at));)
		if ((row->commands & (1U << now->command)) &&
		    was_given(now, row) && !is_same(now, was, row))
			return row;
	return NULL;
}

struct shell_where
settings_where(const struct settings *o)
{
	return (struct shell_where){
	    .profile = settings_origin(o, "profile") == ORIGIN_OPTION
			   ? o->profile
			   : NULL,
	    .runs_dir = settings_origin(o, "runs-dir") == ORIGIN_OPTION
			    ? o->runs_dir
			    : NULL,
	};
}

/* Does the command, up to the next one's beginning, say it already? */
static bool
says(const char *command, const char *end, const char *option)
{
	const char *at = strstr(command, option);

	return at != NULL && (end == NULL || at < end);
}

/* What of it the command takes whose name begins there; nothing of a word that
 * is none. `end`: of the command, or NULL. */
static struct shell_where
taken(const char *name, size_t len, const char *end, struct shell_where where)
{
	const struct optspec_table *t = options_table();
	const struct shell_where nothing = {NULL, NULL};
	unsigned c = 0;

	while (c < COMMAND_COUNT &&
	       !text_is((struct text){name, len}, option_commands[c]))
		c++;
	if (c == COMMAND_COUNT)
		return nothing;
	if (optspec_find(t, c, "profile") < 0 || says(name, end, " --profile "))
		where.profile = NULL;
	if (optspec_find(t, c, "runs-dir") < 0 ||
	    says(name, end, " --runs-dir "))
		where.runs_dir = NULL;
	return where;
}

void
settings_say_where(const struct settings *o, struct diag *d)
{
	static const char program[] = "csv2chakra ";
	struct shell_where where = settings_where(o);
	struct buf out = BUF_INIT(sizeof(d->help) - 1);
	const char *at = d->help, *next;

	while ((next = strstr(at, program)) != NULL) {
		size_t len;

		next += sizeof(program) - 1;
		len = strspn(next, "abcdefghijklmnopqrstuvwxyz");
		buf_add(&out, at, (size_t)(next - at) + len);
		shell_add_where(
		    &out, taken(next, len, strstr(next, program), where));
		at = next + len;
	}
	buf_adds(&out, at);
	if (!out.overflow)
		memcpy(d->help, buf_str(&out), out.len + 1);
	buf_release(&out);
}

bool
settings_given(const struct settings *o, const char *name)
{
	int row = optspec_find(options_table(), o->command, name);

	return row >= 0 && o->origins[row] >= ORIGIN_PROFILE;
}

enum optspec_origin
settings_origin(const struct settings *o, const char *name)
{
	int row = optspec_find(options_table(), o->command, name);

	return row >= 0 ? (enum optspec_origin)o->origins[row] : ORIGIN_NONE;
}

FILE *
settings_every_problem(const struct settings *o)
{
	return o->all_problems ? stdout : NULL;
}

void
settings_apply_mapping(struct settings *o, uint64_t chunk_rows,
    uint64_t chunk_bytes, uint64_t in_flight)
{
	const struct {
		const char *name;
		uint64_t value, *to;
	} keys[] = {{"chunk-rows", chunk_rows, &o->chunk_rows},
	    {"chunk-bytes", chunk_bytes, &o->chunk_bytes},
	    {"in-flight", in_flight, &o->submit.in_flight}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int row =
		    optspec_find(options_table(), o->command, keys[i].name);

		if (keys[i].value == 0 || settings_given(o, keys[i].name))
			continue;
		*keys[i].to = keys[i].value;
		if (row >= 0)
			o->origins[row] = ORIGIN_NONE; /* the mapping's */
	}
}

bool
settings_colour(const struct settings *o, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return !o->no_color && (!no_color || *no_color == '\0') && term &&
	       *term != '\0' && strcmp(term, "dumb") != 0 && isatty(fd) == 1;
}

int
expected_rows_check(const struct expected_rows *want, uint64_t records,
    const char *csv_name, struct diag *d)
{
	char have[32], low[32], high[32];

	if (!want->is_set || (records >= want->min && records <= want->max))
		return 0;
	text_count(records, have);
	text_count(want->min, low);
	diag_set(d, DIAG_INPUT,
	    "'%s' has %s record%s, and --expect-rows allows %s%s%s", csv_name,
	    have, records == 1 ? "" : "s", low,
	    want->max == want->min    ? ""
	    : want->max == UINT64_MAX ? " or more"
				      : " to ",
	    want->max == want->min || want->max == UINT64_MAX
		? ""
		: text_count(want->max, high));
	diag_code(d, "input.row_count");
	return diag_help(d, "was the export cut off or empty?");
}

/* A command that goes on with a run takes the run's address: the token of a
 * profile is for the address of that. */
static int
check_profile(const struct settings *o, const char *base_url, struct diag *d)
{
	struct buf own = BUF_INIT(4096), other = BUF_INIT(4096);
	bool is_other = false;

	if (o->profile_url == NULL ||
	    optspec_find(options_table(), o->command, "base-url") >= 0 ||
	    (!o->token_file && !o->token_command) ||
	    (settings_origin(o, "token-file") != ORIGIN_PROFILE &&
		settings_origin(o, "token-command") != ORIGIN_PROFILE))
		return 0;
	if (base_url_normalise(o->profile_url, &own, d) == 0 &&
	    base_url_normalise(base_url, &other, d) == 0)
		is_other = strcmp(buf_str(&own), buf_str(&other)) != 0;
	if (is_other) {
		diag_set(d, DIAG_USAGE,
		    "the run was made with %s, and the token of the profile "
		    "'%s' is for %s",
		    buf_str(&other), o->profile, buf_str(&own));
		diag_code(d, "profile.other");
		diag_help(d, "name the profile that the run was made with by "
			     "--profile, or --profile none and a token");
	}
	buf_release(&own);
	buf_release(&other);
	return d->kind != DIAG_NONE ? -1 : 0;
}

int
settings_connect(const struct settings *o, const char *base_url,
    const char *token, size_t connections, struct transport *t, struct diag *d)
{
	const struct transport_options options = {
	    .base_url = base_url,
	    .token = token,
	    .user_agent = "csv2chakra/" CSV2CHAKRA_VERSION,
	    .ca_file = o->ca_file,
	    .connect_timeout_ms = o->connect_timeout_ms,
	    .idle_timeout_ms = o->timeout_ms,
	    .max_connections = connections,
	    .gzip = o->gzip,
	    .renew = o->token_command && o->errands ? token_renew : NULL,
	    .renew_ctx = o->errands,
	};

	if (check_profile(o, base_url, d) != 0)
		return -1;
	return transport_curl_new(t, &options, d);
}
