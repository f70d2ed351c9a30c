/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assertions - what people say that connects, and what does not
 *
 * A test file is a mapping with the field tests, a list of
 *
 *	{name, from, to, port | ports, expect: allow|deny}
 *
 * where from and to are the text of an endpoint or a CIDR, or {namespace, podSelector}.
 * It is read as manifests are, and what is wrong with it is reported likewise; it is
 * always refused, whatever is to become of invalid objects.
 */
#ifndef NETPOLC_ASSERTIONS_H
#define NETPOLC_ASSERTIONS_H

#include <netpolc/manifest/probe.h>

/* One end: a text, or pods. */
struct assertion_end {
	struct origin origin;
	const char *text;	     /* NULL: pods */
	const char *space;	     /* the namespace of the pods */
	const struct selector *pods; /* never NULL; empty where all are meant */
};

struct assertion_port {
	struct origin origin;
	struct probe_port port;
};

struct assertion {
	const char *name; /* as written, or made of what is asserted; never NULL */
	struct origin origin;
	struct assertion_end from, to;
	const struct assertion_port *ports; /* at least one */
	size_t nports;
	bool allow; /* what is expected */
};

struct assertions {
	struct assertion *at; /* in the order of the files */
	size_t len, cap;
};

/* Appends what the files say, whose ids sources_add() gave.  A file that asserts nothing
 * is DIAG_NO_TESTS, what is said twice DIAG_REPEATED_TEST.  Whether any of it was
 * refused, cx->diags says. */
void assertions_read(struct ctx *cx, const uint32_t files[], size_t n,
		     struct assertions *out);

#endif
