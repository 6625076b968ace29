/* SPDX-License-Identifier: MIT */
/* The fields and states of a procedure, from configurations of many forms. */
#include "chakra/response.h"
#include "test.h"

static void
add_items(struct buf *out, const char *what, const struct config_item *items,
    size_t count, size_t unread)
{
	buf_adds(out, what);
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, " %s", items[i].short_id);
		if (items[i].title != NULL)
			buf_addf(out, "=%s", items[i].title);
		if (items[i].type != NULL)
			buf_addf(out, ":%s", items[i].type);
		for (size_t k = 0; k < items[i].option_count; k++)
			buf_addf(out, "|%s", items[i].options[k]);
		buf_adds(out, items[i].is_required ? "!" : "");
	}
	if (unread > 0)
		buf_addf(out, " and %zu", unread);
}

/* "fields a=Title:type|option! and 1; states b; key a". */
static void
check_listing(const char *body, const char *expected)
{
	struct http_response r = {.status = 200, .sends = 1};
	struct config_listing l;
	struct buf said = BUF_INIT(0);
	char words[256] = "";
	struct config *c;

	buf_init(&r.body, 0);
	buf_adds(&r.body, body);
	c = response_config(&r, words, sizeof(words));
	http_response_release(&r);
	if (c == NULL)
		fail_msg("%s: %s", body, words);
	assert_int_equal(config_procedure(c, "lead"), CONFIG_YES);
	assert_true(config_listing_read(c, &l));
	add_items(&said, "fields", l.fields, l.field_count, l.fields_unread);
	add_items(&said, "; states", l.states, l.state_count, l.states_unread);
	buf_addf(&said, "; key %s", l.key != NULL ? l.key : "-");
	if (strcmp(buf_str(&said), expected) != 0)
		fail_msg("%s: '%s'", body, buf_str(&said));
	config_listing_release(&l);
	config_free(c);
	buf_release(&said);
}

/* The team's lists, beside the procedure of which `own` is a part. */
#define TEAM(own, rest)                                                        \
	"{\"procedures\":[{\"id\":\"u-1\",\"shortId\":\"lead\"" own "}]" rest  \
	"}"
#define FIELD(rest) TEAM("", ",\"attributes\":[{\"shortId\":\"a\"," rest "}]")

TEST(a_fact_is_found_under_each_name_that_it_may_have)
{
	CASES(cases, const char *body, *said) = {
	    {FIELD("\"name\":\"A\""), "fields a=A; states; key -"},
	    {FIELD("\"title\":\"A\""), "fields a=A; states; key -"},
	    {FIELD("\"label\":\"A\",\"title\":\"\""),
		"fields a=A; states; key -"},
	    {FIELD("\"isRequired\":true"), "fields a!; states; key -"},
	    {FIELD("\"required\":true"), "fields a!; states; key -"},
	    {FIELD("\"isMandatory\":true"), "fields a!; states; key -"},
	    {FIELD("\"mandatory\":true"), "fields a!; states; key -"},
	    {FIELD("\"mandatory\":false"), "fields a; states; key -"},
	    {FIELD("\"required\":null,\"mandatory\":true"),
		"fields a!; states; key -"},
	    {FIELD("\"type\":\"phone\""), "fields a:phone; states; key -"},
	    {FIELD("\"attributeType\":{\"shortId\":\"phone\",\"name\":\"P\"}"),
		"fields a:phone; states; key -"},
	    {FIELD("\"dataType\":{\"name\":\"phone\"}"),
		"fields a:phone; states; key -"},
	    {FIELD("\"options\":[\"x\",\"y\",\"\"]"),
		"fields a|x|y; states; key -"},
	    {FIELD("\"enumOptions\":[1.50]"), "fields a|1.50; states; key -"},
	    {FIELD("\"enumValues\":{\"k\":{\"value\":\"x\"}}"),
		"fields a|x; states; key -"},
	    {FIELD("\"allowedValues\":[{\"shortId\":\"x\",\"name\":\"X\"}]"),
		"fields a|x; states; key -"},
	    {FIELD("\"values\":[{\"name\":\"x\"},{\"label\":\"y\"},{}]"),
		"fields a|x|y; states; key -"},
	    {FIELD("\"values\":\"x\""), "fields a; states; key -"},
	};

	EACH (i, cases)
		check_listing(cases[i].body, cases[i].said);
}

#define TYPE(link, types)                                                      \
	TEAM("", ",\"attributes\":[{\"shortId\":\"a\",\"type\":" link          \
		 "}],\"attributeTypes\":" types)
#define KEY(link, attributes)                                                  \
	TEAM(",\"primaryKey\":" link, ",\"attributes\":" attributes)

TEST(a_link_leads_to_what_has_its_id_its_short_id_or_its_name)
{
	CASES(cases, const char *body, *said) = {
	    {TYPE("\"t-1\"", "[{\"id\":\"t-1\",\"shortId\":\"phone\"}]"),
		"fields a:phone; states; key -"},
	    {TYPE("\"phone\"", "[{\"id\":\"t-1\",\"shortId\":\"phone\","
			       "\"name\":\"P\"}]"),
		"fields a:phone; states; key -"},
	    {TYPE("\"t-1\"", "{\"t-1\":{\"name\":\"phone\"}}"),
		"fields a:phone; states; key -"},
	    {TYPE("{\"id\":\"t-1\"}", "[{\"id\":\"t-2\",\"name\":\"x\"},"
				      "{\"id\":\"t-1\",\"name\":\"phone\"}]"),
		"fields a:phone; states; key -"},
	    {TYPE("\"t-1\"", "[{\"id\":\"t-2\",\"name\":\"x\"}]"),
		"fields a:t-1; states; key -"},
	    {KEY("\"a-1\"", "[{\"id\":\"a-1\",\"shortId\":\"a\"}]"),
		"fields a; states; key a"},
	    {KEY("\"a\"", "[{\"id\":\"a-1\",\"shortId\":\"a\"}]"),
		"fields a; states; key a"},
	    {KEY("{\"shortId\":\"a\"}", "[{\"shortId\":\"b\"}]"),
		"fields b; states; key a"},
	    /* of another procedure */
	    {KEY("\"a-1\"", "[{\"id\":\"a-1\",\"shortId\":\"a\","
			    "\"procedure\":\"u-2\"},{\"shortId\":\"b\"}]"),
		"fields b; states; key -"},
	};

	EACH (i, cases)
		check_listing(cases[i].body, cases[i].said);
}

TEST(what_the_procedure_lists_goes_first_and_nothing_is_there_twice)
{
	CASES(cases, const char *body, *said) = {
	    {TEAM(",\"attributes\":[\"b\",\"a\"],\"states\":[\"new\"]", ""),
		"fields b a; states new; key -"},
	    /* strings are ids where the team has a list */
	    {TEAM(",\"attributes\":[\"a-1\"]",
		 ",\"attributes\":[{\"id\":\"a-1\",\"shortId\":\"a\"}]"),
		"fields a; states; key -"},
	    {TEAM(",\"attributes\":[{\"shortId\":\"b\"}]",
		 ",\"attributes\":[{\"shortId\":\"a\"},{\"shortId\":\"b\"}]"),
		"fields b a; states; key -"},
	    {TEAM("", ",\"states\":[{\"shortId\":\"s\"},{\"id\":\"s-2\"},3]"),
		"fields; states s and 2; key -"},
	    {TEAM("", ",\"attributes\":{\"a\":{\"type\":\"int\"}}"),
		"fields a:int; states; key -"},
	};

	EACH (i, cases)
		check_listing(cases[i].body, cases[i].said);
}
