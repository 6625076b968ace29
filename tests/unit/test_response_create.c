/* SPDX-License-Identifier: MIT */
/* What the answer to a create means: product's table, line by line. */
#include "chakra/response.h"
#include "response_answer.h"
#include "test.h"

#include <strings.h>

/* An answer to a request that left once. */
struct create_case {
	int status;
	const char *body;
	enum write_verdict verdict;
	const char *code, *job_id;
	bool has_errors;
	const char *words; /* a part of them */
};

static void
check_cases(const struct create_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct create_case *c = &cases[i];
		struct http_response r = answer(c->status, c->body);
		struct write_answer a;
		response_write(&r, verb_of(VERB_CREATE), &a);
		if (a.verdict != c->verdict || a.has_errors != c->has_errors ||
		    strcmp(a.code, c->code) != 0 ||
		    strcmp(a.job_id, c->job_id) != 0 ||
		    strstr(a.words, c->words) == NULL)
			fail_msg("%d %s: %d %s '%s' %d '%s'", c->status,
			    c->body, (int)a.verdict, a.code, a.job_id,
			    a.has_errors, a.words);
		http_response_release(&r);
	}
}

TEST(takes_an_object_without_errors_as_acknowledged)
{
	static const struct create_case cases[] = {
	    {200, "{}", WRITE_ACKED, "http.200", "", false, ""},
	    {201, " {\"x\":1}\r\n", WRITE_ACKED, "http.201", "", false, ""},
	    {202, "{\"_data\":{\"id\":\"j-1\"},\"_errors\":[]}", WRITE_ACKED,
		"http.202", "j-1", false, ""},
	    {200, "{\"_data\":{\"id\":\"j\"},\"_errors\":null}", WRITE_ACKED,
		"http.200", "j", false, ""},
	    {200, "{\"_data\":{\"id\":\"j\"},\"_errors\":{}}", WRITE_ACKED,
		"http.200", "j", false, ""},
	    {299, "{\"_data\":{\"id\":\"j\"},\"_errors\":\"\"}", WRITE_ACKED,
		"http.299", "j", false, ""},
	    /* an id that is not a string is no job */
	    {200, "{\"_data\":{\"id\":17}}", WRITE_ACKED, "http.200", "", false,
		""},
	    {200, "{\"_data\":{\"id\":\"\"}}", WRITE_ACKED, "http.200", "",
		false, ""},
	    {200, "{\"_data\":{\"id\":\"..\"}}", WRITE_ACKED, "http.200", "",
		false, ""},
	    {200, "{\"_data\":{\"id\":\"a b\"}}", WRITE_ACKED, "http.200", "",
		false, ""},
	    {200, "{\"_data\":{\"id\":\"a\\nb\"}}", WRITE_ACKED, "http.200", "",
		false, ""},
	    {200, "{\"_data\":[{\"id\":\"j\"}]}", WRITE_ACKED, "http.200", "",
		false, ""},
	    {200, "{\"_data\":null}", WRITE_ACKED, "http.200", "", false, ""},
	    {200, "{\"id\":\"j\"}", WRITE_ACKED, "http.200", "", false, ""},
	    {200, "\xef\xbb\xbf{\"_data\":{\"id\":\"j\"}}", WRITE_ACKED,
		"http.200", "j", false, ""},
	};

	check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(lets_the_job_decide_when_there_are_errors_and_a_job)
{
	static const struct create_case cases[] = {
	    {200, "{\"_data\":{\"id\":\"j\"},\"_errors\":[\"row 3\"]}",
		WRITE_ACKED, "http.200", "j", true, "row 3"},
	    {200, "{\"_errors\":[\"no good\"]}", WRITE_UNKNOWN, "http.errors",
		"", true, "no good"},
	    {200, "{\"_data\":{\"id\":5},\"_errors\":[{\"message\":\"m\"}]}",
		WRITE_UNKNOWN, "http.errors", "", true, "m"},
	    {200, "{\"_errors\":false}", WRITE_UNKNOWN, "http.errors", "", true,
		"false"},
	    {200, "{\"_errors\":\"no\"}", WRITE_UNKNOWN, "http.errors", "",
		true, "no"},
	    /* a doubled name hides nothing */
	    {200, "{\"_errors\":[],\"_errors\":[\"hidden\"]}", WRITE_UNKNOWN,
		"http.errors", "", true, "hidden"},
	};

	check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(takes_a_success_that_cannot_be_read_as_unknown)
{
	static const char *const bodies[] = {"", " ", "null", "true", "17",
	    "\"ok\"", "[]", "[{}]", "<html><body>OK</body></html>", "OK", "{",
	    "{}x", "{} {}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":01}",
	    "{\"a\":2.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}",
	    "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":-}", "{\"a\":\"\t\"}",
	    "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
	    "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}",
	    "{\"a\":\"\xc0\x80\"}", "{\x0b}", "{\x01}", "{\"a\":tru}",
	    "{\"a\":True}", "{}\\", "{\"", "{\"a\\"};

	EACH (i, bodies) {
		struct http_response r = answer(200, bodies[i]);
		struct write_answer a;
		response_write(&r, verb_of(VERB_CREATE), &a);
		if (a.verdict != WRITE_UNKNOWN || a.words[0] == '\0' ||
		    strcmp(a.code, "http.unreadable") != 0)
			fail_msg("'%s': %d %s '%s'", bodies[i], (int)a.verdict,
			    a.code, a.words);
		http_response_release(&r);
	}
}

TEST(takes_a_success_with_bytes_behind_a_nul_as_unknown)
{
	struct http_response r = answer(200, "{}");
	struct write_answer a;

	buf_add(&r.body, "\0", 1);
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	buf_adds(&r.body, "junk");
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	http_response_release(&r);
}

TEST(takes_a_success_that_is_not_whole_as_unknown)
{
	struct http_response r = answer(200, "{}");
	struct write_answer a;

	r.cut = true;
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	assert_string_equal(a.code, "http.cut");
	assert_non_null(strstr(a.words, "cut off"));
	r.cut = false;
	r.too_large = true;
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	assert_string_equal(a.code, "http.too_large");
	assert_non_null(strstr(a.words, "too large"));
	http_response_release(&r);
}

static enum write_verdict
expected(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 404:
	case 405:
	case 407:
	case 410:
		return WRITE_STOP;
	case 408:
	case 429:
		return WRITE_AGAIN;
	case 413:
		return WRITE_TOO_LARGE;
	default:
		break;
	}
	return status / 100 == 2   ? WRITE_ACKED
	       : status / 100 == 3 ? WRITE_STOP
	       : status / 100 == 4 ? WRITE_REFUSED
				   : WRITE_UNKNOWN;
}

