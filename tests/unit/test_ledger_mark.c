/* SPDX-License-Identifier: MIT */
#include "ledger/database.h"
#include "ledger_place.h"
#include "temp_folder.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The mark beside the ledger: commits of intents are counted outside of it, so
 * that a ledger which lost some is not sent from. */

static void
mark_path(const struct place *p, char out[160])
{
	snprintf(out, 160, "%s/ledger.mark", p->folder);
}

static void
read_mark(const struct place *p, unsigned char bytes[16])
{
	char path[160];
	int fd;

	mark_path(p, path);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, bytes, 16), 16);
	close(fd);
}

static void
write_mark(const struct place *p, const void *bytes, size_t len)
{
	char path[160];
	int fd;

	mark_path(p, path);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

/* A chunk and its call, as they are before they are sent. */
static void
send_one(struct ledger *l, uint64_t ordinal)
{
	struct diag d = DIAG_INIT;
	struct ledger_chunk chunk = sample_chunk(ordinal);
	struct ledger_call call = sample_call(&chunk, CALL_SENT);

	assert_int_equal(ledger_add_chunk(l, &chunk, &d), 0);
	assert_int_equal(ledger_add_call(l, &call, &d), 0);
	assert_int_equal(ledger_commit_intents(l, &d), 0);
	assert_false(l->is_marked && l->has_new_calls);
}

PLACE_TEST(each_commit_of_intents_is_counted_before_it_returns)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	struct ledger *l = place_create(p);
	unsigned char first[16], now[16];

	read_mark(p, first);
	assert_int_equal(first[7], 0);
	for (uint64_t i = 0; i < 3; i++) {
		send_one(l, i);
		read_mark(p, now);
		assert_int_equal(now[7], i + 1);
		assert_memory_equal(first + 8, now + 8, 8);
	}
	/* An answer is not an intent. */
	assert_int_equal(ledger_add_event(l, 1, "resume", "", &d), 0);
	assert_int_equal(ledger_commit(l, &d), 0);
	read_mark(p, now);
	assert_int_equal(now[7], 3);
	place_close(l);
	place_close(place_open(p, true));
	place_close(place_open(p, false));
}

TEST(a_mark_has_the_name_of_its_ledger)
{
	static const char *const cases[][2] = {
	    {"x/ledger.sqlite", "x/ledger.mark"},
	    {"a.sqlite", "a.mark"},
	    {".sqlite", ".sqlite.mark"},
	    {"x/ledger.sqlite3", "x/ledger.sqlite3.mark"},
	    {"l", "l.mark"},
	};

	EACH (i, cases) {
		char *mark = ledger_mark_path(cases[i][0]);

		assert_string_equal(mark, cases[i][1]);
		free(mark);
	}
}

PLACE_TEST(two_ledgers_have_two_identities)
{
	struct place *p = *state;
	unsigned char a[16], b[16];

	place_close(place_create(p));
	read_mark(p, a);
	assert_int_equal(unlink(p->path), 0);
	place_close(place_create(p));
	read_mark(p, b);
	assert_memory_not_equal(a + 8, b + 8, 8);
}

enum what { NUMBER, OTHER_IDENTITY, GONE, SHORT, LONG, LINK, SECOND_NAME };

/* Makes of the good mark what the case is about. */
static void
change_mark(const struct place *p, enum what what, int number)
{
	unsigned char bytes[17] = {0};
	char path[160], other[160];

	read_mark(p, bytes);
	bytes[7] = (unsigned char)number;
	bytes[15] ^= what == OTHER_IDENTITY;
	write_mark(p, bytes, what == SHORT ? 15 : what == LONG ? 17 : 16);
	mark_path(p, path);
	snprintf(other, sizeof(other), "%s/other", p->folder);
	if (what == GONE)
		assert_int_equal(unlink(path), 0);
	if (what == LINK) {
		assert_int_equal(rename(path, other), 0);
		assert_int_equal(symlink(other, path), 0);
	}
	if (what == SECOND_NAME)
		assert_int_equal(link(path, other), 0);
}

