/* SPDX-License-Identifier: MIT */
/* Verdicts on unique keys that a run keeps, and what they know of other
 * files. */
#include "build/key_record.h"
#include "key_truth.h"

#include <unistd.h>

/* Both say the same of each value of the file. */
static void
compare_kept(const struct key_verdicts *all, const struct key_verdicts *kept,
    size_t file)
{
	struct verdict_cursor *a = verdict_cursor_new(all, file);
	struct verdict_cursor *k = verdict_cursor_new(kept, 0);
	struct diag d = DIAG_INIT;

	for (size_t i = 0; i < ROWS; i++)
		for (size_t n = 0; n < FIELDS; n++) {
			struct first_place x = {.row = 0}, y = {.row = 0};

			assert_int_equal(
			    verdict_cursor_find(k, row_of(i), n, &y),
			    verdict_cursor_find(a, row_of(i), n, &x));
			assert_true(x.row == y.row && x.line == y.line);
			assert_int_equal(x.file == NULL, y.file == NULL);
			if (x.file)
				assert_string_equal(x.file, y.file);
		}
	assert_int_equal(verdict_cursor_check(a, &d), 0);
	assert_int_equal(verdict_cursor_check(k, &d), 0);
	verdict_cursor_free(a);
	verdict_cursor_free(k);
}

TEST_WITH(kept_verdicts_of_a_file_say_what_they_said_beside_the_others, set_up,
    temp_folder_tear_down)
{
	static const char *const names[FILES] = {
	    "a\n\"b.csv", "\xC3\xA9.csv", "c.csv"};
	static const uint32_t ranges[] = {2, 700, 200000};
	const struct scene *p = *state;
	struct truth *t = calloc(1, sizeof(*t));
	struct diag d = DIAG_INIT;
	char path[160];

	for (size_t r = 0; r < 3; r++) {
		struct key_verdicts *all, *kept;

		fill_truth(t, ranges[r]);
		all = settle_truth(t, p->folder, names);
		for (size_t f = 0; f < FILES; f++) {
			snprintf(
			    path, sizeof(path), "%s/%zu.%zu", p->folder, r, f);
			assert_int_equal(
			    key_verdicts_keep(all, f, path, &d), 0);
			kept = key_verdicts_open(path, &d);
			assert_non_null(kept);
			compare_kept(all, kept, f);
			key_verdicts_free(kept);
			/* Of one value the first is in the first file. */
			assert_int_equal(key_verdicts_refer(all, f, &d),
			    f < (r == 0 ? 1 : FILES - 1));
		}
		key_verdicts_free(all);
	}
	free(t);
}

