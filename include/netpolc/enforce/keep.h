/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep - isolation of pods whose address cannot be read
 *
 * Under --on-invalid isolate a pod may be left without an address that it had, because
 * what stands for it makes no sense.  Which it was the loaded table does not tell; but it
 * is one of those that the table isolates in the pod's namespace, or as a contained
 * pod's, and that no pod of the input has.  All of these are taken to be the pod's, which
 * isolates them in both directions: nobody else has them, so that hurts nobody.
 */
#ifndef NETPOLC_KEEP_H
#define NETPOLC_KEEP_H

#include <netpolc/policy/decide.h>
#include <netpolc/run/config.h>

/* As pipeline_decide(), for who speaks of the loaded table. */
const struct decisions *keep_decide(struct ctx *cx, const struct config *cfg);

#endif
