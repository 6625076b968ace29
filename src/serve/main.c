/* SPDX-License-Identifier: MIT */
/*
 * chakra-sandbox: put together, started, and ended by a signal. The only
 * file here that prints and decides the exit status.
 */
#include "address.h"
#include "base/xalloc.h"
#include "options.h"
#include "outputs.h"
#include "request_log.h"
#include "sandbox/sandbox.h"
#include "server.h"
#include "system/atomic_file.h"
#include "system/fault.h"
#include "system/screen.h"
#include "token.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
complain(const struct diag *d)
{
	struct buf line = BUF_INIT(0);

	text_display(&line, text_of(d->message), 0);
	if (d->help[0] != '\0') {
		buf_adds(&line, " (");
		text_display(&line, text_of(d->help), 0);
		buf_addc(&line, ')');
	}
	fprintf(stderr, "chakra-sandbox: %s\n", buf_str(&line));
	buf_release(&line);
	return diag_exit_status(d->kind);
}

static int
print_help(void)
{
	struct buf help = BUF_INIT(0);
	int written;

	sandbox_options_help(&help);
	written = fputs(buf_str(&help), stdout);
	buf_release(&help);
	return written >= 0 && fflush(stdout) == 0 ? 0 : 4;
}

/* Blocked before any thread is made, so that only sigwait sees them. A SIGHUP
 * that nohup ignores stays ignored. */
static void
block_signals(sigset_t *set)
{
	struct sigaction hangup;

	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	if (sigaction(SIGHUP, NULL, &hangup) == 0 &&
	    hangup.sa_handler != SIG_IGN)
		sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int
write_port(const char *path, unsigned port, struct diag *d)
{
	struct atomic_file file;

	if (path == NULL)
		return 0;
	if (atomic_open(&file, path, d) != 0)
		return -1;
	fprintf(file.stream, "%u\n", port);
	return atomic_commit(&file, d);
}

/* What points csv2chakra here. A token from a file is named, not shown. */
static int
print_exports(const struct sandbox_options *o, const char *url,
    const char *token, bool token_is_file, struct diag *d)
{
	struct buf out = BUF_INIT(0);
	char *path = NULL;
	int ret = 0;

	buf_addf(&out, "export CHAKRA_BASE_URL=%s\n", url);
	if (o->token_file == NULL) {
		buf_addf(&out, "export CHAKRA_API_TOKEN=%s\n", token);
	} else if (token_is_file) {
		path = realpath(o->token_file, NULL);
		buf_adds(&out, "export CHAKRA_API_TOKEN_FILE=");
		shell_quote(&out, path != NULL ? path : o->token_file);
		buf_addc(&out, '\n');
	}
	if (fputs(buf_str(&out), stdout) < 0 || fflush(stdout) != 0)
		ret = diag_set(
		    d, DIAG_DISK, "unable to write to standard output");
	free(path);
	explicit_bzero(out.data, out.len);
	buf_release(&out);
	return ret;
}

static int
get_token(const struct sandbox_options *o, const struct clock *clock,
    struct buf *token, bool *is_file, struct diag *d)
{
	if (o->token_file != NULL)
		return token_read(o->token_file, token, is_file, d);
	token_make(clock, token);
	return 0;
}

/* From the listening socket to the signal. */
static int
serve(struct sandbox *sandbox, bool token_is_file, const sigset_t *signals,
    struct diag *d)
{
	const struct sandbox_options *o = sandbox->options;
	struct request_log *log = NULL;
	struct listener listener;
	struct server *server = NULL;
	int caught, ret = -1;

	if (o->log != NULL && request_log_open(&log, o->log, d) != 0)
		return -1;
	if (listener_open(&listener, o->listen, o->allow_remote, d) != 0)
		goto out;
	if (server_start(&server, sandbox, log, listener.fd, d) != 0) {
		close(listener.fd);
		goto out;
	}
	/* The file last: whoever waits for it can then read the lines too. */
	if (print_exports(o, listener.url, sandbox->token, token_is_file, d) !=
		0 ||
	    write_port(o->port_file, listener.port, d) != 0)
		goto out;
	fprintf(stderr, "chakra-sandbox: listening on %s\n", listener.url);
	sigwait(signals, &caught);
	ret = 0;
out:
	server_stop(server);
	request_log_close(log);
	return ret;
}

/* The service's clock: --clock-offset. */
struct shifted_clock {
	struct clock machine;
	int64_t offset_ms;
};

static int64_t
shifted_wall(void *ctx)
{
	const struct shifted_clock *c = ctx;

	return c->machine.wall_ms(c->machine.ctx) + c->offset_ms;
}

static int64_t
shifted_mono(void *ctx)
{
	const struct shifted_clock *c = ctx;

	return c->machine.mono_ms(c->machine.ctx);
}

static uint64_t
shifted_random(void *ctx)
{
	const struct shifted_clock *c = ctx;

	return c->machine.random(c->machine.ctx);
}

static int
run(const struct sandbox_options *o, struct diag *d)
{
	struct clock machine = FAULT_CLOCK(clock_system());
	struct shifted_clock shifted = {machine, o->clock_offset_ms};
	struct clock clock = {
	    &shifted, shifted_wall, shifted_mono, shifted_random};
	struct buf token = BUF_INIT(0);
	struct sandbox sandbox;
	bool token_is_file = false;
	sigset_t signals;
	int ret = -1;

	if (sandbox_outputs_check(o, d) != 0)
		return -1;
	block_signals(&signals);
	if (get_token(o, &clock, &token, &token_is_file, d) != 0 ||
	    sandbox_open(&sandbox, o, buf_str(&token), clock, d) != 0)
		goto out;
	ret = serve(&sandbox, token_is_file, &signals, d);
	sandbox_close(&sandbox);
out:
	if (token.data != NULL)
		explicit_bzero(token.data, token.len);
	buf_release(&token);
	return ret;
}

int
main(int argc, char *argv[])
{
	struct sandbox_options options;
	struct diag d = DIAG_INIT;
	int parsed = sandbox_options_parse(&options, argc, argv, &d);
	int status = 0;

	if (parsed == 0 && options.help)
		status = print_help();
	else if (parsed == 0 && options.version)
		status = printf("chakra-sandbox %s\n", CSV2CHAKRA_VERSION) > 0
			     ? 0
			     : 4;
	else if (parsed != 0 || run(&options, &d) != 0)
		status = complain(&d);
	sandbox_options_release(&options);
	return status;
}
