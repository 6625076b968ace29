/* SPDX-License-Identifier: MIT */
/*
 * uchardet behind a buffer, loaded when there is something to guess: it
 * brings the C++ runtime along, which most inputs never need.
 */
#include "source/encoding_guess.h"

#include "base/library.h"
#include "source/decoder.h"

#include <string.h>
#include <strings.h>

#define SHOWN_MAX ((uint64_t)4 << 20)
#define FALLBACK "windows-1252"

static int
load(struct uchardet_api *api, struct diag *d)
{
	static const struct library_symbol symbols[] = {
	    {"uchardet_new", offsetof(struct uchardet_api, create)},
	    {"uchardet_delete", offsetof(struct uchardet_api, destroy)},
	    LIBRARY_SYMBOL(uchardet_api, uchardet_, handle_data),
	    LIBRARY_SYMBOL(uchardet_api, uchardet_, data_end),
	    LIBRARY_SYMBOL(uchardet_api, uchardet_, get_charset)};

	return library_load("libuchardet.so.0", "libuchardet0", symbols,
	    sizeof(symbols) / sizeof(*symbols), api, d);
}

static void
flush(struct encoding_guess *g)
{
	if (g->piece_len == 0 || g->failed.kind != DIAG_NONE)
		return;
	if (!g->guesser) {
		if (load(&g->api, &g->failed) < 0)
			return;
		g->guesser = g->api.create();
	}
	/* It refuses data only when it has no memory; the fallback is right
	 * then, too. */
	(void)g->api.handle_data(g->guesser, g->piece, g->piece_len);
	g->shown += g->piece_len;
	g->piece_len = 0;
}

void
encoding_guess_add(struct encoding_guess *g, const char *s, size_t len)
{
	while (len > 0 && g->shown < SHOWN_MAX && g->failed.kind == DIAG_NONE) {
		size_t n = ENCODING_GUESS_PIECE - g->piece_len;

		n = len < n ? len : n;
		memcpy(g->piece + g->piece_len, s, n);
		g->piece_len += n;
		s += n;
		len -= n;
		if (g->piece_len == ENCODING_GUESS_PIECE)
			flush(g);
	}
}

int
encoding_guess_name(struct encoding_guess *g, char name[64], struct diag *d)
{
	const char *said = "";

	flush(g);
	if (g->failed.kind != DIAG_NONE) {
		*d = g->failed;
		return -1;
	}
	if (g->guesser) {
		g->api.data_end(g->guesser);
		said = g->api.get_charset(g->guesser);
	}
	if (*said == '\0' || strlen(said) >= 64 || !encoding_is_known(said) ||
	    strcasecmp(said, "ascii") == 0 || strcasecmp(said, "utf-8") == 0 ||
	    strcasecmp(said, "iso-8859-1") == 0)
		said = FALLBACK;
	for (size_t i = 0; i <= strlen(said); i++) {
		name[i] = said[i];
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] - 'A' + 'a');
	}
	return 0;
}

void
encoding_guess_release(struct encoding_guess *g)
{
	if (g->guesser)
		g->api.destroy(g->guesser);
	g->guesser = NULL;
}
