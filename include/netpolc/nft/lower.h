/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower - decisions to a ruleset
 *
 * The only place that decides which look-up is used where.  The shape of the
 * table is drawn at the top of lower.c and in netpolc-ruleset(5).
 */
#ifndef NETPOLC_LOWER_H
#define NETPOLC_LOWER_H

#include <netpolc/nft/cost.h>
#include <netpolc/nft/ruleset.h>
#include <netpolc/policy/decide.h>

enum log_target { LOG_OFF, LOG_TO_SYSLOG, LOG_TO_GROUP };

struct lower_options {
	const char *table; /* "netpolc" */
	int priority;	   /* filter - 1 is -1 */
	bool late;   /* --hook postrouting: what the machine forwards is seen there */
	bool reject; /* --deny reject */
	bool audit;  /* --mode audit: what is denied is counted, and passes */
	/* --anti-spoof on these interfaces, where * at the end stands for anything; none:
	 * on those with the names that network plugins give. */
	bool anti_spoof;
	const char *const *pod_links;
	size_t npod_links;
	enum log_target log;
	unsigned log_group; /* of LOG_TO_GROUP, 0-65535 */
	struct lower_limits limits;
};

/* The priority is that of the hook forward; LATE_PRIORITY is for postrouting. */
#define LATE_PRIORITY 95 /* srcnat - 5 */
struct lower_options lower_defaults(void);

/* NULL after reporting why (too-large). */
const struct ruleset *lower(struct ctx *cx, const struct decisions *dc,
			    const struct lower_options *opt);

#endif