PLACE_TEST(a_mark_that_does_not_fit_is_seen_by_everybody)
{
	CASES(cases, enum what what; int number; const char *code, *words) = {
	    {NUMBER, 3, NULL, NULL},
	    {NUMBER, 2, NULL, NULL}, /* killed between ledger and mark */
	    {NUMBER, 4, "ledger.rolled_back", "1 of the 4 times"},
	    {NUMBER, 9, "ledger.rolled_back", "6 of the 9 times"},
	    {NUMBER, 1, "run.changed", "older than the ledger (1, and 3)"},
	    {NUMBER, 0, "run.changed", "older than the ledger (0, and 3)"},
	    {OTHER_IDENTITY, 3, "ledger.rolled_back",
		"belongs to another ledger"},
	    {GONE, 3, "ledger.rolled_back", "its mark is gone"},
	    {SHORT, 3, "ledger.rolled_back", "cannot be read"},
	    {LONG, 3, "ledger.rolled_back", "cannot be read"},
	    {LINK, 3, "ledger.rolled_back", "cannot be read"},
	    {SECOND_NAME, 3, "ledger.rolled_back", "cannot be read"},
	};
	struct place *p = *state;
	struct ledger *l = place_create(p);
	unsigned char good[16], now[16];
	char other[160];

	for (uint64_t i = 0; i < 3; i++)
		send_one(l, i);
	place_close(l);
	read_mark(p, good);
	snprintf(other, sizeof(other), "%s/other", p->folder);
	EACH (i, cases) {
		struct diag d = DIAG_INIT;

		write_mark(p, good, sizeof(good));
		(void)unlink(other);
		change_mark(p, cases[i].what, cases[i].number);
		if (cases[i].code != NULL) {
			place_refuses(p, cases[i].code, cases[i].words);
			assert_null(ledger_open(p->path, false, false, &d));
			assert_non_null(strstr(d.help, "--after-damage"));
			continue;
		}
		place_close(place_open(p, true));
		read_mark(p, now);
		assert_int_equal(now[7], cases[i].number);
		/* Whoever goes on with the run writes it first. */
		place_close(place_open(p, false));
		read_mark(p, now);
		assert_memory_equal(now, good, sizeof(good));
	}
}

/* As 0.1.0 made it. */
static void
make_unmarked(const struct place *p)
{
	place_sql(
	    p, "DELETE FROM meta WHERE key IN ('identity', 'mark', 'calls')");
}

PLACE_TEST(a_ledger_of_0_1_0_goes_on_without_a_mark)
{
	struct place *p = *state;
	struct ledger *l = place_create(p);
	char path[160];

	send_one(l, 0);
	assert_true(ledger_is_marked(l));
	place_close(l);
	make_unmarked(p);
	place_refuses(p, "ledger.rolled_back", "there is a mark beside it");
	mark_path(p, path);
	assert_int_equal(unlink(path), 0);
	l = place_open(p, false);
	assert_false(ledger_is_marked(l));
	send_one(l, 1);
	place_close(l);
	assert_false(path_exists(path, ""));
	place_close(place_open(p, true));
}

PLACE_TEST(a_call_that_is_gone_is_missed)
{
	static const char *const sql[] = {"DELETE FROM call WHERE id = 2",
	    "DELETE FROM call WHERE id = 1", "DELETE FROM call",
	    "UPDATE meta SET value = 'x' WHERE key = 'calls'",
	    "UPDATE meta SET value = 'x' WHERE key = 'mark'",
	    "UPDATE meta SET value = '12' WHERE key = 'identity'"};
	struct place *p = *state;

	EACH (i, sql) {
		struct ledger *l = place_create(p);

		send_one(l, 0);
		send_one(l, 1);
		place_close(l);
		place_sql(p, sql[i]);
		place_refuses(p, "ledger.damaged", "damaged");
		assert_int_equal(unlink(p->path), 0);
	}
}

/* A run that is killed with three commits in its log, the last of them an
 * answer. */
static void
die_with_a_log(const struct place *p)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct diag d = DIAG_INIT;
		struct ledger *l = place_create(p);

		send_one(l, 0);
		send_one(l, 1);
		(void)ledger_add_event(l, 1, "unknown", "lost", &d);
		if (ledger_commit(l, &d) == 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
flip_bit(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	unsigned char byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* Opened, it has lost nothing that was sent; else it says why not. */
PLACE_TEST(a_log_that_is_hurt_loses_no_intent_unseen)
{
	struct place *p = *state;
	char wal[160];
	int refused = 0;

	snprintf(wal, sizeof(wal), "%s-wal", p->path);
	for (int round = 0; round < 60; round++) {
		struct diag d = DIAG_INIT;
		struct ledger *l;
		struct stat st;
		int64_t calls = 0;

		die_with_a_log(p);
		assert_int_equal(stat(wal, &st), 0);
		switch (round) {
		case 0: /* the answer alone is torn */
			assert_int_equal(truncate(wal, st.st_size - 100), 0);
			break;
		case 1:
			assert_int_equal(truncate(wal, st.st_size / 2), 0);
			break;
		case 2:
			assert_int_equal(truncate(wal, 32), 0);
			break;
		case 3:
			assert_int_equal(truncate(wal, 0), 0);
			break;
		case 4:
			assert_int_equal(unlink(wal), 0);
			break;
		case 5: /* its header, a frame's header, a page */
			flip_bit(wal, 9);
			break;
		case 6:
			flip_bit(wal, 32 + 8);
			break;
		case 7:
			flip_bit(wal, 32 + 24 + 77);
			break;
		default:
			flip_bit(wal, st.st_size * (round - 8) / 52);
		}
		l = ledger_open(p->path, false, true, &d);
		if (l != NULL) {
			assert_int_equal(
			    ledger_query_int(
				l, "SELECT count(*) FROM call", &calls, &d),
			    0);
			assert_int_equal(calls, 2);
		} else {
			assert_string_equal(d.code, "ledger.rolled_back");
			refused++;
		}
		assert_true(l != NULL || round > 0);
		assert_true(l == NULL || round == 0 || round >= 8);
		ledger_free(l);
		assert_int_equal(unlink(p->path), 0);
		(void)unlink(wal);
	}
	assert_true(refused >= 7);
}

static void
copy_file(const char *from, const char *to)
{
	char bytes[65536];
	ssize_t n;
	int in = open(from, O_RDONLY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)n), n);
	close(in);
	close(out);
}

