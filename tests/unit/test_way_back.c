/* SPDX-License-Identifier: MIT */
/* The folder that takes an update back. That an import of it restores what was
 * there is tests/e2e/changes.bats. */
#include "base/xalloc.h"
#include "mapping/mapping.h"
#include "chakra/verb.h"
#include "results/row_files.h"
#include "temp_folder.h"
#include "test.h"

struct state {
	char base[256]; /* temp_folder_tear_down */
	char folder[300];
	struct text send_only;
	struct way_back_target target;
	struct diag d;
};

static int
set_up(void **state)
{
	struct state *s = xcalloc(1, sizeof(*s));

	*state = s;
	if (!temp_folder_make(s->base, sizeof(s->base), "way_back"))
		return -1;
	snprintf(s->folder, sizeof(s->folder), "%s/back", s->base);
	s->send_only = TEXT_LITERAL("state");
	s->target = (struct way_back_target){.folder = s->folder,
	    .run_id = "R-1",
	    .mode = mapping_mode_name(MODE_UPDATE),
	    .procedure = "lead",
	    .base_url = "https://chakra.example",
	    .key_name = "lead_id",
	    .send_only = &s->send_only,
	    .send_count = 1};
	s->d = (struct diag)DIAG_INIT;
	return 0;
}

static char *
text_in(const struct state *s, const char *name)
{
	static char text[4096];
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void
add(struct way_back *w, const char *key, const char *before, const char *sent)
{
	struct buf after = BUF_INIT(0);

	fields_like(text_of(before), text_of(sent), &after);
	way_back_add(w, &(struct way_back_row){.key = text_of(key),
			    .process_id = "p-1",
			    .before = text_of(before),
			    .after = buf_text(&after)});
	buf_release(&after);
}

TEST_WITH(before_and_after_change_places, set_up, temp_folder_tear_down)
{
	struct state *s = *state;
	struct way_back *w = way_back_new(&s->target, &s->d);

	assert_non_null(w);
	add(w, "\"=A\\n1\"", "{\"data.score\":105,\"state\":\"NEW\"}",
	    "{\"lead_id\":\"=A\\n1\",\"state\":\"WON\",\"data\":{\"score\":7}"
	    "}");
	add(w, "\"B\"", "{\"record.data.mail\":null}",
	    "{\"lead_id\":\"B\",\"record\":{\"data\":{\"mail\":\"b@x\"}}}");
	assert_int_equal(way_back_commit(w, &s->d), 0);
	way_back_free(w);
	assert_string_equal(text_in(s, "changes.csv"),
	    "row,key,process_id,verb,field,before,after\n"
	    "2,\"'=A\n1\",p-1,update,data.score,7,105\n"
	    "2,\"'=A\n1\",p-1,update,state,\"\"\"WON\"\"\",\"\"\"NEW\"\"\"\n"
	    "3,B,p-1,update,record.data.mail,\"\"\"b@x\"\"\",null\n");
	assert_string_equal(text_in(s, "rows.csv"),
	    "key,data.score,state,record.data.mail\n"
	    "\"'=A\n1\",105,\"\"\"NEW\"\"\",\n"
	    "'B,,,null\n");
	assert_non_null(strstr(text_in(s, "mapping.yaml"),
	    "  replace: {pattern: \"^'\", with: \"\"}\n"
	    "\"state\": {index: 3, type: json}\n"
	    "data:\n"
	    "  \"score\": {index: 2, type: json}\n"
	    "record:\n"
	    "  data:\n"
	    "    \"mail\": {index: 4, type: json}\n"
	    "update:\n"
	    "  send_only: [\"state\"]\n"));
	assert_non_null(
	    strstr(text_in(s, "changes.json"), "\"way_back_of\":\"R-1\""));
}

TEST_WITH(
    its_mapping_is_good_whatever_the_names_are, set_up, temp_folder_tear_down)
{
	struct state *s = *state;
	struct diagnostics list = {0};
	struct mapping *m;
	struct way_back *w;
	char path[400];

	s->target.procedure = "a \"quoted\" id: {#}";
	s->target.key_name = "ticket no";
	s->target.key_in_data = true;
	w = way_back_new(&s->target, &s->d);
	assert_non_null(w);
	add(w, "12",
	    "{\"status\":\"OPEN\",\"data.\\u2028\xc2\x85: [\\\"\":1,"
	    "\"data.\xe2\x80\xa8x\":{\"a\":[]},\"score\":null,"
	    "\"nextActionAt\":5,\"assignedTo\":\"u\",\"city\":\"Goa\"}",
	    "{\"data\":{\"ticket no\":12}}");
	assert_int_equal(way_back_commit(w, &s->d), 0);
	way_back_free(w);
	snprintf(path, sizeof(path), "%s/mapping.yaml", s->folder);
	m = mapping_load(path, &list);
	assert_non_null(m);
	assert_int_equal(list.count, 0);
	assert_int_equal(m->mode, MODE_UPDATE);
	mapping_free(m);
	diagnostics_release(&list);
	assert_string_equal(strchr(text_in(s, "rows.csv"), '\n') + 1,
	    "'12,OPEN,1,\"{\"\"a\"\":[]}\",null,5,\"\"\"u\"\"\","
	    "\"\"\"Goa\"\"\"\n");
}

TEST_WITH(a_key_that_no_cell_can_hold_is_an_error_and_no_folder, set_up,
    temp_folder_tear_down)
{
	CASES(cases, const char *key, *words) = {
	    {"\"a\\u0000b\"", "cannot stand in a CSV file"},
	    {"\"\"", "cannot stand in a CSV file"},
	    {"5", "are of two kinds, number and text"},
	};
	struct state *s = *state;

	EACH (i, cases) {
		struct way_back *w = way_back_new(&s->target, &s->d);

		assert_non_null(w);
		add(w, "\"A\"", "{\"state\":\"NEW\"}", "{\"state\":\"WON\"}");
		add(w, cases[i].key, "{\"state\":\"NEW\"}", "{}");
		assert_int_equal(way_back_commit(w, &s->d), -1);
		assert_non_null(strstr(s->d.message, cases[i].words));
		way_back_free(w);
		assert_false(path_exists(s->folder, ""));
	}
}

TEST_WITH(a_folder_that_is_there_stays_as_it_is, set_up, temp_folder_tear_down)
{
	struct state *s = *state;

	s->target.folder = s->base;
	assert_null(way_back_new(&s->target, &s->d));
	assert_int_equal(s->d.kind, DIAG_USAGE);
	assert_true(path_exists(s->base, ""));
}
