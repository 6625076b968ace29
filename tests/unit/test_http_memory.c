/* SPDX-License-Identifier: MIT */
/* The real transport, and libcurl without memory while a request is started.
 * Not among the tests of threads: a process that ends leaves its server. */
#include "system/library.h"
#include "transport_session.h"

#include <curl/curl.h>
#include <sys/wait.h>

static unsigned until_failure; /* so many more; 0: none fails */
static bool has_failed;

static bool
fails(void)
{
	if (until_failure == 0 || --until_failure > 0)
		return false;
	has_failed = true;
	return true;
}

static void *
some_malloc(size_t size)
{
	return fails() ? NULL : malloc(size);
}

static void *
some_realloc(void *p, size_t size)
{
	return fails() ? NULL : realloc(p, size);
}

static char *
some_strdup(const char *s)
{
	return fails() ? NULL : strdup(s);
}

static void *
some_calloc(size_t count, size_t size)
{
	return fails() ? NULL : calloc(count, size);
}

struct memory_api {
	__typeof__(curl_global_init_mem) *global_init_mem;
};

/* Before the transport's, which then keeps it. */
static void
give_memory(void)
{
	static const struct library_symbol symbols[] = {
	    LIBRARY_SYMBOL(memory_api, curl_, global_init_mem)};
	struct memory_api api;
	struct diag d = DIAG_INIT;

	if (library_load("libcurl.so.4", "libcurl4", symbols, 1, &api, &d))
		fail_msg("%s", d.message);
	assert_int_equal(api.global_init_mem(CURL_GLOBAL_DEFAULT, some_malloc,
			     free, some_realloc, some_strdup, some_calloc),
	    0);
}

enum { ENDED_WITHOUT, ENDED_ANSWERED, ENDED_SILENT, ENDED_MEMORY = 70 };

/* A second request, over a new connection, in the start of which the n-th
 * allocation fails. How the process ended, of those above; or that it died. */
static int
end_of_request(unsigned n)
{
	/* It says so: else it is a race whether the end is seen in time. */
	static const struct step steps[] = {{STEP_ANSWER_CLOSE,
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	    "Content-Length: 2\r\n\r\n{}",
	    0}};
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct session s = {0};
		struct diag d = DIAG_INIT;
		int got;

		alarm(20);
		give_memory();
		begin(&s, steps, 1);
		create(&s, "[1]");
		http_response_release(&s.answer);
		until_failure = n;
		post(&s, "[1]", 3, true, 1);
		until_failure = 0;
		got = s.transport.wait(s.transport.ctx, 2000, &s.answer, &d);
		finish(&s);
		_exit(got != 1	   ? ENDED_SILENT
		      : has_failed ? ENDED_ANSWERED
				   : ENDED_WITHOUT);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("allocation %u: signal %d", n, WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* It may have lost the request: nobody would hear of it again. */
TEST(a_request_that_finds_no_memory_to_start_is_told_or_ends_the_program)
{
	unsigned n = 1, without_memory = 0;
	int end;

	while ((end = end_of_request(n)) != ENDED_WITHOUT) {
		if (end != ENDED_ANSWERED && end != ENDED_MEMORY)
			fail_msg("allocation %u: ended with %d", n, end);
		without_memory += end == ENDED_MEMORY;
		n++;
	}
	assert_true(without_memory > 0);
}
