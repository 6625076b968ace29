/* SPDX-License-Identifier: MIT */
/* All of the text in one call: what uchardet says depends on how its bytes
 * are cut. */
#include "encoding_witness.h"

#include "base/text.h"
#include "system/library.h"

#include <stdint.h>
#include <string.h>
#include <uchardet.h>

struct uchardet_api {
	__typeof__(uchardet_new) *create; /* `new` is uchardet's word for it */
	__typeof__(uchardet_delete) *destroy;
	__typeof__(uchardet_handle_data) *handle_data;
	__typeof__(uchardet_data_end) *data_end;
	__typeof__(uchardet_get_charset) *get_charset;
};

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

int
encoding_witness(const char *s, size_t len, char name[64], struct diag *d)
{
	struct uchardet_api api;
	const char *said;
	uchardet_t witness;
	size_t n;

	name[0] = '\0';
	if (load(&api, d) < 0)
		return -1;
	witness = api.create();
	/* It refuses data only when it has no memory: then it has no name. */
	(void)api.handle_data(witness, s, len);
	api.data_end(witness);
	said = api.get_charset(witness);
	n = strlen(said);
	for (size_t i = 0; i <= n && n < 64; i++)
		name[i] = ascii_lower(said[i]);
	api.destroy(witness);
	return 0;
}
