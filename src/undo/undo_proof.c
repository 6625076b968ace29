/* SPDX-License-Identifier: MIT */
/*
 * What must hold before a process is deleted. Every doubt keeps it: a process
 * too many can be deleted by hand, one that was deleted is lost.
 */
#include "chakra/response.h"
#include "undo/undo.h"

/* Did somebody create it before we sent it, for sure or perhaps? */
static enum undo_proof
prove_age(const struct undo_facts *f)
{
	int64_t last = f->created_ms + (f->is_cut_to_seconds ? 999 : 0);
	int64_t sent = f->sent_ms + f->offset_ms;
	int64_t seen = f->seen_ms + f->offset_ms;

	if (f->created_ms == FOUND_BAD_TIME || !f->has_clock)
		return UNDO_NO_PROOF;
	if (last < sent - f->within_ms)
		return UNDO_OLDER;
	if (f->has_id)
		return UNDO_OURS;
	/* Without an id its time is all there is: surely not before the send,
	 * and surely not after the job was seen to be finished. */
	return f->created_ms >= sent + f->within_ms &&
		       last <= seen - f->within_ms
		   ? UNDO_OURS
		   : UNDO_NO_PROOF;
}

static enum undo_proof
prove_origin(const struct undo_facts *f)
{
	if (!f->has_id && (f->found > 1 || f->created_ms == FOUND_NO_TIME ||
			      f->is_other_run || f->is_other_creator))
		return UNDO_NO_PROOF;
	return f->created_ms == FOUND_NO_TIME ? UNDO_OURS : prove_age(f);
}

static bool
was_changed(const struct undo_facts *f)
{
	int64_t settled = f->seen_ms + (f->has_clock ? f->offset_ms : 0);

	return f->differs || f->updated_ms == FOUND_BAD_TIME ||
	       f->updated_ms > settled + UNDO_UPDATED_SLACK_MS;
}

enum undo_proof
undo_prove(const struct undo_facts *f)
{
	enum undo_proof origin;

	if (f->found == 0)
		return f->has_id || f->is_seeing ? UNDO_GONE : UNDO_UNSEEN;
	origin = prove_origin(f);
	if (origin != UNDO_OURS || f->even_if_changed)
		return origin;
	return was_changed(f) ? UNDO_CHANGED : UNDO_OURS;
}

const char *
undo_proof_code(enum undo_proof p)
{
	static const char *const codes[] = {
	    [UNDO_OURS] = "",
	    [UNDO_GONE] = "",
	    [UNDO_UNSEEN] = "undo.not_seen",
	    [UNDO_OLDER] = "undo.older",
	    [UNDO_NO_PROOF] = "undo.no_proof",
	    [UNDO_CHANGED] = "undo.changed",
	};

	return codes[p];
}
