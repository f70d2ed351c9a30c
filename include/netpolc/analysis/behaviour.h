/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * behaviour - all that decides what an end may connect to, and what to it
 *
 * Ends with one class in each direction and one atom in each family behave alike, unless
 * one of them has addresses and the other none yet: each of them may do what any of them
 * may.  What always holds beside the decisions (a pod and itself, a pod and its own node,
 * A 82, 83) is not looked at here.
 *
 * Behaviours are numbered from 0 in the order in which they are first met.
 */
#ifndef NETPOLC_BEHAVIOUR_H
#define NETPOLC_BEHAVIOUR_H

#include <netpolc/policy/decide.h>

struct behaviour {
	uint32_t class[DIRECTIONS]; /* or NO_CLASS: not isolated */
	uint32_t atom[FAMILIES];    /* or NO_ATOM: none, or not decided */
	uint32_t bare;		    /* a pod without an address */
};

struct behaviours;

struct behaviours *behaviours_new(struct ctx *cx, const struct decisions *dc)
	__attribute__((returns_nonnull));

/* The number of a pod that has not finished. */
uint32_t behaviour_of_pod(struct behaviours *all, uint32_t pod);

/* The number of addresses that no pod has, in these atoms. */
uint32_t behaviour_of_atoms(struct behaviours *all, const uint32_t atoms[FAMILIES]);

const struct behaviour *behaviour_at(const struct behaviours *all, uint32_t id)
	__attribute__((returns_nonnull));
size_t behaviours_len(const struct behaviours *all); /* numbers are below it */

/* The ports on which from may reach to, in every family that both have, or in any where
 * neither has an address; NULL when they have none in common. */
const struct portset *behaviour_reach(const struct behaviours *all, uint32_t from,
				      uint32_t to);

/* The same for the first n numbers at once: far quicker than one by one. */
void behaviour_reach_first(struct behaviours *all, uint32_t from, size_t n,
			   const struct portset **out);

#endif
