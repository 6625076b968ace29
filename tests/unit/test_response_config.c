/* SPDX-License-Identifier: MIT */
/* The configuration of a team in all the shapes that are thinkable. */
#include "chakra/response.h"
#include "test.h"

#include <stdlib.h>

static struct config *
read_config(int status, const char *body, char *words, size_t size)
{
	struct http_response r = {.status = status, .sends = 1};
	struct config *c;

	buf_init(&r.body, 0);
	buf_adds(&r.body, body);
	c = response_config(&r, words, size);
	http_response_release(&r);
	return c;
}

static const char answers[] = "?yne"; /* by enum config_answer */

struct config_case {
	const char *body, *procedure;
	char found;	  /* '?', 'y', 'n', 'e' */
	const char *name; /* asked as an attribute and as a state */
	char attribute, state;
};

#define LEAD "{\"id\":\"u-1\",\"shortId\":\"lead\",\"name\":\"Lead\"}"
#define OTHER "{\"id\":\"u-2\",\"shortId\":\"ticket\"}"

static void
check_cases(const struct config_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct config_case *k = &cases[i];
		char words[256] = "";
		struct config *c =
		    read_config(200, k->body, words, sizeof(words));
		char found, attribute, state;

		if (c == NULL)
			fail_msg("%s: %s", k->body, words);
		found = answers[config_procedure(c, k->procedure)];
		attribute = answers[config_attribute(c, k->name)];
		state = answers[config_state(c, k->name)];
		if (found != k->found || attribute != k->attribute ||
		    state != k->state)
			fail_msg("case %zu, %s: %c %c %c", i, k->body, found,
			    attribute, state);
		config_free(c);
	}
}

TEST(finds_a_procedure_by_short_id_or_id_in_arrays_and_objects)
{
	static const struct config_case cases[] = {
	    {"{\"_data\":{\"procedures\":[" OTHER "," LEAD "]}}", "lead", 'y',
		"x", '?', '?'},
	    {"{\"_data\":{\"procedures\":[" LEAD "]}}", "u-1", 'y', "x", '?',
		'?'},
	    {"{\"data\":{\"procedures\":[" LEAD "]}}", "lead", 'y', "x", '?',
		'?'},
	    {"{\"procedures\":[" LEAD "]}", "lead", 'y', "x", '?', '?'},
	    {"{\"procedures\":{\"lead\":{\"name\":\"Lead\"}}}", "lead", 'y',
		"x", '?', '?'},
	    {"{\"procedures\":{\"u-1\":" LEAD "}}", "lead", 'y', "x", '?', '?'},
	    {"{\"procedures\":{\"u-1\":{\"shortId\":\"lead\"}}}", "u-1", 'y',
		"x", '?', '?'},
	    {"{\"procedures\":[\"lead\",\"ticket\"]}", "lead", 'y', "x", '?',
		'?'},
	    /* a title is not an id, and case counts */
	    {"{\"procedures\":[" LEAD "]}", "Lead", 'n', "x", '?', '?'},
	    {"{\"procedures\":[" OTHER "]}", "lead", 'n', "x", '?', '?'},
	};

	check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(never_says_no_of_a_list_that_it_does_not_recognise)
{
	static const struct config_case cases[] = {
	    {"{}", "lead", '?', "x", '?', '?'},
	    {"{\"_data\":null}", "lead", '?', "x", '?', '?'},
	    {"{\"_data\":[]}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":null}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":[]}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":{}}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":17}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":\"lead\"}", "lead", '?', "x", '?', '?'},
	    {"{\"procedures\":[1,null,[],{},{\"key\":\"lead\"}]}", "lead", '?',
		"x", '?', '?'},
	    {"{\"procedures\":[{\"shortId\":5,\"id\":null}]}", "lead", '?', "x",
		'?', '?'},
	    {"{\"procedures\":[{\"shortId\":\"\"}]}", "", '?', "x", '?', '?'},
	    {"{\"procedures\":[" LEAD "],\"attributes\":[{},3,\"\"],"
	     "\"states\":{}}",
		"lead", 'y', "x", '?', '?'},
	    /* all that is listed belongs to another procedure */
	    {"{\"procedures\":[" LEAD "],\"attributes\":"
	     "[{\"shortId\":\"y\",\"procedure\":\"u-2\"}]}",
		"lead", 'y', "x", '?', '?'},
	    /* uuids that lead nowhere are no names */
	    {"{\"procedures\":[{\"shortId\":\"lead\","
	     "\"attributes\":[\"a-1\"]}],\"attributes\":[]}",
		"lead", 'y', "x", '?', '?'},
	};

	check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

