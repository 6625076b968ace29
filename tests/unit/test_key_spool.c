/* SPDX-License-Identifier: MIT */
/* Sorting on disk, and the verdicts on unique keys that come of it. */
#include "build/builder.h"
#include "build/key_record.h"
#include "build/record_sort.h"
#include "key_truth.h"
#include "random.h"
#include "temp_folder.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_empty_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count == 2;
}

static int
compare_words(const uint32_t *a, const uint32_t *b, size_t width)
{
	for (size_t i = 0; i < width; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* A word of a record, in ways that are hard on a sort by bytes. */
static uint32_t
make_word(size_t shape, size_t n)
{
	switch (shape) {
	case 0:
		return next_random();
	case 1:
		return 7; /* all equal */
	case 2:
		return next_random() % 3;
	case 3:
		return (uint32_t)n; /* in order */
	case 4:
		return UINT32_MAX - (uint32_t)n;
	default:
		return next_random() & 0xff000000;
	}
}

TEST(records_are_sorted_whatever_they_are)
{
	static const size_t counts[] = {0, 1, 2, 47, 48, 49, 300, 5000};
	static uint32_t r[5000 * RECORD_WORDS_MAX];

	for (size_t width = 1; width <= RECORD_WORDS_MAX; width++)
		for (size_t shape = 0; shape < 6; shape++)
			for (size_t k = 0; k < 8; k++) {
				size_t count = counts[k];
				uint64_t before = 0, after = 0;

				for (size_t i = 0; i < count * width; i++) {
					r[i] = make_word(shape, i);
					before += r[i] * (i % width + 1);
				}
				records_sort(r, count, width);
				for (size_t i = 0; i < count * width; i++)
					after += r[i] * (i % width + 1);
				assert_true(before == after);
				for (size_t i = 1; i < count; i++)
					assert_true(
					    compare_words(r + (i - 1) * width,
						r + i * width, width) <= 0);
			}
}

struct merged {
	uint32_t last[3];
	uint64_t count, sum;
};

static int
take(void *ctx, const uint32_t *record, struct diag *d)
{
	struct merged *m = ctx;

	(void)d;
	if (m->count > 0)
		assert_true(compare_words(m->last, record, 3) <= 0);
	memcpy(m->last, record, sizeof(m->last));
	m->count++;
	m->sum += record[0] ^ record[2];
	return 0;
}

TEST_WITH(
    more_records_than_memory_come_back_in_order, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	uint32_t *room = malloc(ROOM), *reading = malloc(ROOM);
	struct diag d = DIAG_INIT;
	struct merged m = {.count = 0};
	struct sorter s;
	uint64_t sum = 0;

	assert_int_equal(sorter_open(&s, 3, room, ROOM, p->folder, &d), 0);
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t record[3] = {
		    next_random() % 50000, next_random() % 3, i};

		sum += record[0] ^ record[2];
		assert_int_equal(sorter_add(&s, record, &d), 0);
	}
	assert_int_equal(sorter_flush(&s, &d), 0);
	assert_in_range(s.run_count, 18, 20);
	assert_int_equal(sorter_merge(&s, reading, ROOM, take, &m, &d), 0);
	assert_int_equal(m.count, 200000);
	assert_true(m.sum == sum);
	assert_true(is_empty_folder(p->folder));
	sorter_close(&s);
	free(room);
	free(reading);
}

/* Cuts the file once so many records were taken. */
struct cutting {
	struct sorter *s;
	uint64_t count, at;
};

static int
cut(void *ctx, const uint32_t *record, struct diag *d)
{
	struct cutting *c = ctx;

	(void)record;
	(void)d;
	if (c->count++ == c->at)
		assert_int_equal(ftruncate(c->s->fd, (off_t)ROOM), 0);
	return 0;
}

TEST_WITH(runs_that_cannot_be_read_end_the_merge_with_an_error, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	uint32_t *room = malloc(ROOM), *reading = malloc(ROOM);

	/* Before the first record, and when a piece is to be read on. */
	for (uint64_t at = 0; at < 2; at++) {
		struct cutting c = {.at = at};
		struct diag d = DIAG_INIT;
		struct sorter s;

		c.s = &s;
		assert_int_equal(
		    sorter_open(&s, 3, room, ROOM, p->folder, &d), 0);
		for (uint32_t i = 0; i < 100000; i++) {
			uint32_t record[3] = {next_random(), 0, i};

			assert_int_equal(sorter_add(&s, record, &d), 0);
		}
		assert_int_equal(sorter_flush(&s, &d), 0);
		if (at == 0)
			cut(&c, NULL, &d);
		assert_int_equal(
		    sorter_merge(&s, reading, ROOM, cut, &c, &d), -1);
		assert_int_equal(d.kind, DIAG_DISK);
		assert_in_range(c.count, at, 99999);
		sorter_close(&s);
	}
	free(room);
	free(reading);
}

/* Where the value was first, if that is before (f, i). */
static bool
find_first(
    const struct truth *t, size_t f, size_t i, size_t k, size_t *in, size_t *at)
{
	for (*in = 0; *in <= f; (*in)++)
		for (*at = 0; *at < ROWS && (*in < f || *at < i); (*at)++)
			if (t->value[*in][*at][k] == t->value[f][i][k])
				return true;
	return false;
}

static void
compare_truth(const struct truth *t, const struct key_verdicts *v, size_t f,
    size_t from, const char *const *names)
{
	struct verdict_cursor *c = verdict_cursor_new(v, f);
	struct diag d = DIAG_INIT;

	for (size_t i = from; i < ROWS; i++)
		for (size_t n = 0; n < FIELDS; n++) {
			size_t k = i % 2 ? n : FIELDS - 1 - n, in, at;
			struct first_place first;
			bool was;

			if (t->value[f][i][k] == 0)
				continue;
			was = find_first(t, f, i, k, &in, &at);
			assert_int_equal(
			    verdict_cursor_find(c, row_of(i), k, &first), was);
			if (!was)
				continue;
			assert_true(first.row == row_of(at));
			assert_true(first.line == line_of(at));
			assert_ptr_equal(
			    first.file, in == f ? NULL : names[in]);
		}
	assert_int_equal(verdict_cursor_check(c, &d), 0);
	verdict_cursor_free(c);
}

/* One value in all rows, values with many duplicates, with few. */
TEST_WITH(verdicts_name_the_first_place_of_each_field_over_all_files, set_up,
    temp_folder_tear_down)
{
	static const char *const names[FILES] = {"a.csv", "b.csv", "c.csv"};
	static const uint32_t ranges[] = {2, 700, 200000};
	const struct scene *p = *state;
	struct truth *t = calloc(1, sizeof(*t));

	for (size_t r = 0; r < 3; r++) {
		struct key_verdicts *v;

		fill_truth(t, ranges[r]);
		v = settle_truth(t, p->folder, names);
		if (r == 0) /* they were merged, too */
			assert_true(key_verdicts_count(v) * 40 > ROOM);
		for (size_t f = FILES; f-- > 0;)
			compare_truth(t, v, f, f * 100, names);
		compare_truth(t, v, 0, ROWS - 10, names);
		assert_true(is_empty_folder(p->folder));
		key_verdicts_free(v);
	}
	free(t);
}

TEST_WITH(values_of_two_forms_are_one_and_of_two_fields_are_two, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct key_spool_options o = {.folder = p->folder, .fields = 2};
	struct diag d = DIAG_INIT;
	struct key_spool *s = key_spool_new(&o, &d);
	struct verdict_cursor *c;
	struct first_place first;
	struct key_verdicts *v;

	key_spool_add(s, 0, 0, TEXT_LITERAL("\"caf\xC3\xA9\""), 2, 2);
	key_spool_add(s, 0, 1, TEXT_LITERAL("\"caf\xC3\xA9\""), 3, 3);
	key_spool_add(s, 0, 0, TEXT_LITERAL("\"cafe\xCC\x81\""), 4, 5);
	v = key_spool_settle(s, &d);
	assert_int_equal(key_verdicts_count(v), 1);
	c = verdict_cursor_new(v, 0);
	assert_false(verdict_cursor_find(c, 3, 1, &first));
	assert_false(verdict_cursor_find(c, 4, 1, &first));
	assert_true(verdict_cursor_find(c, 4, 0, &first));
	assert_int_equal(first.row, 2);
	verdict_cursor_free(c);
	key_verdicts_free(v);
	key_spool_free(s);
}

/* All bits of it. */
TEST_WITH(a_hash_is_of_the_value_the_field_and_the_seed, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	uint32_t words[4 * HASH_WORDS];

	for (size_t i = 0; i < 4; i++) {
		struct key_spool_options o = {.folder = p->folder, .fields = 2};
		struct diag d = DIAG_INIT;
		uint32_t w[VERDICT_WORDS];
		struct key_verdicts *v;
		struct key_spool *s;

		o.seed[9] = (unsigned char)(i / 2);
		s = key_spool_new(&o, &d);
		key_spool_add(s, 0, i % 2, TEXT_LITERAL("1"), 2, 2);
		key_spool_add(s, 0, i % 2, TEXT_LITERAL("1"), 3, 3);
		v = key_spool_settle(s, &d);
		assert_int_equal(key_verdicts_read(v, w, 0, 1, &d), 0);
		memcpy(words + i * HASH_WORDS, w + HASH_AT,
		    HASH_WORDS * sizeof(*w));
		key_verdicts_free(v);
		key_spool_free(s);
	}
	for (size_t i = 0; i < 4 * HASH_WORDS; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(words[i], words[k]);
}

TEST_WITH(keys_that_differ_have_no_verdict_and_no_other_file_is_closed, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct key_spool_options o = {.folder = p->folder, .fields = 1};
	int held = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (uint64_t n = 0; n < 4; n++) {
		struct diag d = DIAG_INIT;
		struct key_spool *s = key_spool_new(&o, &d);
		struct key_verdicts *v;

		if (n > 0)
			key_spool_add(s, 0, 0, TEXT_LITERAL("1"), 2, 2);
		for (uint64_t i = 1; i < n; i++)
			key_spool_add(s, 0, 0, TEXT_LITERAL("2"), 2 + i, 2 + i);
		v = key_spool_settle(s, &d);
		assert_int_equal(key_verdicts_count(v), n == 3);
		key_verdicts_free(v);
		key_spool_free(s);
		assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	}
	close(held);
}

TEST_WITH(places_beyond_what_is_kept_are_refused, set_up, temp_folder_tear_down)
{
	CASES(cases, size_t file; uint64_t row, line; const char *words) = {
	    {(size_t)1 << 19, 2, 2, "file 524289, row 2, line 2"},
	    {0, UINT64_C(1) << 38, 2, "file 1, row 274877906944, line 2"},
	    {0, 2, UINT64_C(1) << 38, "file 1, row 2, line 274877906944"},
	};
	const struct scene *p = *state;

	for (size_t i = 0; i < 3; i++) {
		struct key_spool_options o = {.folder = p->folder, .fields = 2};
		struct diag d = DIAG_INIT;
		struct key_spool *s = key_spool_new(&o, &d);

		key_spool_add(s, ((size_t)1 << 19) - 1, 1, TEXT_LITERAL("1"),
		    (UINT64_C(1) << 38) - 1, (UINT64_C(1) << 38) - 1);
		assert_int_equal(key_spool_check(s, &d), 0);
		key_spool_add(s, cases[i].file, 0, TEXT_LITERAL("1"),
		    cases[i].row, cases[i].line);
		assert_int_equal(key_spool_check(s, &d), -1);
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_non_null(strstr(d.message, cases[i].words));
		assert_null(key_spool_settle(s, &d));
		key_spool_free(s);
	}
}

TEST(a_folder_that_is_not_there_is_named)
{
	struct key_spool_options o = {.folder = "/nowhere/at/all", .fields = 1};
	struct diag d = DIAG_INIT;

	assert_null(key_spool_new(&o, &d));
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, "unique keys in '/nowhere/at/all'"));
	assert_string_equal(d.help, "");
}

