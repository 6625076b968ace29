/* SPDX-License-Identifier: MIT */
/*
 * What all transfers of a transport share: the checked base URL, the header
 * lines with the token, the CA file.
 *
 * The token is written into the header lines once, kept beside them to be
 * hidden in answers that repeat it, and wiped at the end; it is in no message.
 * (libcurl's own copies, in the bytes of a request, are out of reach.)
 */
#include "base/xalloc.h"
#include "http/transport.h"
#include "transport_easy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
header_safe(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static struct curl_slist *
add_header(
    const struct curl_api *curl, struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl->slist_append(list, line);

	return longer != NULL ? longer : list;
}

static struct curl_slist *
make_headers(const struct curl_api *curl, const char *authorization, bool post,
    bool gzip)
{
	struct curl_slist *list = NULL;

	if (authorization != NULL)
		list = add_header(curl, list, authorization);
	list = add_header(curl, list, "Accept: application/json");
	if (post) {
		list = add_header(curl, list, "Content-Type: application/json");
		if (gzip)
			list = add_header(curl, list, "Content-Encoding: gzip");
		/* No waiting for "100 Continue". */
		list = add_header(curl, list, "Expect:");
	}
	return list;
}

static int
make_all_headers(struct transfer_setup *s, const char *token, struct diag *d)
{
	static const char bearer[] = "Authorization: Bearer ";
	char *line = NULL;
	size_t size = 0;

	if (token != NULL) {
		if (!header_safe(token) || token[0] == '\0')
			return diag_set(d, DIAG_USAGE,
			    "the token is empty or holds a control character");
		size = sizeof(bearer) + strlen(token);
		line = xmalloc(size);
		memcpy(line, bearer, sizeof(bearer) - 1);
		memcpy(line + sizeof(bearer) - 1, token, strlen(token) + 1);
		secret_add(&s->secret, token);
	}
	s->get_headers = make_headers(&s->curl, line, false, false);
	s->post_headers = make_headers(&s->curl, line, true, s->gzip != NULL);
	if (line != NULL)
		explicit_bzero(line, size);
	free(line);
	return 0;
}

/* Its password is hidden as the token is, alone and as the header has it. */
static int
take_proxy(struct transfer_setup *s, const struct base_url *url, struct diag *d)
{
	struct buf both = BUF_INIT(0);

	if (proxy_from_environment(url->https, &s->proxy, d) != 0)
		return -1;
	if (!s->proxy.password)
		return 0;
	/* A key may stand alone, as the user. */
	secret_add(
	    &s->secret, *s->proxy.password ? s->proxy.password : s->proxy.user);
	buf_addf(&both, "%s:%s", s->proxy.user, s->proxy.password);
	secret_add(&s->secret, buf_str(&both));
	explicit_bzero(both.data, both.len);
	buf_release(&both);
	return 0;
}

int
transfer_setup_init(
    struct transfer_setup *s, const struct transport_options *o, struct diag *d)
{
	struct base_url url;
	struct stat st;

	*s = (struct transfer_setup){
	    .connect_timeout_ms = o->connect_timeout_ms};
	if (base_url_parse(o->base_url, &url, d) != 0 ||
	    base_url_normalise(o->base_url, &s->base_url, d) != 0)
		return -1;
	s->loopback = url.loopback;
	if (!s->loopback && take_proxy(s, &url, d) != 0)
		return -1;
	if (o->ca_file != NULL) {
		if (access(o->ca_file, R_OK) != 0) {
			int err = errno;

			diag_set_errno(d, DIAG_USAGE, err,
			    "unable to open CA file '%s'", o->ca_file);
			return diag_help_open(d, err, o->ca_file);
		}
		/* It is read again for each connection. */
		if (stat(o->ca_file, &st) == 0 && !S_ISREG(st.st_mode)) {
			diag_set(d, DIAG_USAGE, "the CA file '%s' is %s",
			    o->ca_file,
			    S_ISDIR(st.st_mode) ? "a folder" : "not a file");
			return diag_help(d, "name a file");
		}
		s->ca_file = xstrdup(o->ca_file);
	}
	s->user_agent = xstrdup(o->user_agent != NULL ? o->user_agent : "");
	if (curl_api_load(&s->curl, d) != 0)
		return -1;
	if (o->gzip) {
		s->gzip = gzip_writer_new(d);
		if (s->gzip == NULL)
			return -1;
	}
	return make_all_headers(s, o->token, d);
}

static void
wipe_headers(const struct curl_api *curl, struct curl_slist *list)
{
	for (struct curl_slist *l = list; l != NULL; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	if (list)
		curl->slist_free_all(list);
}

int
transfer_setup_renew(
    struct transfer_setup *s, const char *token, struct diag *d)
{
	struct curl_slist *get = s->get_headers, *post = s->post_headers;

	if (make_all_headers(s, token, d) != 0)
		return -1;
	s->old_headers = xreallocarray(
	    s->old_headers, s->old_count + 1, sizeof(*s->old_headers));
	s->old_headers[s->old_count++] =
	    (struct old_headers){.get = get, .post = post};
	s->renewals++;
	return 0;
}

void
transfer_setup_release(struct transfer_setup *s)
{
	for (size_t i = 0; i < s->old_count; i++) {
		wipe_headers(&s->curl, s->old_headers[i].get);
		wipe_headers(&s->curl, s->old_headers[i].post);
	}
	free(s->old_headers);
	wipe_headers(&s->curl, s->get_headers);
	wipe_headers(&s->curl, s->post_headers);
	secret_free(s->secret);
	proxy_release(&s->proxy);
	gzip_writer_free(s->gzip);
	free(s->user_agent);
	free(s->ca_file);
	buf_release(&s->base_url);
	socket_table_release(&s->sockets);
	*s = (struct transfer_setup){.loopback = false};
}