#define WITH(rest) "{\"procedures\":[" LEAD "," OTHER "]," rest "}"

TEST(finds_attributes_and_states_wherever_they_are_linked)
{
	static const struct config_case cases[] = {
	    {WITH("\"attributes\":[{\"shortId\":\"x\",\"procedure\":\"u-1\"}]"),
		"lead", 'y', "x", 'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"x\",\"procedureId\":"
		  "\"lead\"}]"),
		"u-1", 'y', "x", 'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"x\",\"procedure\":"
		  "{\"id\":\"u-1\"}}]"),
		"lead", 'y', "x", 'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"x\",\"procedure\":"
		  "{\"shortId\":\"lead\"}}]"),
		"lead", 'y', "x", 'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"x\",\"procedures\":"
		  "[\"u-2\",\"u-1\"]}]"),
		"lead", 'y', "x", 'y', '?'},
	    {WITH("\"attributes\":{\"x\":{\"type\":\"string\"}}"), "lead", 'y',
		"x", 'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"x\"}]"), "lead", 'y', "x",
		'y', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"y\",\"procedure\":null}]"),
		"lead", 'y', "x", 'n', '?'},
	    {WITH("\"attributes\":[{\"shortId\":\"y\",\"procedure\":\"u-1\"},"
		  "{\"shortId\":\"x\",\"procedure\":\"u-2\"}]"),
		"lead", 'y', "x", 'e', '?'},
	    {WITH("\"states\":[{\"shortId\":\"x\",\"procedure\":\"u-1\"}]"),
		"lead", 'y', "x", '?', 'y'},
	    {WITH("\"states\":[{\"shortId\":\"s\",\"name\":\"x\"}]"), "lead",
		'y', "x", '?', 'y'},
	    {"{\"procedures\":[{\"shortId\":\"lead\",\"states\":[\"y\","
	     "\"x\"]}]}",
		"lead", 'y', "x", '?', 'y'},
	    {"{\"procedures\":[{\"shortId\":\"lead\",\"states\":"
	     "[{\"shortId\":\"y\"}]}]}",
		"lead", 'y', "x", '?', 'n'},
	    {"{\"procedures\":[{\"shortId\":\"lead\",\"attributes\":"
	     "[{\"shortId\":\"x\"}]}]}",
		"lead", 'y', "x", 'y', '?'},
	    /* the procedure lists uuids, the team's list says what they are */
	    {"{\"procedures\":[{\"id\":\"u-1\",\"shortId\":\"lead\","
	     "\"attributes\":[\"a-1\"]}],\"attributes\":[{\"id\":\"a-1\","
	     "\"shortId\":\"x\",\"procedure\":\"u-9\"}]}",
		"lead", 'y', "x", 'y', '?'},
	};

	check_cases(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(says_why_an_answer_cannot_be_read)
{
	CASES(cases, int status; const char *body, *words) = {
	    {200, "", "it is empty"},
	    {200, "<html><title>Sign in</title></html>", "Sign in"},
	    {200, "[1]", "it is not a JSON object"},
	    {200, "{\"procedures\":[", "it is not JSON"},
	    {200, "{\"procedures\":[]} x", "it is not JSON"},
	    {200, "{\"_errors\":[{\"message\":\"no such team\"}]}",
		"no such team"},
	    {502, "{\"message\":\"bad gateway\"}", "bad gateway"},
	};

	EACH (i, cases) {
		char words[256] = "";
		struct config *c = read_config(
		    cases[i].status, cases[i].body, words, sizeof(words));

		if (c != NULL || strstr(words, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].body, words);
	}
}

TEST(names_what_could_have_been_meant)
{
	char words[256];
	size_t count;
	const char **names;
	struct config *c = read_config(200,
	    WITH("\"attributes\":[{\"shortId\":\"city\"},{\"shortId\":\"zip\","
		 "\"procedure\":\"u-2\"},7]"),
	    words, sizeof(words));

	names = config_names(c, CONFIG_ATTRIBUTES, &count);
	assert_int_equal(count, 0); /* no procedure is chosen yet */
	free(names);
	assert_int_equal(config_attribute(c, "city"), CONFIG_CANNOT_TELL);
	assert_string_equal(config_procedure_title(c), "");
	assert_int_equal(config_procedure(c, "lead"), CONFIG_YES);
	assert_string_equal(config_procedure_title(c), "Lead");
	names = config_names(c, CONFIG_PROCEDURES, &count);
	assert_int_equal(count, 2);
	assert_string_equal(names[1], "ticket");
	free(names);
	names = config_names(c, CONFIG_ATTRIBUTES, &count);
	assert_int_equal(count, 1);
	assert_string_equal(names[0], "city");
	free(names);
	config_free(c);
}

/* "short:title:type:options" of each, with ! for what is required. */
static void
add_items(struct buf *b, const struct config_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct config_item *x = &items[i];

		buf_addf(b, "%s%s:%s:%s:", i > 0 ? " " : "", x->short_id,
		    x->title ? x->title : "?", x->type ? x->type : "?");
		for (size_t k = 0; k < x->option_count; k++)
			buf_addf(b, "%s%s", k > 0 ? "|" : "", x->options[k]);
		buf_adds(b, x->is_required ? "!" : "");
	}
}