/* A status line that came decides, whatever became of the body. */
TEST(has_a_verdict_for_every_status)
{
	for (int status = 1; status < 1000; status++) {
		struct http_response r = answer(status, "{}");
		struct write_answer a;
		char code[32];
		snprintf(code, sizeof(code), "http.%d", status);
		response_write(&r, verb_of(VERB_CREATE), &a);
		if (a.verdict != expected(status) || strcmp(a.code, code) != 0)
			fail_msg("%d: %d %s", status, (int)a.verdict, a.code);
		r.cut = true;
		response_write(&r, verb_of(VERB_CREATE), &a);
		if (a.verdict !=
		    (status / 100 == 2 ? WRITE_UNKNOWN : expected(status)))
			fail_msg("%d, cut: %d", status, (int)a.verdict);
		http_response_release(&r);
	}
}

TEST(tries_a_503_again_only_with_a_wait_that_can_be_read)
{
	static const struct {
		const char *retry_after;
		enum write_verdict verdict;
	} cases[] = {{"", WRITE_UNKNOWN}, {"5", WRITE_AGAIN},
	    {"0", WRITE_AGAIN}, {"99999999999999999999", WRITE_AGAIN},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", WRITE_AGAIN},
	    {"soon", WRITE_UNKNOWN}, {"-1", WRITE_UNKNOWN}};

	EACH (i, cases) {
		struct http_response r = answer(503, "busy");
		struct write_answer a;
		snprintf(r.retry_after, sizeof(r.retry_after), "%s",
		    cases[i].retry_after);
		response_write(&r, verb_of(VERB_CREATE), &a);
		assert_int_equal(a.verdict, cases[i].verdict);
		assert_string_equal(a.words, "busy");
		http_response_release(&r);
	}
}

TEST(tells_not_sent_from_no_answer_by_what_left)
{
	struct http_response r = answer(0, NULL);
	struct write_answer a;

	snprintf(r.error, sizeof(r.error), "Connection\nrefused");
	r.sends = 0;
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_NOT_SENT);
	assert_string_equal(a.code, "http.not_sent");
	assert_string_equal(a.words, "Connection refused");
	r.untrusted = true;
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_STOP);
	assert_string_equal(a.code, "http.untrusted");
	r.sends = 1;
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	assert_string_equal(a.code, "http.no_answer");
	r.sends = 2;
	r.error[0] = '\0';
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_UNKNOWN);
	assert_string_equal(a.words, "no answer");
	http_response_release(&r);
}

