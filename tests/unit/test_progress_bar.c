/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/text.h"
#include "report/terminal.h"
#include "still_clock.h"
#include "test.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

TEST(the_bar_fits_every_width)
{
	static const struct progress_facts f = {.phase = "following jobs",
	    .rows_settled = 123456789,
	    .rows.rows[OUTCOME_REJECTED] = 1234567,
	    .rows.rows[OUTCOME_REFUSED] = 7654321,
	    .rows.rows[OUTCOME_UNKNOWN] = 4000,
	    .in_flight = 16,
	    .waits_for = "rate limited",
	    .waits_until_ms = WALL_START + 130000};
	static const struct progress_numbers n = {.percent = 43.9,
	    .rows_total = 281250000,
	    .per_s = 51234.2,
	    .eta_ms = 3083000};

	for (unsigned width = 1; width < 200; width++) {
		struct buf b = BUF_INIT(0);
		size_t columns;

		columns = progress_bar_text(&f, &n, width, false, &b);
		assert_int_equal(columns, b.len);
		assert_true(b.len == 0 || b.len + 3 <= width);
		if (width >= 40)
			assert_non_null(strstr(b.data, "123,456,789 "));
		/* Why it waits stays longest. */
		if (width >= strlen("rate limited") + 3)
			assert_non_null(strstr(b.data, "rate limited"));
		buf_release(&b);
	}
}

static const struct progress_numbers numbers = {
    .percent = 43.9, .rows_total = 10000, .per_s = 512.4, .eta_ms = 11100};

TEST(the_bar_shows_what_matters_first)
{
	struct progress_facts f = {.phase = "sending",
	    .rows_settled = 4300,
	    .rows.rows[OUTCOME_REJECTED] = 12,
	    .rows.rows[OUTCOME_REFUSED] = 3};
	struct progress_numbers n = numbers;
	struct buf b = BUF_INIT(0);

	progress_bar_text(&f, &n, 80, false, &b);
	assert_string_equal(buf_str(&b),
	    "sending   43%  4,300 of 10,000 rows  512/s  0:11 left  "
	    "12 rejected  3 refused");
	buf_clear(&b);
	f.waits_for = "rate limited";
	f.waits_until_ms = WALL_START + 130000;
	progress_bar_text(&f, &n, 80, false, &b);
	assert_string_equal(buf_str(&b),
	    " 43%  4,300 rows  12 rejected  3 refused  "
	    "rate limited, goes on at 14:02:10");
	buf_clear(&b);
	n.percent = -1;
	n.eta_ms = -1;
	f.waits_for = NULL;
	progress_bar_text(&f, &n, 80, false, &b);
	assert_string_equal(buf_str(&b),
	    "sending  4,300 of 10,000 rows  512/s  12 rejected  3 refused");
	buf_release(&b);
}

TEST(a_narrow_bar_says_why_it_waits)
{
	struct progress_facts f = {.phase = "sending",
	    .rows_settled = 3750,
	    .rows.rows[OUTCOME_REJECTED] = 12,
	    .waits_for = "rate limited",
	    .waits_until_ms = WALL_START + 130000};
	struct progress_numbers n = {
	    .percent = 75, .rows_total = 5000, .per_s = 512.4, .eta_ms = 11100};
	static const struct {
		unsigned width;
		const char *waits, *said;
	} cases[] = {
	    {30, "rate limited", "3,750 rows  rate limited"},
	    {30, "first call runs alone, until it is confirmed",
		"first call runs alone"},
	    {40, "rate limited", " 75%  3,750 rows  rate limited"},
	    {40, "first call runs alone, until it is confirmed",
		"3,750 rows  first call runs alone"},
	    {60, "rate limited",
		"[=======>  ]   75%  3,750 rows  12 rejected  rate limited"},
	};
	struct buf b = BUF_INIT(0);

	EACH (i, cases) {
		f.waits_for = cases[i].waits;
		buf_clear(&b);
		progress_bar_text(&f, &n, cases[i].width, false, &b);
		assert_string_equal(buf_str(&b), cases[i].said);
	}
	buf_release(&b);
}

