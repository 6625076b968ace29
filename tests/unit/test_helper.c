/* SPDX-License-Identifier: MIT */
#include "system/helper_child.h"
#include "system/own_files.h"
#include "system/screen.h"
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(words_are_those_of_a_shell)
{
	/* Words are parted by '/' here; NULL: refused. */
	CASES(cases, const char *text, *words) = {
	    {"a", "a"},
	    {"  op\tread  x ", "op/read/x"},
	    {"a 'b c' \"d e\" f\\ g", "a/b c/d e/f g"},
	    {"a '' \"\"", "a//"},
	    {"a'b'\"c\"d", "abcd"},
	    {"a '$x|`~#*' b#c d~e", "a/$x|`~#*/b#c/d~e"},
	    {"a \"\\$x \\\" \\\\ \\n\" \\$y", "a/$x \" \\ \\n/$y"},
	    {"a \"'\" '\"'", "a/'/\""},
	    {"a * ? [b] {c} !d %e =f", "a/*/?/[b]/{c}/!d/%e/=f"},
	    {"a \\\n b", "a/b"},
	    {"a \"b\\\nc\"", "a/bc"},
	    {"\xc3\xa4 \xff", "\xc3\xa4/\xff"},
	    {"", NULL},
	    {" \t ", NULL},
	    {"'' a", NULL},
	    {"a 'b", NULL},
	    {"a \"b", NULL},
	    {"a \"b\\", NULL},
	    {"a \\", NULL},
	    {"a | b", NULL},
	    {"a&", NULL},
	    {"a;b", NULL},
	    {"a <b", NULL},
	    {"a >b", NULL},
	    {"(a)", NULL},
	    {"a $b", NULL},
	    {"a \"$b\"", NULL},
	    {"a `b`", NULL},
	    {"a \"`b`\"", NULL},
	    {"~/a", NULL},
	    {"a #b", NULL},
	    {"a\nb", NULL},
	};

	EACH (i, cases) {
		char why[SHELL_WHY_SIZE] = "";
		char **words = shell_split(cases[i].text, why);
		struct buf all = BUF_INIT(0);

		if (cases[i].words == NULL) {
			assert_null(words);
			assert_true(why[0] != '\0');
			continue;
		}
		assert_non_null(words);
		assert_string_equal(why, "");
		for (size_t n = 0; words[n]; n++)
			buf_addf(&all, "%s%s", n > 0 ? "/" : "", words[n]);
		assert_string_equal(buf_str(&all), cases[i].words);
		buf_release(&all);
		shell_words_free(words);
	}
}

static const char *const sets[] = {"ONE", "TWO", NULL};
static const char *const hides[] = {"GONE", NULL};

enum { TELL, FAIL, DIE, NONE, SLOW, STUCK, MUCH, LEAVES, JOBS };

#define TELLS                                                                  \
	"sh -c 'printf %s,%s,%s \"${ONE-none}\" \"${TWO-none}\" "              \
	"\"${GONE-none}\"'"

static const char *const commands[JOBS] = {
    [TELL] = (TELLS),
    [FAIL] = "sh -c 'exit 7'",
    [DIE] = "sh -c 'kill -9 $$'",
    [NONE] = "/there/is/none",
    [SLOW] = "sh -c 'sleep 100; :'",
    [STUCK] = "sh -c 'sleep 100; :'",
    [MUCH] = "head -c 100000 /dev/zero",
    [LEAVES] = "sh -c 'sleep 1 & printf said'",
};

static struct helper_job jobs[JOBS];

static int
set_up(void **state)
{
	char why[SHELL_WHY_SIZE];

	(void)state;
	for (size_t i = 0; i < JOBS; i++)
		jobs[i] = (struct helper_job){
		    .words = shell_split(commands[i], why),
		    .is_read = true,
		    .limit_ms = i == SLOW ? 50 : 90000,
		};
	jobs[TELL].sets = sets;
	jobs[TELL].hides = hides;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < JOBS; i++)
		shell_words_free((char **)jobs[i].words);
	return 0;
}

static void
ask(struct helper *h, size_t job, const char *const *values,
    struct helper_answer *a)
{
	helper_ask(h, job, values);
	assert_true(helper_is_asked(h));
	assert_true(helper_wait(h, 30000, a));
	assert_false(helper_is_asked(h));
}

