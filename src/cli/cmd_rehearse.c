/* SPDX-License-Identifier: MIT */
/*
 * rehearse: an import into a sandbox of its own. The sandbox says on its
 * standard output where it is and which token it takes; both stay in memory. It
 * is in a process group of its own, so that Ctrl-C reaches the import first,
 * and it ends with this process whatever becomes of that.
 */
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "command.h"
#include "import/import.h"
#include "plan/plan.h"
#include "report/run_report.h"
#include "runs/run.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SANDBOX "chakra-sandbox"
#define SAID_MAX 4096
#define REHEARSALS "rehearsals"
#define REHEARSALS_KEPT 10
/* With faults: an answer that never comes is given up soon enough for a
 * rehearsal to end within a minute. */
#define FAULT_SETTLE_MS 4000
#define FAULT_TIMEOUT_MS 5000
#define FAULT_WAIT_MS 15000

struct sandbox_process {
	pid_t pid;	 /* 0 = not started */
	int said;	 /* what it writes */
	FILE *complaint; /* … to standard error; no file with a name */
	char url[256], token[256];
};

/* The sandbox that was installed, or built, with this program; else that of
 * PATH. Owned. */
static char *
sandbox_path(void)
{
	struct buf path = BUF_INIT(8192);
	char own[4096];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash;

	own[len > 0 ? len : 0] = '\0';
	slash = strrchr(own, '/');
	if (slash) {
		buf_add(&path, own, (size_t)(slash - own) + 1);
		buf_adds(&path, SANDBOX);
		if (access(buf_str(&path), X_OK) == 0)
			return buf_detach(&path);
	}
	buf_release(&path);
	return xstrdup(SANDBOX);
}