TEST(something_moves_while_an_answer_takes_long)
{
	static const struct {
		struct progress_facts f;
		unsigned width;
		const char *said;
	} cases[] = {
	    {{.phase = "sending", .in_flight = 4}, 80,
		"sending  [>                  ]    0%  0 of 60 rows  4 in "
		"flight  "
		"waiting 0:04"},
	    {{.phase = "sending", .in_flight = 4}, 30,
		"  0%  0 rows  waiting 0:04"},
	    {{.waits_for = "first call runs alone, until it is confirmed"}, 30,
		"first call runs alone  0:04"},
	    {{.waits_for = "an answer was lost; waiting for ChakraHQ"}, 40,
		"0 rows  an answer was lost  0:04"},
	    {{.phase = "asking ChakraHQ", .by_bytes = true}, 30,
		"asking ChakraHQ  0:04"},
	};
	struct buf b = BUF_INIT(0);

	EACH (i, cases) {
		struct progress_numbers n = {
		    .percent = cases[i].f.by_bytes ? -1 : 0,
		    .rows_total = cases[i].f.by_bytes ? 0 : 60,
		    .per_s = -1,
		    .eta_ms = -1,
		    .quiet_ms = 4000};

		buf_clear(&b);
		progress_bar_text(&cases[i].f, &n, cases[i].width, false, &b);
		assert_string_equal(buf_str(&b), cases[i].said);
	}
	buf_release(&b);
}

TEST(the_bar_says_what_is_in_flight_where_there_is_room)
{
	struct progress_facts f = {
	    .phase = "sending", .rows_settled = 4300, .in_flight = 4};
	struct progress_numbers n = numbers;
	struct buf b = BUF_INIT(0);

	progress_bar_text(&f, &n, 80, false, &b);
	assert_string_equal(buf_str(&b), "sending  [===>   ]   43%  4,300 of "
					 "10,000 rows  512/s  0:11 left  "
					 "4 in flight");
	buf_clear(&b);
	/* What is in flight, then the rate give way to the bar. */
	progress_bar_text(&f, &n, 66, false, &b);
	assert_string_equal(buf_str(&b),
	    "sending  [==>   ]   43%  4,300 of 10,000 rows  512/s  "
	    "0:11 left");
	buf_clear(&b);
	progress_bar_text(&f, &n, 50, false, &b);
	assert_string_equal(
	    buf_str(&b), "sending   43%  4,300 of 10,000 rows  0:11 left");
	buf_clear(&b);
	f.in_flight = 0;
	f.open_jobs = 1;
	n.percent = -1;
	progress_bar_text(&f, &n, 80, false, &b);
	assert_string_equal(buf_str(&b),
	    "sending  4,300 of 10,000 rows  512/s  0:11 left  1 open job");
	buf_release(&b);
}

/* A terminal whose width a test can set: what a program writes to `slave`
 * comes out of `master`. */
struct terminal {
	int master, slave;
	FILE *stream;
	char data[65536];
	size_t len;
};

static void
terminal_open(struct terminal *t)
{
	struct termios raw;

	t->len = 0;
	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
	assert_int_equal(tcgetattr(t->slave, &raw), 0);
	raw.c_oflag &= (tcflag_t)~OPOST;
	assert_int_equal(tcsetattr(t->slave, TCSANOW, &raw), 0);
	assert_int_equal(fcntl(t->master, F_SETFL, O_NONBLOCK), 0);
	t->stream = fdopen(t->slave, "w");
}

static void
terminal_resize(struct terminal *t, unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};

	assert_int_equal(ioctl(t->slave, TIOCSWINSZ, &size), 0);
}

/* What came since the last call. */
static const char *
terminal_read(struct terminal *t)
{
	ssize_t n;

	t->len = 0;
	while ((n = read(t->master, t->data + t->len,
		    sizeof(t->data) - 1 - t->len)) > 0)
		t->len += (size_t)n;
	t->data[t->len] = '\0';
	return t->data;
}

