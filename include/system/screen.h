/* SPDX-License-Identifier: MIT */
#ifndef SYSTEM_SCREEN_H
#define SYSTEM_SCREEN_H

/*
 * What may reach a terminal, for text that is more than a message: JSON, words
 * of a shell command, records. A message goes through text_display
 * (base/text.h). What is hidden: text_is_hidden there.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends JSON text with the same meaning and nothing hidden in it: inside
 * strings hidden characters become \uNNNN, bytes that are not UTF-8 U+FFFD. */
void screen_json(struct buf *out, struct text json);

/* Appends s so that a shell reads it as one word and a terminal shows it as
 * it is: plain, or 'quoted', or, if something in it is hidden or not UTF-8,
 * $'quoted' with \ooo for these bytes (bash, zsh, ksh, POSIX 2024). */
void shell_quote(struct buf *out, const char *s);
/* The same for a message that is written with a format, of a word as long as a
 * run's id at most (127 bytes). Returns out. */
#define SHELL_WORD_SIZE 1024
char *shell_word(const char *s, char out[SHELL_WORD_SIZE]);
/* A command that can be pasted: "csv2chakra COMMAND", with what the line that
 * led to it said of where (NULL = nothing), and has to be said again; then
 * " WORD", quoted, for each of its words. */
struct shell_where {
	const char *profile, *runs_dir;
};
void shell_command(
    struct buf *out, const char *command, struct shell_where where);
/* Its options alone, each after a blank. */
void shell_add_where(struct buf *out, struct shell_where where);
void shell_add(struct buf *out, const char *word);

/* The way back: the words of a command as a person types it, owned, with a NULL
 * after them (shell_words_free). Blanks part them; '...', "..." and backslashes
 * mean what they mean to a shell, and nothing else does: what a shell would act
 * on (| & ; < > ( ) $ ` and a line end, ~ and # where a word begins) is refused
 * unless it is quoted, and *, ? and [ are what they are. NULL, and why, which
 * reads well after "'--name': ", if it is refused or names no program. */
#define SHELL_WHY_SIZE 160
char **shell_split(const char *text, char why[SHELL_WHY_SIZE]);
void shell_words_free(char **words);

/* The help "run: COMMAND PATH", with the path as one word. Returns -1. */
int screen_help_command(struct diag *d, const char *command, const char *path);

/* Appends s for a workflow command of GitHub: percent and line ends, in a
 * property colon and comma too, as %XX; what is hidden as in a message. */
void screen_github(struct buf *out, const char *s, bool is_property);

/* Appends records as they are, line ends and tabs too; what is hidden in them
 * is shown as in a message. */
void screen_records(struct buf *out, struct text t);

/*
 * stdout is the answer and nothing else. A failing write there is an error
 * (DIAG_DISK, exit 4: a full disk, a closed descriptor), never silence. A
 * reader that went away ends the program by SIGPIPE, as `head` expects; only
 * `import` ignores that signal and goes on without its stdout.
 */

/* A big buffer in front of stdout, for answers of any length. */
struct answer {
	char *bytes;
	size_t len;
	bool is_screen; /* stdout is a terminal */
};
void answer_init(struct answer *a);
int answer_add(struct answer *a, const char *data, size_t len, struct diag *d);
/* Writes what is left and frees the buffer; call it on every path. */
int answer_finish(struct answer *a, struct diag *d);

/* The whole of a buffer at once. */
int answer_write(const struct buf *b, struct diag *d);
/* The same for JSON, with nothing hidden in it (system/screen.h). */
int answer_write_json(const struct buf *b, struct diag *d);

/*
 * A pass over an input that may take a while. Who begins it names the phase,
 * who reads tells the bytes (input_read), and who shows progress draws it
 * (report/progress.c). Without a phase nothing is told: what is read then is
 * shown in another way, or not at all. A meter that is NULL is one at which
 * nobody looks.
 */
struct meter {
	void *ctx;
	/* total: 0 = not known. */
	void (*tick)(
	    void *ctx, const char *phase, uint64_t done, uint64_t total);
	/* The phase is over: what is drawn goes from the screen. */
	void (*clear)(void *ctx);
	const char *phase;    /* static; NULL = none */
	uint64_t done, total; /* as they were told last */
};
/* Returns the phase before. NULL ends it. */
const char *meter_phase(struct meter *m, const char *phase);
void meter_tick(struct meter *m, uint64_t done, uint64_t total);

/* What was written to stdout by stdio: all of it went out, or DIAG_DISK. */
int answer_flush(struct diag *d);

#endif
