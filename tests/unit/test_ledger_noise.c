/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a ledger changed at random: it is refused, or read to its end, but
 * it never crashes and never hangs. */

#define ROUNDS 200

static void
fill(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	struct ledger_row r = {.outcome = OUTCOME_REFUSED, .text = "no"};

	for (uint64_t i = 0; i < 60; i++) {
		struct ledger_chunk c = {.ordinal = i,
		    .begin = i * 10,
		    .end = i * 10 + 10,
		    .records = 10,
		    .record_bytes = 10,
		    .rows = 10};
		struct ledger_call k = {
		    .chunk = i, .count = 10, .rows = 10, .state = CALL_CREATED};

		assert_int_equal(ledger_add_chunk(l, &c, &d), 0);
		assert_int_equal(ledger_add_call(l, &k, &d), 0);
		r.chunk = i;
		r.index = i % 10;
		r.call = k.id;
		assert_int_equal(ledger_set_row(l, &r, &d), 0);
	}
	assert_int_equal(ledger_set(l, "a", "b", &d), 0);
	assert_int_equal(ledger_add_event(l, 1, "start", "", &d), 0);
}

static int
pass_chunk(void *ctx, const struct ledger_chunk *c)
{
	(void)ctx;
	(void)c;
	return 0;
}

static int
pass_call(void *ctx, const struct ledger_call *c)
{
	(void)ctx;
	(void)c;
	return 0;
}

static int
pass_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	(void)ctx;
	return at_ms == INT64_MIN && kind[0] == text[0] ? 1 : 0;
}

/* Everything that a report reads. Each failure must say so. */
static void
read_all(struct ledger *l)
{
	struct diag d = DIAG_INIT;
	struct ledger_totals t;
	struct ledger_outcomes *o = ledger_outcomes_new(l);
	char *value;

	if (ledger_totals(l, &t, &d) != 0 && d.kind != DIAG_INPUT)
		fail_msg("%s", d.message);
	(void)ledger_each_chunk(l, pass_chunk, NULL, &d);
	(void)ledger_each_call(l, -1, pass_call, NULL, &d);
	(void)ledger_each_event(l, pass_event, NULL, &d);
	if (ledger_get(l, "a", &value, &d) == 0)
		free(value);
	for (uint64_t i = 0; i < 60; i++) {
		if (ledger_outcomes_load(o, i, &d) != 0)
			continue;
		for (uint64_t k = 0; k < 10; k++)
			assert_true(
			    ledger_outcomes_get(o, k).outcome < OUTCOME_COUNT);
	}
	ledger_outcomes_free(o);
}

static void
write_file(const char *path, const unsigned char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

TEST(noise_is_refused_or_read_and_never_crashes)
{
	char folder[] = "/tmp/test_ledger_noise.XXXXXX", path[64], wal[80];
	struct diag d = DIAG_INIT;
	struct ledger *l;
	unsigned char *good, *bad;
	uint32_t seed = 7;
	struct stat st;
	size_t len;
	int fd, refused = 0;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/l", folder);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	l = ledger_create(path, &d);
	assert_non_null(l);
	fill(l);
	assert_int_equal(ledger_close(l, &d), 0);
	assert_int_equal(stat(path, &st), 0);
	len = (size_t)st.st_size;
	good = xmalloc(len);
	bad = xmalloc(len);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, good, len), (ssize_t)len);
	close(fd);
	for (int round = 0; round < ROUNDS; round++) {
		size_t changes = 1 + next(&seed) % 24;

		memcpy(bad, good, len);
		while (changes-- > 0)
			bad[(next(&seed) | next(&seed) << 12) % len] =
			    (unsigned char)next(&seed);
		write_file(path, bad, len);
		l = ledger_open(path, round % 3 == 0, round % 2 == 0, &d);
		if (l != NULL) {
			read_all(l);
		} else if (d.kind != DIAG_INPUT) {
			fail_msg("%s", d.message);
		} else {
			refused++;
		}
		ledger_free(l);
		(void)unlink(wal);
	}
	assert_true(refused > 5 && refused < ROUNDS);
	free(good);
	free(bad);
	assert_int_equal(unlink(path), 0);
	snprintf(wal, sizeof(wal), "%s.mark", path);
	assert_int_equal(unlink(wal), 0);
	assert_int_equal(rmdir(folder), 0);
}
