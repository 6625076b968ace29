/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions by PCRE2.
 *
 * Every pattern is compiled twice, once to be found anywhere and once bound
 * to both ends of the subject: the JIT knows anchoring only as a property of
 * the compiled code, and asking for it per match would fall back to the
 * interpreter. Limits are in a match context, so that an explosive pattern
 * ends after a fraction of a second; the JIT counts them too. Without JIT (a
 * hardened kernel) the interpreter gives the same answers. \C is refused: it
 * would cut characters in two.
 */
#include "base/xalloc.h"
#include "value/forms.h"
#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATCH_LIMIT 1000000u
#define DEPTH_LIMIT 20000u
#define HEAP_LIMIT_KIB 4096u
#define STACK_BYTES (32u << 10)
#define STACK_MAX_BYTES (1u << 20)

struct pattern {
	pcre2_code *anywhere;
	pcre2_code *whole;
	pcre2_match_context *limits;
	pcre2_match_data *found;
	pcre2_jit_stack *stack;
};

static pcre2_code *
compile(struct text source, uint32_t options, char error[160], size_t *at)
{
	PCRE2_UCHAR words[160];
	PCRE2_SIZE where = 0;
	int number = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(source.s ? source.s : ""),
	    source.len, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | options, &number,
	    &where, NULL);
	if (code) {
		/* No JIT is not an error: the interpreter takes over. */
		(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
		return code;
	}
	if (pcre2_get_error_message(number, words, sizeof(words)) <= 0)
		snprintf((char *)words, sizeof(words), "error %d", number);
	snprintf(error, 160, "%s", (const char *)words);
	*at = where;
	return NULL;
}

static struct pattern *
compile_both(
    struct text source, uint32_t options, char error[160], size_t *error_at)
{
	struct pattern *p = xcalloc(1, sizeof(*p));
	error[0] = '\0';
	*error_at = 0;
	p->anywhere = compile(source, options, error, error_at);
	if (!p->anywhere)
		goto fail;
	p->whole = compile(source, options | PCRE2_ANCHORED | PCRE2_ENDANCHORED,
	    error, error_at);
	if (!p->whole)
		goto fail;
	p->limits = pcre2_match_context_create(NULL);
	p->found = pcre2_match_data_create_from_pattern(p->anywhere, NULL);
	if (!p->limits || !p->found) {
		snprintf(error, 160, "out of memory");
		goto fail;
	}
	/* NULL (no JIT here) leaves the JIT's own small stack. */
	p->stack = pcre2_jit_stack_create(STACK_BYTES, STACK_MAX_BYTES, NULL);
	pcre2_jit_stack_assign(p->limits, NULL, p->stack);
	pcre2_set_match_limit(p->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(p->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(p->limits, HEAP_LIMIT_KIB);
	return p;
fail:
	pattern_free(p);
	return NULL;
}

struct pattern *
pattern_compile(struct text source, char error[160], size_t *error_at)
{
	return compile_both(source, 0, error, error_at);
}

struct pattern *
pattern_compile_at_start(struct text source, char error[160], size_t *error_at)
{
	return compile_both(
	    source, PCRE2_ANCHORED | PCRE2_MATCH_INVALID_UTF, error, error_at);
}

void
pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_data_free(p->found);
	pcre2_match_context_free(p->limits);
	pcre2_jit_stack_free(p->stack);
	pcre2_code_free(p->whole);
	pcre2_code_free(p->anywhere);
	free(p);
}

int
pattern_match(struct pattern *p, struct text subject, bool whole)
{
	const pcre2_code *code = whole ? p->whole : p->anywhere;
	struct text t = {subject.s ? subject.s : "", subject.len};
	PCRE2_SPTR s = (PCRE2_SPTR)t.s;
	int n = PCRE2_ERROR_JIT_BADOPTION;

	/* The JIT's code alone does not ask whether the text is UTF-8. */
	if (text_is_ascii(t))
		n = pcre2_jit_match(
		    code, s, subject.len, 0, 0, p->found, p->limits);
	if (n == PCRE2_ERROR_JIT_BADOPTION) /* there is no such code */
		n = pcre2_match(
		    code, s, subject.len, 0, 0, p->found, p->limits);
	if (n >= 0)
		return 1;
	return n == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

int
pattern_replace(
    struct pattern *p, struct text subject, struct text with, struct buf *out)
{
	/* PCRE2 needs room for a NUL that buf's len does not count. */
	PCRE2_SIZE room = subject.len + with.len + 64;
	for (int attempt = 0; attempt < 2; attempt++) {
		if (!buf_reserve(out, room + 1))
			return -1;
		PCRE2_SIZE size = room;
		int n = pcre2_substitute(p->anywhere,
		    (PCRE2_SPTR)(subject.s ? subject.s : ""), subject.len, 0,
		    PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH |
			PCRE2_SUBSTITUTE_UNSET_EMPTY,
		    p->found, p->limits, (PCRE2_SPTR)(with.s ? with.s : ""),
		    with.len, (PCRE2_UCHAR *)out->data + out->len, &size);
		if (n >= 0) {
			out->len += size;
			out->data[out->len] = '\0';
			return 0;
		}
		/* Whatever was written after len does not belong to it. */
		out->data[out->len] = '\0';
		if (n != PCRE2_ERROR_NOMEMORY)
			return -1;
		room = size;
	}
	return -1;
}