/* The limit on the size of a file stands for the end of a disk. */
TEST_WITH(a_disk_that_is_full_is_told_and_nothing_is_left, set_up,
    temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct key_spool_options o = {
	    .folder = p->folder, .fields = 1, .memory = ROOM};
	struct diag d = DIAG_INIT;
	struct key_spool *s = key_spool_new(&o, &d);
	struct rlimit was, limit;
	char text[32];

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit = (struct rlimit){3 * ROOM, was.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (uint64_t i = 0; i < 20000; i++) {
		int len = snprintf(text, sizeof(text), "%u", next_random());

		key_spool_add(
		    s, 0, 0, (struct text){text, (size_t)len}, i + 2, i + 2);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(key_spool_check(s, &d), -1);
	assert_int_equal(d.kind, DIAG_DISK);
	assert_non_null(strstr(d.message, "unable to keep the unique keys in"));
	assert_non_null(strstr(d.help, "--unique-memory"));
	assert_null(key_spool_settle(s, &d));
	assert_true(is_empty_folder(p->folder));
	key_spool_free(s);
}

/* A verdict that cannot be read is not an answer. */
TEST_WITH(verdicts_that_cannot_be_read_are_told, set_up, temp_folder_tear_down)
{
	const struct scene *p = *state;
	struct key_spool_options o = {.folder = p->folder, .fields = 1};
	struct diag d = DIAG_INIT;
	char path[160];
	struct verdict_cursor *c;
	struct first_place first;
	struct key_verdicts *v;
	uint64_t at;
	int fd;

	snprintf(path, sizeof(path), "%s/short", p->folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	v = key_verdicts_new(fd, 5, &o);
	c = verdict_cursor_new(v, 0);
	assert_int_equal(verdict_cursor_check(c, &d), 0);
	assert_false(verdict_cursor_find(c, 2, 0, &first));
	assert_int_equal(verdict_cursor_check(c, &d), -1);
	assert_int_equal(d.kind, DIAG_DISK);
	assert_int_equal(key_verdicts_seek(v, 0, 2, &at, &d), -1);
	assert_int_equal(key_verdicts_refer(v, 0, &d), -1);
	verdict_cursor_free(c);
	key_verdicts_free(v);
}
