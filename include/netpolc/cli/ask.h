/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask - questions in the words of a user
 *
 * Finds what the text of an endpoint means, resolves a port name on the
 * destination, and puts the question to the core.  Endpoints are looked up by
 * their text in a table made once, and nothing is allocated for a question.
 */
#ifndef NETPOLC_ASK_H
#define NETPOLC_ASK_H

#include <netpolc/cli/probe.h>
#include <netpolc/policy/core.h>

struct asker;

struct asker *asker_new(struct ctx *cx, const struct decisions *dc)
	__attribute__((returns_nonnull));

/*
 * What the text names: "namespace/pod", "namespace/Kind/name" of a workload, or an
 * address.  NULL, or what is wrong with it ("is …", to stand behind the quoted text).
 */
const char *ask_endpoint(const struct asker *asker, struct endpoint *out,
			 const char *text, size_t len);

/* For messages: another endpoint that may have been meant, or NULL. */
const char *ask_nearest(struct ctx *cx, const struct asker *asker, const char *text);

struct answer {
	struct verdict_of_core verdict;
	uint16_t port; /* the number it is about: the first one denied, if any is */
};

/* False when the destination has no port of that name.  A name that stands for
 * several ports is allowed when all of them are. */
bool ask(const struct asker *asker, const struct endpoint *from,
	 const struct endpoint *to, const struct probe_port *port, struct answer *out);

/* A workload as both ends is the pair of its two replicas: makes to the second. */
void ask_pair(const struct asker *asker, const struct endpoint *from,
	      struct endpoint *to);

#endif