TEST(lists_what_it_tells_of_a_procedure_in_any_shape)
{
	CASES(cases, const char *body, *key, *fields, *states;
	      size_t unread) = {
	    {"{\"_data\":{\"procedures\":[" LEAD "," OTHER "]}}", NULL, "", "",
		0},
	    {"{\"_data\":{\"procedures\":[" LEAD "],\"attributes\":["
	     "{\"id\":\"a-1\",\"shortId\":\"score\",\"name\":\"Score\","
	     "\"type\":\"integer\",\"procedure\":\"u-1\",\"required\":true},"
	     "{\"id\":\"a-2\",\"shortId\":\"x\",\"procedure\":\"u-2\"},"
	     "{\"id\":\"a-3\",\"type\":\"text\"}]}}",
		NULL, "score:Score:integer:!", "", 1},
	    /* Types by link, options in their shapes, a key by uuid. */
	    {"{\"procedures\":[{\"id\":\"u-1\",\"shortId\":\"lead\","
	     "\"primaryKey\":\"a-1\",\"states\":["
	     "{\"shortId\":\"NEW\",\"name\":\"New\"},\"OPEN\"]}],"
	     "\"attributeTypes\":[{\"id\":\"t-1\",\"name\":\"stringEnum\"}],"
	     "\"attributes\":[{\"id\":\"a-1\",\"shortId\":\"ref\","
	     "\"type\":\"t-1\",\"options\":[\"A\",{\"value\":\"B\"},7,"
	     "{\"no\":1}]}]}",
		"ref", "ref:?:stringEnum:A|B|7", "NEW:New:?: OPEN:?:?:", 0},
	    /* A key of another procedure with the same uuid is not this one's.
	     */
	    {"{\"procedures\":[{\"id\":\"u-1\",\"shortId\":\"lead\","
	     "\"primaryKey\":\"a-1\"}],\"attributes\":["
	     "{\"id\":\"a-1\",\"shortId\":\"wrong\",\"procedure\":\"u-2\"},"
	     "{\"id\":\"a-1\",\"shortId\":\"right\",\"procedure\":\"u-1\"}]}",
		"right", "right:?:?:", "", 0},
	    /* Attributes in the procedure, keyed by short id; a key by name. */
	    {"{\"procedures\":{\"lead\":{\"primaryKeyAttribute\":"
	     "{\"shortId\":\"ref\"},\"attributes\":{\"ref\":{\"label\":"
	     "\"Ref\"},\"n\":null}}}}",
		"ref", "ref:Ref:?:", "", 1},
	};

	EACH (i, cases) {
		char words[256] = "";
		struct config *c =
		    read_config(200, cases[i].body, words, sizeof(words));
		struct config_listing l;
		struct buf fields = BUF_INIT(4096), states = BUF_INIT(4096);

		if (c == NULL)
			fail_msg("%s: %s", cases[i].body, words);
		assert_false(config_listing_read(c, &l));
		config_listing_release(&l);
		assert_int_equal(config_procedure(c, "lead"), CONFIG_YES);
		assert_true(config_listing_read(c, &l));
		add_items(&fields, l.fields, l.field_count);
		add_items(&states, l.states, l.state_count);
		if (strcmp(buf_str(&fields), cases[i].fields) != 0 ||
		    strcmp(buf_str(&states), cases[i].states) != 0 ||
		    l.fields_unread != cases[i].unread ||
		    !l.key != !cases[i].key ||
		    (l.key && strcmp(l.key, cases[i].key) != 0))
			fail_msg("%s:\n%s\n%s\n%zu %s", cases[i].body,
			    buf_str(&fields), buf_str(&states), l.fields_unread,
			    l.key ? l.key : "-");
		buf_release(&fields);
		buf_release(&states);
		config_listing_release(&l);
		config_free(c);
	}
}