/* A spool of other fields, whose paths are the same, knows the values. */
TEST_WITH(values_that_were_in_other_files_are_known_without_them, set_up,
    temp_folder_tear_down)
{
	static const char *const names[] = {"a.csv", "b.csv", "c.csv", "d.csv"};
	static const char *const later[] = {NULL, "a.csv", "c.csv", NULL};
	const struct text paths[] = {TEXT_LITERAL("x"), TEXT_LITERAL("y")};
	const struct text turned[] = {TEXT_LITERAL("y"), TEXT_LITERAL("x")};
	CASES(cases, size_t field; const char *json, *file; uint64_t row) = {
	    {0, "8", "c.csv", 3}, {1, "1", "a.csv", 2}, /* x of a.csv */
	    {0, "1", NULL, 0},				/* y of nobody */
	    {1, "2", NULL, 0}, /* its own, twice in d.csv */
	    {0, "4", "a.csv", 7}, {0, "5", NULL, 0}, /* of a.csv alone */
	};
	const struct scene *p = *state;
	struct key_spool_options o = {.folder = p->folder,
	    .seed = "a key by chance",
	    .fields = 2,
	    .paths = paths,
	    .names = names};
	struct diag d = DIAG_INIT;
	struct key_spool *s = key_spool_new(&o, &d);
	struct key_verdicts *v, *kept;
	struct verdict_cursor *c;
	struct first_place first;
	char path[160];
	size_t count;

	key_spool_add(s, 0, 0, TEXT_LITERAL("1"), 2, 2);
	key_spool_add(s, 0, 1, TEXT_LITERAL("4"), 7, 8);
	key_spool_add(s, 0, 1, TEXT_LITERAL("5"), 8, 9);
	key_spool_add(s, 2, 1, TEXT_LITERAL("8"), 3, 3);
	key_spool_add(s, 3, 0, TEXT_LITERAL("1"), 2, 2);
	key_spool_add(s, 3, 0, TEXT_LITERAL("2"), 3, 3);
	key_spool_add(s, 3, 0, TEXT_LITERAL("2"), 4, 4);
	key_spool_add(s, 3, 1, TEXT_LITERAL("4"), 5, 5);
	key_spool_add(s, 3, 1, TEXT_LITERAL("8"), 6, 6);
	v = key_spool_settle(s, &d);
	key_spool_free(s);
	snprintf(path, sizeof(path), "%s/kept", p->folder);
	assert_int_equal(key_verdicts_keep(v, 3, path, &d), 0);
	assert_int_equal(key_verdicts_keep(v, 3, "/nowhere/kept", &d), -1);
	assert_int_equal(d.kind, DIAG_DISK);
	d = (struct diag)DIAG_INIT;
	key_verdicts_free(v);
	kept = key_verdicts_open(path, &d);
	assert_non_null(kept);
	assert_string_equal(key_verdicts_names(kept, &count)[1], "a.csv");
	assert_string_equal(key_verdicts_names(kept, &count)[2], "c.csv");
	assert_int_equal(count, 3);
	memcpy(o.seed, key_verdicts_seed(kept), sizeof(o.seed));
	o.paths = turned;
	o.names = later;
	s = key_spool_new(&o, &d);
	assert_int_equal(key_spool_add_others(s, kept, &d), 0);
	EACH (i, cases)
		key_spool_add(
		    s, 3, cases[i].field, text_of(cases[i].json), i + 2, i + 2);
	v = key_spool_settle(s, &d);
	c = verdict_cursor_new(v, 3);
	EACH (i, cases) {
		assert_int_equal(
		    verdict_cursor_find(c, i + 2, cases[i].field, &first),
		    cases[i].file != NULL);
		if (cases[i].file == NULL)
			continue;
		assert_string_equal(first.file, cases[i].file);
		assert_int_equal(first.row, cases[i].row);
	}
	/* of c.csv the first verdict alone */
	assert_int_equal(key_verdicts_refer(v, 2, &d), 1);
	assert_int_equal(key_verdicts_refer(v, 3, &d), 0);
	verdict_cursor_free(c);
	key_verdicts_free(v);
	key_verdicts_free(kept);
	key_spool_free(s);
}

#define HEAD                                                                   \
	"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":1,\"count\":1,"      \
	"\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[\"a\"]}\n"

TEST_WITH(a_kept_file_that_is_not_one_is_refused, set_up, temp_folder_tear_down)
{
	static const struct {
		const char *head;
		size_t len;
		uint32_t words[VERDICT_WORDS]; /* little-endian here */
		bool is_good;
	} cases[] = {
	    {HEAD, 40, {0, 2 << 6, 0, 1 << 12, 2 << 6, 2}, true},
	    {HEAD, 39, {0, 2 << 6}, false},
	    {HEAD, 80, {0, 2 << 6}, false},
	    {HEAD, 0, {0}, false},
	    {HEAD, 40, {0, 2 << 6, 0, 2 << 12, 2 << 6, 2}, false},
	    {HEAD, 40, {1 << 12, 2 << 6}, false},
	    {"", 0, {0}, false},
	    {"{}\n", 40, {0}, false},
	    {"no line end", 0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/2\",\"fields\":1,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[]}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":0,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[]}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":1,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeef\",\"files\":[]}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":1,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":7}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":1,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[7]}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/"
	     "1\",\"fields\":1048575,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[]}\n",
		0, {0}, true},
	    {"{\"schema\":\"csv2chakra.verdicts/"
	     "1\",\"fields\":1048576,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[]}\n",
		0, {0}, false},
	    {"{\"schema\":\"csv2chakra.verdicts/1\",\"fields\":1,\"count\":0,"
	     "\"seed\":\"00112233445566778899aabbccddeeff\",\"files\":[]}",
		0, {0}, false},
	};
	const struct scene *p = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/kept", p->folder);
	EACH (i, cases) {
		const char more[80] = {0};
		struct diag d = DIAG_INIT;
		struct key_verdicts *v;
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(cases[i].head, f);
		fwrite(cases[i].words, 1, cases[i].len < 40 ? cases[i].len : 40,
		    f);
		fwrite(more, 1, cases[i].len > 40 ? cases[i].len - 40 : 0, f);
		fclose(f);
		v = key_verdicts_open(path, &d);
		if (cases[i].is_good != (v != NULL))
			fail_msg("case %zu: %s", i, d.message);
		if (v == NULL)
			assert_string_equal(d.code, "run.changed");
		key_verdicts_free(v);
	}
	unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_null(key_verdicts_open(path, &(struct diag)DIAG_INIT));
}
