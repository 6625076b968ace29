/* SPDX-License-Identifier: MIT */
/* Whom the transport trusts: a TLS server on loopback whose certificate is
 * made here, so that no key lies in the repository. */
#include "http/transport.h"
#include "test.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

struct tls_server {
	struct MHD_Daemon *daemon;
	char *key, *certificate; /* PEM */
	char ca_file[64];
	unsigned port;
	unsigned requests;
	const char *versions; /* GnuTLS priorities; NULL = as usual */
};

static void
add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static char *
pem_of(BIO *bio)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	char *copy = calloc(1, (size_t)len + 1);

	memcpy(copy, data, (size_t)len);
	BIO_free(bio);
	return copy;
}

/* Self-signed, for 127.0.0.1 alone; over since `age` seconds if that is
 * positive. */
static void
make_certificate(struct tls_server *s, long age)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	BIO *out;

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
	X509_gmtime_adj(X509_getm_notAfter(cert), age > 0 ? -age : 86400);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, key);
	add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(cert, NID_subject_alt_name, "IP:127.0.0.1");
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	out = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(out, cert);
	s->certificate = pem_of(out);
	out = BIO_new(BIO_s_mem());
	PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	s->key = pem_of(out);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static enum MHD_Result
answer(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **request)
{
	struct tls_server *s = ctx;

	(void)url, (void)method, (void)version, (void)data;
	if (*request == NULL || *len > 0) {
		*request = s;
		*len = 0;
		return MHD_YES;
	}
	s->requests++;
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    2, (void *)(uintptr_t) "{}", MHD_RESPMEM_PERSISTENT);
	enum MHD_Result queued = MHD_queue_response(connection, 200, r);
	MHD_destroy_response(r);
	return queued;
}

static void
serve(struct tls_server *s, long age)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	make_certificate(s, age);
	snprintf(s->ca_file, sizeof(s->ca_file), "/tmp/test_tls.XXXXXX");
	int fd = mkstemp(s->ca_file);
	assert_true(fd >= 0);
	assert_true(write(fd, s->certificate, strlen(s->certificate)) > 0);
	close(fd);
	s->daemon = MHD_start_daemon(
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL,
	    answer, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&a,
	    MHD_OPTION_HTTPS_MEM_KEY, s->key, MHD_OPTION_HTTPS_MEM_CERT,
	    s->certificate, MHD_OPTION_HTTPS_PRIORITIES,
	    s->versions != NULL ? s->versions : "NORMAL", MHD_OPTION_END);
	assert_non_null(s->daemon);
	s->port =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static void
stop(struct tls_server *s)
{
	MHD_stop_daemon(s->daemon);
	unlink(s->ca_file);
	free(s->key);
	free(s->certificate);
}

/* One create; the answer is the caller's. */
static struct http_response
create(const struct tls_server *s, const char *host, bool trust)
{
	struct transport t;
	struct diag d = DIAG_INIT;
	char url[64];
	struct transport_options o = {.base_url = url,
	    .token = "secret-token",
	    .user_agent = "test/1",
	    .ca_file = trust ? s->ca_file : NULL,
	    .connect_timeout_ms = 3000,
	    .idle_timeout_ms = 3000};
	struct http_request r = {.method = "POST",
	    .path = "/x",
	    .body = "[1]",
	    .body_len = 3,
	    .once = true,
	    .answer_max = 100};
	struct http_response answered;

	snprintf(url, sizeof(url), "https://%s:%u", host, s->port);
	assert_int_equal(transport_curl_new(&t, &o, &d), 0);
	t.start(t.ctx, &r, 1);
	assert_int_equal(t.wait(t.ctx, 5000, &answered, &d), 1);
	transport_curl_free(&t);
	return answered;
}

TEST(trusts_the_ca_file_and_the_name_it_is_for)
{
	struct tls_server s = {.requests = 0};

	serve(&s, 0);
	struct http_response r = create(&s, "127.0.0.1", true);
	assert_string_equal(r.error, "");
	assert_int_equal(r.status, 200);
	assert_int_equal(r.sends, 1);
	http_response_release(&r);
	stop(&s);
	assert_int_equal(s.requests, 1);
}

TEST(sends_nothing_to_whom_it_does_not_trust)
{
	CASES(cases, const char *host; bool trust; long age) = {
	    {"127.0.0.1", false, 0},   /* the system does not know it */
	    {"localhost", true, 0},    /* another name */
	    {"127.0.0.1", true, 3600}, /* over */
	};

	EACH (i, cases) {
		struct tls_server s = {.requests = 0};
		serve(&s, cases[i].age);
		struct http_response r =
		    create(&s, cases[i].host, cases[i].trust);
		if (r.status != 0 || r.sends != 0 || !r.untrusted ||
		    strstr(r.error, "certificate") == NULL)
			fail_msg("case %zu: %d %u '%s'", i, r.status, r.sends,
			    r.error);
		http_response_release(&r);
		stop(&s);
		assert_int_equal(s.requests, 0);
	}
}

/* Variables that make other programs trust more, or write down keys. */
TEST(the_environment_makes_nobody_trusted)
{
	static const char *const names[] = {
	    "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"};
	struct tls_server s = {.requests = 0};

	serve(&s, 0);
	for (size_t i = 0; i < 3; i++)
		setenv(names[i], s.ca_file, 1);
	setenv("SSL_CERT_DIR", "/tmp", 1);
	setenv("CURL_INSECURE", "1", 1);
	struct http_response r = create(&s, "127.0.0.1", false);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.sends, 0);
	assert_non_null(strstr(r.error, "certificate"));
	http_response_release(&r);
	stop(&s);
	assert_int_equal(s.requests, 0);
}

TEST(older_versions_of_tls_are_refused)
{
	CASES(cases, const char *versions; int status) = {
	    {"NORMAL:-VERS-ALL:+VERS-TLS1.3", 200},
	    {"NORMAL:-VERS-ALL:+VERS-TLS1.2", 200},
	    {"NORMAL:-VERS-ALL:+VERS-TLS1.1", 0},
	    {"NORMAL:-VERS-ALL:+VERS-TLS1.0", 0},
	};

	EACH (i, cases) {
		struct tls_server s = {.versions = cases[i].versions};

		serve(&s, 0);
		struct http_response r = create(&s, "127.0.0.1", true);
		assert_int_equal(r.status, cases[i].status);
		assert_int_equal(s.requests, cases[i].status == 200);
		http_response_release(&r);
		stop(&s);
	}
}
