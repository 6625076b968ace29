/* SPDX-License-Identifier: MIT */
/* Nobody has to know whether somebody looks: a meter may be NULL. */
#include "system/screen.h"

const char *
meter_phase(struct meter *m, const char *phase)
{
	const char *was = m ? m->phase : NULL;

	if (!m)
		return NULL;
	if (was && !phase)
		m->clear(m->ctx);
	m->phase = phase;
	/* A small input may have been read by now. */
	meter_tick(m, m->done, m->total);
	return was;
}

void
meter_tick(struct meter *m, uint64_t done, uint64_t total)
{
	if (!m)
		return;
	m->done = done;
	m->total = total;
	if (m->phase)
		m->tick(m->ctx, m->phase, done, total);
}