/* A bar in a terminal of 90 columns, drawn twice: it ends at 200 ms. */
static struct progress *
bar_of_90(struct terminal *t, const struct clock *clock, int64_t *now_ms,
    const struct progress_facts *f)
{
	struct progress *p;

	terminal_open(t);
	terminal_resize(t, 90);
	p = progress_new(t->stream, PROGRESS_BAR, false, clock);
	progress_update(p, f);
	*now_ms = 200;
	progress_update(p, f);
	return p;
}

TEST(the_bar_survives_resizing)
{
	struct progress_facts f = {.phase = "sending",
	    .rows_settled = 4300,
	    .rows_read = 5000,
	    .rows_total = 10000,
	    .rows.rows[OUTCOME_REJECTED] = 12};
	struct terminal t;
	int64_t now_ms = 0;
	struct clock clock = still_clock(&now_ms);
	struct progress *p;
	const char *said;

	unsetenv("XTERM_VERSION");
	p = bar_of_90(&t, &clock, &now_ms, &f);
	said = terminal_read(&t);
	assert_memory_equal(said, "\rsending  [", 10);
	/* 70 columns and more become three lines of 30: two up, all away. */
	assert_in_range(strlen(said), 61, 90);
	terminal_resize(&t, 30);
	now_ms = 400;
	progress_update(p, &f);
	said = terminal_read(&t);
	assert_memory_equal(said, "\x1b[2A\r\x1b[J", 8);
	assert_true(strlen(said) < 8 + 30 + 3);
	/* It fits: nothing above is touched. */
	now_ms = 600;
	progress_update(p, &f);
	assert_int_equal(terminal_read(&t)[0], '\r');
	terminal_resize(&t, 120);
	now_ms = 800;
	progress_update(p, &f);
	said = terminal_read(&t);
	assert_int_equal(said[0], '\r');
	assert_true(strlen(said) > 60);
	terminal_resize(&t, 40);
	progress_clear(p);
	assert_string_equal(terminal_read(&t), "\x1b[1A\r\x1b[J\x1b[K");
	progress_free(p);
	fclose(t.stream);
	close(t.master);
}

TEST(nothing_above_is_erased_where_lines_are_cut)
{
	struct progress_facts f = {
	    .phase = "sending", .rows_settled = 4300, .rows_total = 10000};
	struct terminal t;
	int64_t now_ms = 0;
	struct clock clock = still_clock(&now_ms);
	struct progress *p;

	setenv("XTERM_VERSION", "XTerm(379)", 1);
	p = bar_of_90(&t, &clock, &now_ms, &f);
	(void)terminal_read(&t);
	terminal_resize(&t, 20);
	now_ms = 400;
	progress_update(p, &f);
	assert_int_equal(terminal_read(&t)[0], '\r');
	unsetenv("XTERM_VERSION");
	progress_free(p);
	fclose(t.stream);
	close(t.master);
}

TEST(colours_take_no_room)
{
	struct progress_facts f = {
	    .rows_settled = 10, .rows.rows[OUTCOME_REJECTED] = 2};
	struct progress_numbers n = {.percent = 50, .per_s = -1, .eta_ms = -1};
	struct buf plain = BUF_INIT(0), colour = BUF_INIT(0);
	size_t from = 0, to = 0;

	progress_bar_text(&f, &n, 60, false, &plain);
	progress_bar_text(&f, &n, 60, true, &colour);
	assert_true(colour.len > plain.len);
	for (; from < colour.len; from++) {
		if (colour.data[from] == '\x1b') {
			while (colour.data[from] != 'm')
				from++;
			continue;
		}
		assert_int_equal(colour.data[from], plain.data[to]);
		to++;
	}
	assert_int_equal(to, plain.len);
	buf_release(&plain);
	buf_release(&colour);
}

static int
in_utc(void **state)
{
	(void)state;
	return setenv("TZ", "UTC0", 1);
}
AROUND_ALL(in_utc, NULL);
