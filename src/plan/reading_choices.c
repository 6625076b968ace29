/* SPDX-License-Identifier: MIT */
/* The encoding is not among them: how much of an input may be read for it
 * differs too much between the commands. */
#include "plan/reading_choices.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "input/decoder.h"
#include "plan/plan.h"
#include "plan/reading.h"

#include <string.h>
#include <strings.h>

static bool
ends_with(struct text name, const char *ending)
{
	size_t len = strlen(ending);

	return name.len > len &&
	       strncasecmp(name.s + name.len - len, ending, len) == 0;
}

/* Does the name, without the ending of a compressed file, end as one of
 * these? */
static bool
ends_as_one_of(const char *name, const char *const *endings)
{
	static const char *const packed[] = {
	    ".gz", ".zst", ".xz", ".bz2", ".zip"};
	struct text rest = text_of(name);

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (ends_with(rest, packed[i])) {
			rest.len -= strlen(packed[i]);
			break;
		}
	for (; *endings; endings++)
		if (ends_with(rest, *endings))
			return true;
	return false;
}

bool
operand_is_csv(const char *name)
{
	static const char *const endings[] = {
	    ".csv", ".tsv", ".tab", ".psv", ".txt", NULL};

	return ends_as_one_of(name, endings);
}

bool
name_is_table(const char *name)
{
	static const char *const endings[] = {".csv", ".tsv", NULL};

	return ends_as_one_of(name, endings);
}

bool
operand_is_mapping(const char *name)
{
	struct text t = text_of(name);

	return ends_with(t, ".yaml") || ends_with(t, ".yml");
}

char *
operand_path(const char *operand)
{
	bool is_file_behind =
	    strcmp(operand, "-") == 0 && !input_needs_spool(operand);

	return xstrdup(is_file_behind ? "/dev/stdin" : operand);
}

const char *
operand_name(const char *operand)
{
	return strcmp(operand, "-") == 0 ? "<stdin>" : operand;
}

int
dialect_settle(
    struct dialect *dialect, const struct settings *o, struct diag *d)
{
	if (settings_given(o, "delimiter"))
		dialect->delimiter = o->delimiter;
	if (settings_given(o, "quote")) {
		dialect->quote = o->quote;
		dialect->says_quote = true;
	}
	if (o->header && o->no_header)
		return diag_set(d, DIAG_USAGE,
		    "--header and --no-header cannot both be true");
	if (o->header || o->no_header) {
		dialect->has_header = o->header;
		dialect->says_header = true;
	}
	if (settings_given(o, "skip-lines")) {
		dialect->skip_lines = o->skip_lines;
		dialect->says_skip_lines = true;
	}
	if (dialect->quote != 0 && dialect->quote == dialect->delimiter)
		return diag_set(d, DIAG_USAGE,
		    "the quote and the delimiter are the same character");
	return 0;
}

int
first_bytes_decode(struct first_bytes *b, struct replay_source *from,
    const char *encoding, struct diag *d)
{
	struct decoder *dec =
	    decoder_new(replay_byte_source(from), encoding, d);
	ssize_t n = 1;

	buf_init(&b->bytes, DIALECT_SAMPLE + 1);
	b->is_whole = false;
	if (!dec)
		return -1;
	buf_reserve(&b->bytes, DIALECT_SAMPLE);
	while (b->bytes.len < DIALECT_SAMPLE && n > 0) {
		n = decoder_read(dec, b->bytes.data + b->bytes.len,
		    DIALECT_SAMPLE - b->bytes.len, d);
		if (n > 0)
			b->bytes.len += (size_t)n;
	}
	b->is_whole = n == 0;
	decoder_free(dec);
	replay_rewind(from);
	return n < 0 ? -1 : 0;
}

void
first_bytes_release(struct first_bytes *b)
{
	buf_release(&b->bytes);
}

int
dialect_decide(const struct first_bytes *b, const char *name,
    struct dialect *dialect, struct buf *evidence, struct front *front,
    struct diag *d)
{
	if (dialect_detect(b->bytes.data, b->bytes.len, b->is_whole, dialect,
		evidence, d) < 0)
		return d->file[0] == '\0' ? diag_at(d, name, 0, 0) : -1;
	front_judge(front, b->bytes.data, b->bytes.len, b->is_whole, dialect);
	return 0;
}

uint64_t
decoder_offset_of(void *ctx, uint64_t offset)
{
	return decoder_source_offset(ctx, offset);
}