TEST_WITH(what_became_of_a_command_is_told, set_up, tear_down)
{
	CASES(cases, size_t job; enum helper_end end; int value; size_t len;
	      const char *said) = {
	    {FAIL, HELPER_ENDED, 7, 0, ""},
	    {DIE, HELPER_KILLED, 9, 0, ""},
	    {NONE, HELPER_MISSING, ENOENT, 0, ""},
	    {SLOW, HELPER_LATE, 0, 0, ""},
	    {MUCH, HELPER_ENDED, 0, HELPER_ANSWER_MAX, NULL},
	    {LEAVES, HELPER_ENDED, 0, 4, "said"},
	};
	struct diag d = DIAG_INIT;
	struct helper *h = helper_new(jobs, JOBS, &d);
	struct helper_answer a;
	char words[HELPER_WORDS_SIZE];

	assert_non_null(h);
	EACH (i, cases) {
		ask(h, cases[i].job, NULL, &a);
		assert_int_equal(a.end, cases[i].end);
		assert_int_equal(a.value, cases[i].value);
		assert_int_equal(a.len, cases[i].len);
		if (cases[i].said)
			assert_memory_equal(a.bytes, cases[i].said, a.len);
		assert_true(strlen(helper_words(&a, words)) > 10);
	}
	helper_free(h);
}

TEST_WITH(variables_are_set_left_out_and_hidden, set_up, tear_down)
{
	const char *const both[] = {"1", "=two"}, *const first[] = {"", NULL};
	struct diag d = DIAG_INIT;
	struct helper *h;
	struct helper_answer a;

	assert_int_equal(setenv("GONE", "secret", 1), 0);
	assert_int_equal(setenv("TWO", "of ours", 1), 0);
	h = helper_new(jobs, JOBS, &d);
	assert_non_null(h);
	ask(h, TELL, both, &a);
	assert_int_equal(a.len, 11);
	assert_memory_equal(a.bytes, "1,=two,none", 11);
	ask(h, TELL, first, &a);
	assert_int_equal(a.len, 10);
	assert_memory_equal(a.bytes, ",none,none", 10);
	helper_free(h);
	(void)unsetenv("GONE");
	(void)unsetenv("TWO");
}

TEST_WITH(a_new_question_ends_the_command_before, set_up, tear_down)
{
	struct diag d = DIAG_INIT;
	struct helper *h = helper_new(jobs, JOBS, &d);
	struct helper_answer a;

	assert_non_null(h);
	helper_ask(h, STUCK, NULL);
	assert_false(helper_wait(h, 30, &a));
	assert_true(helper_is_asked(h));
	ask(h, FAIL, NULL, &a);
	assert_int_equal(a.end, HELPER_ENDED);
	assert_int_equal(a.value, 7);
	/* … and so does the end. */
	helper_ask(h, STUCK, NULL);
	helper_free(h);
}

/* The other end of a helper, asked in ways that helper_ask never does. */
TEST_WITH(a_request_that_is_not_whole_ends_the_helper, set_up, tear_down)
{
	CASES(cases, const char *bytes; size_t len) = {
	    {"\x7f", 1},
	    {"\0", 1},
	    {"\0=1\0", 4},
	    {"\0=1\0=2\0LD_PRELOAD=x\0", 20},
	    {"\0=1\0=2", 6},
	};

	EACH (i, cases) {
		int ends[2], status;
		char byte;
		pid_t pid;

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
		pid = fork();
		if (pid == 0) {
			close(ends[0]);
			helper_child(ends[1], jobs, JOBS);
		}
		close(ends[1]);
		assert_int_equal(
		    send(ends[0], cases[i].bytes, cases[i].len, MSG_NOSIGNAL),
		    cases[i].len);
		assert_int_equal(recv(ends[0], &byte, 1, 0), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 1);
		close(ends[0]);
	}
}

TEST(a_program_is_looked_for_as_it_is_started)
{
	CASES(cases, const char *name; bool can) = {
	    {"sh", true},
	    {"/bin/sh", true},
	    {"there-is-no-such-program", false},
	    {"/bin", false},
	    {"/etc/passwd", false},
	    {"", false},
	};

	EACH (i, cases)
		assert_true(helper_can_start(cases[i].name) == cases[i].can);
}
