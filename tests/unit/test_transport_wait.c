/* SPDX-License-Identifier: MIT */
/* The real transport and time: slow servers, deaf ones, cancelling, signals. */
#define _GNU_SOURCE    /* ppoll */
#undef _FORTIFY_SOURCE /* poll is replaced */
#include "base/signals.h"
#include "system/log.h"
#include "transport_session.h"

#include <poll.h>
#include <signal.h>

static unsigned waits_in_vain;

/* The transport's, too: it counts those that end because the time is over. */
int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec t = {.tv_sec = timeout_ms / 1000,
	    .tv_nsec = timeout_ms % 1000 * 1000000L};
	int ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &t, NULL);

	waits_in_vain += ready == 0 && timeout_ms > 0;
	return ready;
}

/* The header of the request has just left; libcurl looks for an answer next. */
static void
let_the_answer_come(void *ctx)
{
	(void)ctx;
	server_sleep(20);
}

/* libcurl may come to the end of a transfer in the step that begins it, and
 * has no socket to wait for then. */
TEST(does_not_wait_for_an_answer_that_came_while_the_request_was_started)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	begin(&s, steps, 1);
	create(&s, "[1]"); /* a connection, for the others */
	log_set("test", LOG_WIRE, LOG_TEXT, clock_system());
	log_before(let_the_answer_come, NULL);
	waits_in_vain = 0;
	for (int i = 0; i < 5; i++) {
		create(&s, "[1]");
		assert_int_equal(s.answer.status, 200);
	}
	assert_int_equal(waits_in_vain, 0);
	log_before(NULL, NULL);
	log_set("test", LOG_NORMAL, LOG_TEXT, clock_system());
	finish(&s);
}

TEST(gives_up_when_no_byte_moves_for_so_long)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {.idle_ms = 150};

	begin(&s, steps, 1);
	int64_t before = now_ms();
	create(&s, "[1]");
	int64_t took = now_ms() - before;
	assert_int_equal(s.answer.status, 0);
	assert_int_equal(s.answer.sends, 1);
	assert_true(took >= 150 && took < SOON_MS);
	assert_true(s.answer.elapsed_ms >= 150);
	assert_string_equal(s.answer.error, "no traffic for 0.15 s");
	finish(&s);
}

/* A laptop that slept, a disk that was slow. */
TEST(takes_an_answer_that_came_while_nobody_waited_longer_than_the_idle_time)
{
	static const struct step steps[] = {{STEP_SLOW_READ, OK_EMPTY, 250}};
	struct session s = {.idle_ms = 150};
	struct diag d = DIAG_INIT;

	begin(&s, steps, 1);
	post(&s, "[1]", 3, true, 1);
	/* Until it has left, and was looked at. */
	for (int i = 0; i < 50 && socket_server_seen(s.server) < 1; i++)
		assert_int_equal(
		    s.transport.wait(s.transport.ctx, 2, &s.answer, &d), 0);
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 50, &s.answer, &d), 0);
	server_sleep(600);
	fetch(&s);
	assert_int_equal(s.answer.status, 200);
	finish(&s);
}

TEST(gives_up_on_a_server_that_does_not_read)
{
	static const struct step steps[] = {{STEP_DEAF, NULL, 0}};
	struct session s = {.idle_ms = 200, .receive_buffer = 4096};
	const size_t len = (size_t)16 << 20;
	char *body = malloc(len);

	memset(body, 'x', len);
	begin(&s, steps, 1);
	post(&s, body, len, true, 1);
	fetch(&s);
	assert_int_equal(s.answer.status, 0);
	assert_int_equal(s.answer.sends, 1);
	finish(&s);
	free(body);
}

/* All of it lies in this machine's socket at once; that it drains is seen
 * only there. */
TEST(waits_for_a_slow_reader_as_long_as_it_takes_bytes)
{
	static const struct step steps[] = {{STEP_SLOW_READ, OK_EMPTY, 25}};
	struct session s = {.idle_ms = 250, .receive_buffer = 4096};
	const size_t len = 80000;
	char *body = malloc(len);

	memset(body, 'x', len);
	begin(&s, steps, 1);
	int64_t before = now_ms();
	post(&s, body, len, true, 1);
	fetch(&s);
	if (s.answer.status != 200)
		fail_msg("gave up after %lld ms: %s",
		    (long long)(now_ms() - before), s.answer.error);
	assert_true(now_ms() - before > 350);
	finish(&s);
	free(body);
}

TEST(waits_for_a_drip_that_is_longer_than_the_idle_time)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 10}};
	struct session s = {.idle_ms = 150};

	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	assert_true(s.answer.elapsed_ms > 250);
	finish(&s);
}

TEST(gives_back_what_it_cancels)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {0};
	bool seen[3] = {false};
	struct diag d = DIAG_INIT;

	begin(&s, steps, 1);
	for (uint64_t tag = 0; tag < 3; tag++)
		post(&s, "[1]", 3, true, tag);
	/* Until all of them have left. */
	for (int i = 0; i < 50 && socket_server_seen(s.server) < 3; i++)
		assert_int_equal(
		    s.transport.wait(s.transport.ctx, 20, &s.answer, &d), 0);
	assert_int_equal(s.transport.active(s.transport.ctx), 3);
	s.transport.cancel(s.transport.ctx);
	assert_int_equal(s.transport.active(s.transport.ctx), 0);
	for (int i = 0; i < 3; i++) {
		fetch(&s);
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 1);
		assert_true(s.answer.tag < 3 && !seen[s.answer.tag]);
		seen[s.answer.tag] = true;
	}
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 0, &s.answer, &d), 0);
	finish(&s);
}

TEST(returns_nothing_when_the_time_is_over)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {0};
	struct diag d = DIAG_INIT;

	begin(&s, steps, 1);
	int64_t before = now_ms();
	/* With nothing under way, and with something. */
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60, &s.answer, &d), 0);
	assert_true(now_ms() - before >= 60);
	post(&s, "[1]", 3, true, 1);
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60, &s.answer, &d), 0);
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 0, &s.answer, &d), 0);
	assert_true(now_ms() - before >= 120 && now_ms() - before < SOON_MS);
	finish(&s);
}

TEST(runs_several_requests_at_once)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 3}};
	struct session s = {0};
	unsigned tags = 0;

	begin(&s, steps, 1);
	for (uint64_t tag = 0; tag < 4; tag++)
		post(&s, "[1]", 3, true, tag);
	assert_int_equal(s.transport.active(s.transport.ctx), 4);
	for (int i = 0; i < 4; i++) {
		fetch(&s);
		assert_int_equal(s.answer.status, 200);
		tags |= 1U << s.answer.tag;
	}
	assert_int_equal(tags, 0xf);
	finish(&s);
}

static void *
interrupt_soon(void *arg)
{
	server_sleep(50);
	pthread_kill(*(pthread_t *)arg, SIGTERM);
	return NULL;
}

/* The stop flag stays set for the rest of the process: so this test is the
 * last one. */
TEST(ends_a_wait_early_when_a_signal_comes_and_only_then)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 5}};
	struct session s = {0};
	struct diag d = DIAG_INIT;
	pthread_t thread, self = pthread_self();

	signals_install();
	begin(&s, steps, 1);
	pthread_create(&thread, NULL, interrupt_soon, &self);
	int64_t before = now_ms();
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60000, &s.answer, &d), 0);
	assert_true(now_ms() - before < SOON_MS);
	pthread_join(thread, NULL);
	/* What is under way may still end: a later wait waits. */
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	finish(&s);
}
