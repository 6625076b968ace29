/* SPDX-License-Identifier: MIT */
/* Request bodies in gzip (http/gzip_writer.h), read back by zlib. */
#include "http/gzip_writer.h"
#include "sandbox/sandbox.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* What the sandbox makes of a gzip body. */
static void
inflate_again(const struct buf *packed, uint64_t max, struct request *r)
{
	request_init(r, "POST", "/", 1 << 20);
	buf_add(&r->body, packed->data, packed->len);
	r->gzip = true;
	request_inflate(r, max);
}

TEST(gives_every_body_back_and_the_same_bytes_each_time)
{
	static const size_t sizes[] = {0, 1, 2, 100, 4096, 70000, 900000};
	struct buf first = BUF_INIT(0), second = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	struct gzip_writer *g = gzip_writer_new(&d);
	char *body = malloc(900000);

	assert_non_null(g);
	assert_non_null(body);
	for (size_t i = 0; i < 900000; i++)
		body[i] =
		    (char)("{\"lead_id\":\"7\"},"[i % 16] + (i % 97 == 0));
	EACH (i, sizes) {
		struct request r;

		assert_int_equal(
		    gzip_writer_body(g, body, sizes[i], &first, &d), 0);
		assert_int_equal(
		    gzip_writer_body(g, body, sizes[i], &second, &d), 0);
		assert_int_equal(first.len, second.len);
		assert_memory_equal(first.data, second.data, first.len);
		inflate_again(&first, 1 << 20, &r);
		assert_false(r.encoded);
		assert_int_equal(r.body.len, sizes[i]);
		if (sizes[i] > 0)
			assert_memory_equal(r.body.data, body, sizes[i]);
		if (sizes[i] > 10000)
			assert_true(first.len < sizes[i] / 10);
		request_release(&r);
	}
	free(body);
	buf_release(&first);
	buf_release(&second);
	gzip_writer_free(g);
}

TEST(the_sandbox_refuses_what_is_cut_damaged_or_explodes)
{
	struct buf packed = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	struct gzip_writer *g = gzip_writer_new(&d);
	static const char zeros[100000];
	struct request r;

	assert_int_equal(
	    gzip_writer_body(g, zeros, sizeof(zeros), &packed, &d), 0);
	assert_true(packed.len < 1000);
	inflate_again(&packed, 99999, &r);
	assert_true(r.too_large);
	request_release(&r);
	inflate_again(&packed, 100000, &r);
	assert_false(r.too_large || r.encoded);
	request_release(&r);
	packed.len -= 5;
	inflate_again(&packed, 100000, &r);
	assert_true(r.encoded);
	request_release(&r);
	packed.data[30] ^= 0x55;
	inflate_again(&packed, 100000, &r);
	assert_true(r.encoded);
	request_release(&r);
	buf_release(&packed);
	gzip_writer_free(g);
}