PLACE_TEST(an_older_ledger_in_its_place_is_seen)
{
	struct place *p = *state;
	char other[160];
	struct ledger *l = place_create(p);

	snprintf(other, sizeof(other), "%s/other", p->folder);
	send_one(l, 0);
	place_close(l);
	copy_file(p->path, other);
	l = place_open(p, false);
	send_one(l, 1);
	place_close(l);
	copy_file(other, p->path);
	place_refuses(p, "ledger.rolled_back", "1 of the 2 times");
	/* Another run's ledger, as far along as this one. */
	assert_int_equal(unlink(p->path), 0);
	l = place_create(p);
	send_one(l, 0);
	place_close(l);
	copy_file(other, p->path);
	place_refuses(p, "ledger.rolled_back", "belongs to another ledger");
}

/* A ledger that was hurt is sent from only after all of it was looked at. */
PLACE_TEST(a_resume_after_damage_is_over_when_it_says_so)
{
	CASES(cases, bool is_marked; unsigned char high, low; int then) = {
	    {true, 0, 1, 2},
	    {true, 0, 9, 10},
	    {true, 0, 0, 2},
	    {true, 0x40, 0, 2}, /* no number that anybody counted up to */
	    {false, 0, 0, 1},
	};
	struct place *p = *state;

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct ledger *l = place_create(p);
		unsigned char was[16], now[16];

		send_one(l, 0);
		place_close(l);
		read_mark(p, was);
		was[0] = cases[i].high;
		was[7] = cases[i].low;
		write_mark(p, was, sizeof(was));
		if (!cases[i].is_marked) {
			make_unmarked(p);
			change_mark(p, GONE, 0);
		}
		/* It begins, and dies. */
		l = ledger_open_hurt(p->path, &d);
		assert_non_null(l);
		assert_int_equal(ledger_damage_begin(l, &d), 0);
		ledger_free(l);
		place_refuses(p, "ledger.rolled_back",
		    "'resume --after-damage' began and did not finish");
		read_mark(p, was);
		assert_int_equal(was[0], 0);
		assert_int_equal(was[7], cases[i].then);
		/* Once more, to its end. */
		l = ledger_open_hurt(p->path, &d);
		assert_non_null(l);
		assert_int_equal(ledger_damage_begin(l, &d), 0);
		send_one(l, 1);
		assert_int_equal(ledger_damage_over(l, &d), 0);
		place_close(l);
		place_close(place_open(p, false));
		read_mark(p, now);
		assert_int_equal(now[7], was[7] + 2);
		assert_memory_equal(was + 8, now + 8, 8);
		assert_int_equal(unlink(p->path), 0);
	}
}

PLACE_TEST(a_resume_after_damage_that_cannot_be_marked_does_not_begin)
{
	for (int is_marked = 0; is_marked < 2; is_marked++) {
		struct place *p = *state;
		struct diag d = DIAG_INIT;
		struct ledger *l = place_create(p);
		struct ledger_chunk no_chunk = {.records = UINT64_MAX};
		char made[200];

		send_one(l, 0);
		place_close(l);
		if (!is_marked)
			make_unmarked(p);
		l = ledger_open_hurt(p->path, &d);
		assert_non_null(l);
		snprintf(made, sizeof(made), "%s/ledger.mark.new", p->folder);
		if (is_marked)
			assert_int_equal(mkdir(made, 0700), 0);
		else /* it is written no more */
			(void)ledger_add_chunk(l, &no_chunk, &d);
		assert_int_equal(ledger_damage_begin(l, &d), -1);
		assert_int_equal(d.kind, is_marked ? DIAG_DISK : DIAG_INPUT);
		ledger_free(l);
		(void)rmdir(made);
		assert_int_equal(unlink(p->path), 0);
	}
}

/* In a child: no byte more, or half of the mark. */
static int
mark_with_little_room(const struct place *p, rlim_t room)
{
	struct rlimit size = {room, room};
	struct ledger *l = place_create(p);
	struct diag d = DIAG_INIT;
	char path[160];
	bool is_said;

	mark_path(p, path);
	signal(SIGXFSZ, SIG_IGN);
	(void)alarm(20);
	is_said = setrlimit(RLIMIT_FSIZE, &size) == 0 &&
		  ledger_mark_create(l, path, &d) == -1 &&
		  d.kind == DIAG_DISK && strcmp(d.code, "ledger.disk") == 0;
	ledger_free(l);
	return !is_said ? 1 : path_exists(path, ".new") ? 2 : 0;
}

PLACE_TEST(a_mark_that_cannot_be_written_whole_replaces_none)
{
	struct place *p = *state;

	for (rlim_t room = 0; room <= 8; room += 8) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(mark_with_little_room(p, room));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		place_close(place_open(p, false));
		assert_int_equal(unlink(p->path), 0);
	}
}
