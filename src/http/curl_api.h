/* SPDX-License-Identifier: MIT */
#ifndef HTTP_CURL_API_H
#define HTTP_CURL_API_H

/*
 * The functions of libcurl that the transport uses, loaded when the first
 * transport is made (system/library.h says why). A member is called as the
 * function `curl_<member>` of libcurl's manual.
 */

#include "base/diag.h"

#include <curl/curl.h>

struct curl_api {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_global_cleanup) *global_cleanup;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_setopt) *multi_setopt;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_socket_action) *multi_socket_action;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_strerror) *multi_strerror;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
};

/* Fills *curl. -1 and a diag when libcurl is not on this machine. */
int curl_api_load(struct curl_api *curl, struct diag *d);

#endif
