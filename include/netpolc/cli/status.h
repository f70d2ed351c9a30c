/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status - what is loaded, in the forms that people and programs read
 *
 * JSON is one object; members whose value is not known are null.  Prometheus is the
 * text format for node_exporter's textfile collector; what is not known has no
 * sample.
 */
#ifndef NETPOLC_STATUS_H
#define NETPOLC_STATUS_H

#include <netpolc/enforce/machine.h>
#include <netpolc/enforce/trial.h>
#include <netpolc/nft/survey.h>

#include <time.h>

struct status {
	const char *table;
	struct survey survey;
	const char *unknown; /* why there is no time of the last apply, or NULL */
	struct timespec applied;
	struct machine machine;
	struct on_trial trial;
};

void status_text(struct buf *out, const struct status *st);
void status_json(struct buf *out, const struct status *st);
void status_prometheus(struct buf *out, const struct status *st);

/* The class whose name is in a line of the log, in the form text or JSON; false, and
 * nothing in JSON, when there is none. */
bool status_prefix(struct buf *out, const struct status *st, const char *line,
		   enum output form);
void status_class_json(struct buf *out, const struct survey_class *c);

#endif
