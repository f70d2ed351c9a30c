/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine - what this machine's network says about how to enforce
 *
 * For the commands that speak of the loaded table: apply and diff --live have to come
 * to the same ruleset.
 */
#ifndef NETPOLC_MACHINE_H
#define NETPOLC_MACHINE_H

#include <netpolc/cli/options.h>
#include <netpolc/nft/survey.h>

/* Settles what the options leave to the machine: whether to drop forged sources, and
 * on which interfaces.  False after reporting. */
bool machine_settle(struct ctx *cx, struct config *cfg, const struct cluster *cl);

/* The bridge whose pods can use each other's addresses although forged sources are
 * dropped; NULL when there is none. */
const char *machine_spoof_gap(struct ctx *cx, const struct survey *s);

#endif
