/* SPDX-License-Identifier: MIT */
/*
 * Base URLs and the links of answers: what is taken stays as it is when it is
 * normalised again and holds nothing that a request line may not; what is
 * refused never shows a password. Two lines: the URL, and a link.
 */
#include "fuzz.h"
#include "http/transport.h"

#define SECRET "s3cret"

static bool
is_visible(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s == '\x7f')
			return false;
	return true;
}

/* A user and password where one may stand: before the first slash. */
static bool
has_password(const char *url)
{
	const char *at = strstr(url, "://u:" SECRET "@");

	return at != NULL && strcspn(url, "/?#") == (size_t)(at + 1 - url);
}

static void
check_parts(const char *url, const char *normal)
{
	struct base_url parts;
	struct diag d = DIAG_INIT;

	HOLDS(base_url_parse(url, &parts, &d) == 0);
	HOLDS(parts.https || parts.loopback);
	HOLDS(parts.port <= 65535);
	HOLDS(parts.host[0] != '\0' && is_visible(parts.host));
	HOLDS(
	    strchr(parts.host, '/') == NULL && strchr(parts.host, '@') == NULL);
	HOLDS(parts.path[0] == '\0' || parts.path[0] == '/');
	HOLDS(strncmp(normal, parts.https ? "https://" : "http://",
		  parts.https ? 8 : 7) == 0);
	HOLDS(strstr(normal, parts.host) != NULL);
}

/* The path is put after the base: there no host can begin. */
static void
check_link(const char *base, const char *link)
{
	static const char origin[] = "http://elsewhere.example";
	char path[1024], small[12];
	struct base_url parts = {.path = ""};
	struct diag d = DIAG_INIT;

	base_url_parse(base, &parts, &d);
	if (base_url_follow(base, link, path, sizeof(path))) {
		HOLDS(strlen(path) < sizeof(path));
		HOLDS(path[0] == '/' && is_visible(path));
		HOLDS(parts.path[0] == '/' || path[1] != '/');
		HOLDS(strncmp(link, origin, strlen(origin)) != 0);
	}
	if (base_url_follow(base, link, small, sizeof(small)))
		HOLDS(strlen(small) < sizeof(small));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	char *url = fuzz_string(fuzz_line(&in));
	char *link = fuzz_string(fuzz_line(&in));
	struct buf normal = BUF_INIT(0), again = BUF_INIT(0);
	struct diag d = DIAG_INIT;

	if (base_url_normalise(url, &normal, &d) == 0) {
		HOLDS(is_visible(buf_str(&normal)));
		HOLDS(normal.len > 7);
		HOLDS(normal.data[normal.len - 1] != '/');
		HOLDS(strpbrk(buf_str(&normal), "?#") == NULL);
		HOLDS(!has_password(url));
		HOLDS(base_url_normalise(buf_str(&normal), &again, &d) == 0);
		HOLDS(strcmp(buf_str(&normal), buf_str(&again)) == 0);
		check_parts(url, buf_str(&normal));
		check_link(url, link);
	} else {
		HOLDS(d.kind == DIAG_USAGE && d.message[0] != '\0');
		if (has_password(url))
			HOLDS(strstr(d.message, SECRET) == NULL &&
			      strstr(d.help, SECRET) == NULL);
	}
	check_link("https://api.example.com/base", link);
	buf_release(&normal);
	buf_release(&again);
	free(url);
	free(link);
	return 0;
}