TEST(names_where_a_redirect_leads)
{
	struct http_response r = answer(301, "");
	struct write_answer a;

	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_STOP);
	assert_non_null(strstr(a.words, "without saying where"));
	snprintf(r.location, sizeof(r.location), "https://new.example/\x1b[2J");
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_non_null(strstr(a.words, "https://new.example/"));
	assert_null(strchr(a.words, '\x1b'));
	http_response_release(&r);
}

TEST(leaves_out_a_job_id_that_does_not_fit)
{
	static const char around[] = "{\"_data\":{\"id\":\"%s\"}}";

	for (size_t len = 126; len < 130; len++) {
		char id[160] = "", body[200];
		struct write_answer a;
		memset(id, 'x', len);
		snprintf(body, sizeof(body), around, id);
		struct http_response r = answer(200, body);
		response_write(&r, verb_of(VERB_CREATE), &a);
		assert_int_equal(a.verdict, WRITE_ACKED);
		assert_int_equal(strlen(a.job_id), len < 128 ? len : 0);
		http_response_release(&r);
	}
}

struct words_case {
	int status;
	const char *type, *body, *words;
};

static void
check_words(const struct words_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		char words[512];
		snprintf(r.content_type, sizeof(r.content_type), "%s",
		    cases[i].type);
		response_words(&r, words, sizeof(words));
		if (strcasecmp(words, cases[i].words) != 0)
			fail_msg("'%s': '%s'", cases[i].body, words);
		http_response_release(&r);
	}
}

