/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load - manifests through the whole front end, and probes against them
 */
#ifndef NETPOLC_TEST_LOAD_H
#define NETPOLC_TEST_LOAD_H

#include "model.h"
#include "oracle.h"

struct loaded_input {
	struct ctx cx;
	struct cluster *cluster; /* NULL: refused */
};

/* Reads and validates inputs; loaded_free() in any case. */
void load_inputs(struct loaded_input *l, const struct settings *set, char *const inputs[],
		 size_t n);
void load_text(struct loaded_input *l, const struct settings *set,
	       const struct buf *text);

/* One more cluster in the same context; NULL: refused. */
struct cluster *load_more(struct loaded_input *l, const struct buf *text);

void loaded_free(struct loaded_input *l);

/* What was reported, as text, to standard error. */
void loaded_complain(const struct loaded_input *l);

/* Finds both ends and the protocol; false when there is no such end. */
bool find_probe(const struct cluster *cl, const struct model_probe *text,
		struct oracle_probe *out);

#endif
