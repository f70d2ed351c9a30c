/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask - questions in the words of a user
 *
 * Finds what the text of an end means, resolves a port on the destination, and puts
 * the question to the core.  Ends are looked up by their text in a table made once,
 * and nothing is allocated for a question.
 *
 * An end may stand for many endpoints (party.h); then each is asked about.
 */
#ifndef NETPOLC_ASK_H
#define NETPOLC_ASK_H

#include <netpolc/analysis/party.h>
#include <netpolc/manifest/probe.h>
#include <netpolc/policy/core.h>

struct asker;

struct asker *asker_new(struct ctx *cx, const struct decisions *dc)
	__attribute__((returns_nonnull));

const struct decisions *asker_decisions(const struct asker *asker)
	__attribute__((returns_nonnull));

/*
 * What the text names: "namespace/pod", "namespace/Kind/name" of a workload, an
 * address, or the pods behind "namespace/svc/name", at least one.  NULL, or what is
 * wrong with it ("is …", to stand behind the quoted text).
 */
const char *ask_party(struct asker *asker, struct party *out, const char *text,
		      size_t len);

/* Has memory bring what ask_party() will look at for a text, as hashset_expect(). */
void ask_expect(const struct asker *asker, const char *text, size_t len, bool item);

/* For messages: another end that may have been meant, or NULL. */
const char *ask_nearest(struct ctx *cx, const struct asker *asker, const char *text);

/* The text that names an endpoint. */
const char *ask_text(struct ctx *cx, const struct asker *asker, const struct endpoint *e);

/*
 * The port to ask the members of to about.  It is another one only for a Service: its
 * targetPort, which may be a name.  A headless Service has no ports of its own, and a
 * number is that of the pods.  False when the Service has no such port.
 */
bool ask_port(const struct party *to, const struct probe_port *port,
	      struct probe_port *out);

struct answer {
	struct verdict_of_core verdict;
	uint16_t port; /* the number it is about: the first one denied, if any is */
};

/* False when the destination has no port of that name.  A name that stands for
 * several ports is allowed when all of them are. */
bool ask(const struct asker *asker, const struct endpoint *from,
	 const struct endpoint *to, const struct probe_port *port, struct answer *out);

/* The ports that a name stands for on the destination: *n of them, or NULL. */
const struct named_port *ask_named(const struct asker *asker, const struct endpoint *to,
				   const struct probe_port *port, size_t *n);

/* A connection that was asked about. */
struct pair {
	struct endpoint from, to;
	struct answer answer;
};

/* The reason of one family alone, as core_reason_in(). */
enum reason ask_reason_in(const struct asker *asker, const struct pair *pair,
			  unsigned protocol, enum family family);

/* What became of all pairs of two parties.  Kept are the first that are not as
 * expected; where all are, the first of all. */
#define TALLY_KEPT 10
struct tally {
	size_t pairs, contrary; /* contrary: not as expected */
	size_t nkept;
	struct pair kept[TALLY_KEPT];
};

/* A question about all pairs of two parties, and its answer. */
struct inquiry {
	const struct asker *asker;
	const char *from_text, *to_text; /* as the user wrote them */
	struct party from, to;
	struct probe_port port, target; /* as asked, and what ask_port() makes of it */
	bool expected;			/* to be allowed */
	struct tally tally;
};

/* Whether it is about one pair, and none by way of a Service. */
bool inquiry_is_one(const struct inquiry *q);

enum member_answer {
	MEMBER_ANSWERED,
	/* No pair to speak of: of several, a pod and itself are none, and pods without
	 * the port that a Service names are not behind it. */
	MEMBER_SKIPPED,
	MEMBER_NAMELESS, /* the destination has no port of that name */
};

/* Asks about one member of either party. */
enum member_answer ask_member(const struct inquiry *q, size_t from, size_t to,
			      struct pair *out);

/* Asks about each member of one party with each of the other.  False when one is
 * MEMBER_NAMELESS; kept[0] says which. */
bool ask_parties(struct inquiry *q);

/* Says that the port of q does not exist, and which do: of the Service or of the
 * destination, both called who. */
void ask_no_such_port(struct buf *out, const struct inquiry *q, const char *who);

#endif