TEST(finds_words_in_every_shape_of_answer)
{
	static const struct words_case cases[] = {
	    {422, "", "{\"_errors\":[\"bad row\"]}", "bad row"},
	    {422, "", "{\"_errors\":[\"a\",\"b\"]}", "a; b"},
	    {422, "", "{\"_errors\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}",
		"a; b; c; and 2 more"},
	    {422, "", "{\"_errors\":[\"a\",\"b\",\"c\",\"d\"]}",
		"a; b; c; and 1 more"},
	    {422, "", "{\"_errors\":[\"a\",{},null,\"b\"]}", "a; b"},
	    /* words are not looked for deeper than this */
	    {422, "", "{\"_errors\":[[[[\"w\"]]]]}", "w"},
	    {422, "", "{\"_errors\":[[[[[\"w\"]]]]]}", "[[[[[\"w\"]]]]]"},
	    {422, "",
		"{\"_errors\":{\"error\":{\"error\":{\"error\":"
		"{\"error\":\"w\"}}}}}",
		"w"},
	    {422, "",
		"{\"_errors\":{\"error\":{\"error\":{\"error\":"
		"{\"error\":{\"error\":\"w\"}}}}}}",
		"{\"error\":{\"error\":{\"error\":{\"error\":"
		"{\"error\":\"w\"}}}}}"},
	    {422, "", "{\"_errors\":[{\"message\":\"m1\"},\"m2\"]}", "m1; m2"},
	    {422, "", "{\"_errors\":[{\"error\":{\"message\":\"deep\"}}]}",
		"deep"},
	    {422, "", "{\"_errors\":{\"message\":\"one\"}}", "one"},
	    {422, "", "{\"_errors\":\"text\"}", "text"},
	    {422, "", "{\"_errors\":[{\"code\":7}]}", "[{\"code\":7}]"},
	    {422, "", "{\"message\":\"top\",\"_errors\":[]}", "top"},
	    {422, "", "{\"error\":\"str\"}", "str"},
	    {422, "", "{\"error\":{\"message\":\"in error\"}}", "in error"},
	    {422, "", "{\"errors\":[{\"detail\":\"d\"}]}", "d"},
	    {422, "", "{\"message\":\"\",\"error\":\"e\"}", "e"},
	    {422, "", "{\"_data\":{\"statusMessage\":\"s\"}}", "s"},
	    {422, "", "{\"a\":1}", "{\"a\":1}"},
	    {422, "", "\"just text\"", "just text"},
	    {422, "", "[\"x\",\"y\"]", "x; y"},
	    {500, "", "", "an empty answer"},
	    {500, "", " \r\n\t", "an empty answer"},
	    {500, "", "upstream\r\n\r\nfailed", "upstream failed"},
	    {500, "", "a\tb\vc\fd", "a b c d"},
	    {500, "", "esc\x1b[31m", "esc\\x1b[31m"},
	    {500, "", "latin\xe9", "latin\\xe9"},
	    {422, "", "[[[[\"w\"]]]]", "w"},
	    {422, "", "{\"_data\":[[[[\"w\"]]]]}", "{\"_data\":[[[[\"w\"]]]]}"},
	    {500, "", "a<b and c", "a<b and c"},
	};

	check_words(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(finds_words_in_pages)
{
	static const struct words_case cases[] = {
	    {502, "text/html",
		"<html><head><TITLE lang=en>502 Bad\n Gateway</TITLE></head>"
		"<body>nginx</body>",
		"502 Bad Gateway"},
	    {502, "", "<h1>Gone <b>away</b></h1>", "Gone away"},
	    {502, "text/html", "<p>No</p><p>title</p>", "No title"},
	    {502, "text/html; charset=x", "plain after all", "plain after all"},
	    {502, "", "<html></html>", "an empty answer"},
	    {502, "", "<title>", "an empty answer"},
	    {502, "text/html", "plain <b>after</b> all", "plain after all"},
	    {502, "html", "plain <b>after</b> all", "plain after all"},
	    {502, "", " \n<p>No</p>", "No"},
	    {502, "", "<title>T</title><h1>H</h1>", "T"},
	    {502, "", "<h1>H</h1>more", "H"},
	    {502, "", "<title>T<h1>H</h1>", "H"},
	};

	check_words(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(without_an_answer_the_words_are_the_transports)
{
	CASES(cases, int status; const char *error, *body, *words) = {
	    {0, "refused", "", "refused"},
	    {0, "", "", "an empty answer"},
	    {500, "closed", "body", "body"},
	};

	EACH (i, cases) {
		struct http_response r = answer(cases[i].status, cases[i].body);
		char words[64];

		snprintf(r.error, sizeof(r.error), "%s", cases[i].error);
		response_words(&r, words, sizeof(words));
		assert_string_equal(words, cases[i].words);
		http_response_release(&r);
	}
}

/* The words of a large answer stand at its begin. */
TEST(looks_for_words_in_the_first_64_kib)
{
	for (size_t blanks = 65535; blanks <= 65536; blanks++) {
		struct http_response r = answer(500, "");
		char words[64];

		for (size_t i = 0; i < blanks; i++)
			buf_addc(&r.body, ' ');
		buf_addc(&r.body, 'x');
		response_words(&r, words, sizeof(words));
		assert_string_equal(
		    words, blanks < 65536 ? "x" : "an empty answer");
		http_response_release(&r);
	}
}

TEST(shortens_words_at_a_character_in_any_room)
{
	struct http_response r = answer(500, "");
	char words[64];

	for (int i = 0; i < 20000; i++)
		buf_adds(&r.body, "\xc3\xa9");
	for (size_t size = 1; size < sizeof(words); size++) {
		memset(words, '#', sizeof(words));
		response_words(&r, words, size);
		assert_true(strlen(words) < size);
		assert_int_equal(
		    utf8_check(words, strlen(words)), strlen(words));
		if (size > 8)
			assert_non_null(strstr(words, "\xe2\x80\xa6"));
		assert_int_equal(words[size], '#');
	}
	http_response_release(&r);
}

TEST(bears_deep_and_wide_answers)
{
	static const char *const shells[][2] = {
	    {"[", "]"}, {"{\"_errors\":", "}"}, {"{\"error\":", "}"}};
	struct write_answer a;

	for (size_t k = 0; k < 3; k++) {
		for (int depth = 10; depth <= 100000; depth *= 10) {
			struct http_response r = answer(422, "");
			for (int i = 0; i < depth; i++)
				buf_adds(&r.body, shells[k][0]);
			buf_adds(&r.body, "1");
			for (int i = 0; i < depth; i++)
				buf_adds(&r.body, shells[k][1]);
			response_write(&r, verb_of(VERB_CREATE), &a);
			assert_int_equal(a.verdict, WRITE_REFUSED);
			assert_string_not_equal(a.words, "");
			http_response_release(&r);
		}
	}
	struct http_response r = answer(200, "{\"a\":[0");
	for (int i = 0; i < 100000; i++)
		buf_adds(&r.body, ",1.5");
	buf_adds(&r.body, "]}");
	response_write(&r, verb_of(VERB_CREATE), &a);
	assert_int_equal(a.verdict, WRITE_ACKED);
	http_response_release(&r);
}