/* In the child: never comes back. */
static _Noreturn void
become_sandbox(
    const struct sandbox_process *p, int said, char **argv, pid_t parent)
{
	sigset_t none;
	int complaint = fileno(p->complaint);
	int in = open("/dev/null", O_RDONLY);

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)unsetenv("CHAKRA_API_TOKEN");
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent && dup2(in, 0) == 0 && dup2(said, 1) == 1 &&
	    dup2(complaint, 2) == 2)
		(void)execvp(argv[0], argv);
	dprintf(complaint, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static char **
sandbox_arguments(
    const struct options *o, const struct mapping *m, char *program)
{
	struct buf procedure = BUF_INIT(1 << 16);
	char **argv = xcalloc(o->faults.count * 2 + 5, sizeof(*argv));
	size_t n = 0;

	argv[n++] = program;
	argv[n++] = xstrdup("--listen=127.0.0.1:0");
	/* The mapping's procedure, whatever that is, and its states. */
	buf_adds(&procedure, "--procedure=");
	if (o->settings.procedure)
		buf_adds(&procedure, o->settings.procedure);
	else
		buf_add(&procedure, m->procedure.s, m->procedure.len);
	buf_addc(&procedure, '=');
	if (m->key)
		buf_add(&procedure, m->key_name.s, m->key_name.len);
	else
		buf_adds(&procedure, "lead_id");
	argv[n++] = buf_detach(&procedure);
	for (size_t i = 0; i < o->faults.count; i++) {
		argv[n++] = xstrdup("--fault");
		argv[n++] = xstrdup(o->faults.items[i]);
	}
	return argv;
}

static void
free_arguments(char **argv)
{
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}

/* The value of "export NAME=VALUE" in its own words. */
static bool
take_export(const char *text, const char *name, char *out, size_t size)
{
	const char *at = strstr(text, name);
	size_t len;

	if (!at)
		return false;
	at += strlen(name);
	len = strcspn(at, "\n");
	if (at[len] != '\n' || len == 0 || len >= size)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

/* It did not start: what it complained of. */
static int
fail_to_start(struct sandbox_process *p, struct diag *d)
{
	char text[1024];
	ssize_t len = pread(fileno(p->complaint), text, sizeof(text) - 1, 0);
	const char *words = text, *own = SANDBOX ": ";

	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(words, own, strlen(own)) == 0)
		words += strlen(own);
	if (signals_stop())
		return diag_set(d, DIAG_SIGNAL, "stopped by a signal");
	diag_set(d, DIAG_USAGE, "the sandbox did not start: %s",
	    *words ? words : "it said nothing");
	return diag_help(d,
	    "chakra-sandbox is installed with csv2chakra; its manual, "
	    "chakra-sandbox(1), lists the faults");
}

/* Waits until it has said both. */
static int
listen_to(struct sandbox_process *p, struct diag *d)
{
	char text[SAID_MAX];
	size_t len = 0;
	int ret = -1;

	while (ret < 0 && len + 1 < sizeof(text)) {
		ssize_t n = read(p->said, text + len, sizeof(text) - 1 - len);

		if (n < 0 && signals_may_wait())
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		text[len] = '\0';
		if (take_export(
			text, "CHAKRA_BASE_URL=", p->url, sizeof(p->url)) &&
		    take_export(
			text, "CHAKRA_API_TOKEN=", p->token, sizeof(p->token)))
			ret = 0;
	}
	explicit_bzero(text, sizeof(text));
	return ret == 0 ? 0 : fail_to_start(p, d);
}

static int
sandbox_start(struct sandbox_process *p, const struct options *o,
    const struct mapping *m, struct diag *d)
{
	char **argv = sandbox_arguments(o, m, sandbox_path());
	pid_t parent = getpid();
	int ends[2] = {-1, -1};
	int ret = -1;

	p->complaint = tmpfile();
	if (!p->complaint || pipe(ends) < 0) {
		diag_set_errno(
		    d, DIAG_DISK, errno, "unable to start the sandbox");
		goto out;
	}
	p->said = ends[0];
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	p->pid = fork();
	if (p->pid == 0)
		become_sandbox(p, ends[1], argv, parent);
	close(ends[1]);
	if (p->pid < 0) {
		p->pid = 0;
		diag_set_errno(
		    d, DIAG_DISK, errno, "unable to start the sandbox");
		goto out;
	}
	ret = listen_to(p, d);
out:
	free_arguments(argv);
	return ret;
}

static void
sandbox_end(struct sandbox_process *p)
{
	if (p->pid > 0) {
		(void)kill(p->pid, SIGTERM);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (p->said >= 0)
		close(p->said);
	if (p->complaint)
		fclose(p->complaint);
	explicit_bzero(p->token, sizeof(p->token));
}

/* The folder of rehearsals below that of runs, where no guard, no `status` and
 * no `latest` looks. Owned. */
static char *
rehearsals_folder(const struct settings *s, struct diag *d)
{
	struct buf path = BUF_INIT(8192);
	char *runs = runs_dir_default(s->runs_dir, d);

	if (!runs)
		return NULL;
	buf_addf(&path, "%s/" REHEARSALS, runs);
	free(runs);
	return buf_detach(&path);
}

/* --keep: until Ctrl-C. */
static void
wait_for_person(const struct sandbox_process *p)
{
	const struct timespec pause = {0, 200000000};

	log_note(
	    "csv2chakra: the sandbox and its page stay at %s/ until Ctrl-C\n",
	    p->url);
	while (!signals_stop() && waitpid(p->pid, NULL, WNOHANG) == 0)
		(void)nanosleep(&pause, NULL);
}

/* What `check` warns of, ahead of the import, which does not look for it. What
 * keeps it from being found out, the import tells. A pipe is not read twice. */
static void
warn_of_hazards(const struct import_request *import)
{
	struct settings s = *import->settings;
	struct import_request r = *import;
	struct diag ignored = DIAG_INIT;
	struct stat st;

	if (s.quiet || stat(r.csv_path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	s.format = FORMAT_TEXT;
	s.all_problems = false;
	r.settings = &s;
	r.only_hazards = true;
	(void)check_run(&r, &ignored);
}

static int
import_into(const struct sandbox_process *p, const struct options *o,
    const char *folder, const struct run_audience *audience, struct diag *d)
{
	struct settings s = o->settings;
	const struct import_request r = {
	    .settings = &s,
	    .command = "rehearse",
	    .mapping_path = s.operands[0],
	    .csv_path = s.operands[1],
	    .audience = audience,
	};

	s.base_url = p->url;
	s.runs_dir = folder;
	s.again = true;
	warn_of_hazards(&r);
	if (o->faults.count > 0) {
		if (!settings_given(&s, "settle"))
			s.submit.settle_ms = FAULT_SETTLE_MS;
		if (!settings_given(&s, "timeout"))
			s.timeout_ms = FAULT_TIMEOUT_MS;
		if (!settings_given(&s, "retry-for"))
			s.submit.retry_for_ms = FAULT_WAIT_MS;
		if (!settings_given(&s, "wait-timeout"))
			s.submit.wait_timeout_ms = FAULT_WAIT_MS;
	}
	return import_job_run(&r, d);
}

static int
rehearse(const struct options *o, const struct mapping *m,
    const struct run_audience *audience, struct diag *d)
{
	struct sandbox_process sandbox = {.said = -1};
	char *folder = rehearsals_folder(&o->settings, d);
	int status = -1;

	if (!folder)
		return -1;
	/* The sandbox stays free: it is another program. */
	if (sandbox_start(&sandbox, o, m, d) == 0 &&
	    options_confine(o, NULL, 0, d) == 0) {
		(void)setenv("CHAKRA_API_TOKEN", sandbox.token, 1);
		status = import_into(&sandbox, o, folder, audience, d);
		(void)unsetenv("CHAKRA_API_TOKEN");
		if (o->keep && !signals_stop())
			wait_for_person(&sandbox);
		runs_trim(folder, REHEARSALS_KEPT);
	}
	sandbox_end(&sandbox);
	free(folder);
	return status;
}

static int
run(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	const char *path = o->settings.operands[0];
	struct plan p;
	int status = plan_load_mapping(&p, path, &o->settings, d);

	signals_install();
	if (status != 0) /* else the import shows them */
		show_diagnostics(&p, &o->settings, path, 0);
	else
		status = rehearse(o, p.mapping, audience, d);
	plan_release(&p);
	return status;
}

const struct command command_rehearse = {
    .id = COMMAND_REHEARSE,
    .name = "rehearse",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "import into a sandbox that is started for it",
    .details = "Starts chakra-sandbox on a free port, imports into it, shows "
	       "the report, and ends it again; the exit status is that of "
	       "import. Nothing reaches ChakraHQ, no token is needed, and "
	       "CHAKRA_* variables are ignored. The reports of the newest ten "
	       "rehearsals are kept in the runs folder, below rehearsals/.",
    .examples = {{"rehearse leads.yaml leads.csv", "see what would arrive"},
	{"rehearse --keep leads.yaml leads.csv",
	    "look at it in a browser; Ctrl-C ends the sandbox"}},
    .send = run,
};
