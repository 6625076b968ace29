/* SPDX-License-Identifier: MIT */
#include "cli/reading_choices.h"

#include "base/screen.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "cli/pipeline.h"
#include "cli/sources.h"
#include "source/decoder.h"

#include <inttypes.h>
#include <string.h>

/* The encoding is not among them: how much of an input may be read for it
 * differs too much between the commands. */

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
dialect_settle(struct dialect *dialect, const struct options *o, struct diag *d)
{
	if (options_given(o, "delimiter"))
		dialect->delimiter = o->delimiter;
	if (options_given(o, "quote"))
		dialect->quote = o->quote;
	if (o->no_header)
		dialect->has_header = false;
	if (options_given(o, "skip-lines"))
		dialect->skip_lines = o->skip_lines;
	if (dialect->quote != 0 && dialect->quote == dialect->delimiter)
		return diag_set(d, DIAG_USAGE,
		    "the quote and the delimiter are the same character");
	return 0;
}

void
reading_choices_repeat(const struct options *o, struct buf *out)
{
	if (options_given(o, "encoding") && o->encoding) {
		buf_adds(out, " --encoding ");
		shell_quote(out, o->encoding);
	}
	if (options_given(o, "delimiter")) {
		buf_adds(out, " --delimiter ");
		text_add_sign(out, o->delimiter);
	}
	if (options_given(o, "quote")) {
		buf_adds(out, " --quote ");
		if (o->quote)
			text_add_sign(out, o->quote);
		else
			buf_adds(out, "none");
	}
	if (o->no_header)
		buf_adds(out, " --no-header");
	if (options_given(o, "skip-lines"))
		buf_addf(out, " --skip-lines %" PRIu64, o->skip_lines);
}

int
dialect_decide(struct replay_source *from, const char *encoding,
    const char *name, struct dialect *dialect, struct buf *evidence,
    struct diag *d)
{
	struct buf sample = BUF_INIT(DIALECT_SAMPLE + 1);
	struct decoder *dec =
	    decoder_new(replay_byte_source(from), encoding, d);
	bool is_whole = false;
	int ret = -1;

	if (!dec)
		return -1;
	buf_reserve(&sample, DIALECT_SAMPLE);
	while (sample.len < DIALECT_SAMPLE && !is_whole) {
		ssize_t n = decoder_read(dec, sample.data + sample.len,
		    DIALECT_SAMPLE - sample.len, d);
		if (n < 0)
			goto out;
		is_whole = n == 0;
		sample.len += (size_t)n;
	}
	ret = dialect_detect(
	    sample.data, sample.len, is_whole, dialect, evidence, d);
	if (ret < 0 && d->file[0] == '\0')
		diag_at(d, name, 0, 0);
out:
	decoder_free(dec);
	buf_release(&sample);
	replay_rewind(from);
	return ret;
}

uint64_t
decoder_offset_of(void *ctx, uint64_t offset)
{
	return decoder_source_offset(ctx, offset);
}
