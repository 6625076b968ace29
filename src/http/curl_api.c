/* SPDX-License-Identifier: MIT */
/*
 * Which functions of libcurl there are to load. libcurl.so.4 is the interface
 * since 2006; curl_multi_socket_action, the newest of them here, came in that
 * year.
 */
#include "curl_api.h"

#include "system/library.h"

#define SYMBOL(member) LIBRARY_SYMBOL(curl_api, curl_, member)

int
curl_api_load(struct curl_api *curl, struct diag *d)
{
	static const struct library_symbol symbols[] = {SYMBOL(global_init),
	    SYMBOL(global_cleanup), SYMBOL(slist_append),
	    SYMBOL(slist_free_all), SYMBOL(easy_init), SYMBOL(easy_setopt),
	    SYMBOL(easy_getinfo), SYMBOL(easy_strerror), SYMBOL(easy_cleanup),
	    SYMBOL(multi_init), SYMBOL(multi_setopt), SYMBOL(multi_add_handle),
	    SYMBOL(multi_remove_handle), SYMBOL(multi_socket_action),
	    SYMBOL(multi_info_read), SYMBOL(multi_strerror),
	    SYMBOL(multi_cleanup)};

	return library_load("libcurl.so.4", "libcurl4", symbols,
	    sizeof(symbols) / sizeof(*symbols), curl, d);
}
