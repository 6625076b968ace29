/* SPDX-License-Identifier: MIT */
#ifndef BASE_SCREEN_H
#define BASE_SCREEN_H

/*
 * What may reach a terminal, for text that is more than a message: JSON, words
 * of a shell command, records. A message goes through text_display
 * (base/text.h). What is hidden: text_is_hidden there.
 */

#include "base/diag.h"
#include "base/text.h"

/* Appends JSON text with the same meaning and nothing hidden in it: inside
 * strings hidden characters become \uNNNN, bytes that are no UTF-8 U+FFFD. */
void screen_json(struct buf *out, struct text json);

/* Appends s so that a shell reads it as one word and a terminal shows it as
 * it is: plain, or 'quoted', or, if something in it is hidden or no UTF-8,
 * $'quoted' with \ooo for these bytes (bash, zsh, ksh, POSIX 2024). */
void shell_quote(struct buf *out, const char *s);
/* The same for a message that is written with a format, of a word as long as a
 * run's id at most (127 bytes). Returns out. */
#define SHELL_WORD_SIZE 1024
char *shell_word(const char *s, char out[SHELL_WORD_SIZE]);
/* The help "run: COMMAND PATH", with the path as one word. Returns -1. */
int screen_help_command(struct diag *d, const char *command, const char *path);

/* Appends s for a workflow command of GitHub: percent and line ends, in a
 * property colon and comma too, as %XX; what is hidden as in a message. */
void screen_github(struct buf *out, const char *s, bool is_property);

/* Appends records as they are, line ends and tabs too; what is hidden in them
 * is shown as in a message. */
void screen_records(struct buf *out, struct text t);

#endif
