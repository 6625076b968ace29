/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer: what cJSON reads back is the same text; the ways with and
 * without SSE2 give the same bytes; a full buffer stays as it was. The first
 * byte is what stands in the buffer before, the second the room.
 */
#include "base/json_write.h"
#include "fuzz.h"

static void
check_room(struct text t, size_t before, size_t room)
{
	struct buf b = BUF_INIT(before + room);

	for (size_t i = 0; i < before; i++)
		buf_addc(&b, ' ');
	size_t len = b.len;
	if (json_add_string(&b, t))
		HOLDS(b.len <= before + room && !b.overflow);
	else
		HOLDS(b.len == len && b.overflow);
	buf_release(&b);
}

static void
check_member(struct text t, const struct buf *escaped)
{
	static const char fragment[32] = ",\"key\":\"";
	struct buf b = BUF_INIT(0);
	size_t len = strlen(fragment);

	HOLDS(json_add_member(&b, (struct text){fragment, len}, t));
	HOLDS(b.len == len + escaped->len + 1);
	HOLDS(memcmp(b.data, fragment, len) == 0);
	HOLDS(escaped->len == 0 ||
	      memcmp(b.data + len, escaped->data, escaped->len) == 0);
	HOLDS(b.data[b.len - 1] == '"');
	buf_release(&b);
}

static void
check_reading(struct text t, const struct buf *json, size_t before)
{
	cJSON *root =
	    fuzz_json((struct text){json->data + before, json->len - before});

	HOLDS(cJSON_IsString(root));
	/* A string of C ends at its first NUL. */
	if (t.len == 0 || memchr(t.s, '\0', t.len) == NULL)
		HOLDS(text_is(t, root->valuestring));
	cJSON_Delete(root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t before = fuzz_byte(&in) & 63, room = 1u + fuzz_byte(&in);
	struct text t = fuzz_rest(&in);
	struct buf json = BUF_INIT(0), fast = BUF_INIT(0);
	struct buf portable = BUF_INIT(0);

	t.len = utf8_check(t.s, t.len);
	for (size_t i = 0; i < before; i++)
		buf_addc(&json, ' ');
	HOLDS(json_add_string(&json, t));
	HOLDS(json_add_escaped(&fast, t));
	HOLDS(json_add_escaped_portable(&portable, t));
	HOLDS(fast.len == portable.len);
	HOLDS(fast.len == 0 || memcmp(fast.data, portable.data, fast.len) == 0);
	HOLDS(json.len == before + fast.len + 2);
	for (size_t i = before; i < json.len; i++)
		HOLDS((unsigned char)json.data[i] >= 0x20);
	check_reading(t, &json, before);
	check_member(t, &fast);
	check_room(t, before, room);
	buf_release(&json);
	buf_release(&fast);
	buf_release(&portable);
	return 0;
}
