/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lowered - a small cluster as a ruleset, and packets through it
 */
#ifndef NETPOLC_TEST_LOWERED_H
#define NETPOLC_TEST_LOWERED_H

#include "manifests.h"
#include "sim.h"

#include <netinet/in.h>
#include <netpolc/nft/lower.h>

#define WEB(n) POD("m", "web" #n, "app: web", "10.0.1." #n)
#define PODS                                                                             \
	POD("m", "x1", "app: x", "10.0.0.1")                                             \
	POD("m", "x2", "app: x", "10.0.0.2")                                             \
	POD("m", "v1", "app: v", "10.0.0.11")                                            \
	POD_SPEC("m", "dual", "app: dual", "",                                           \
		 "podIPs: [{ip: 10.0.0.21}, {ip: 'fd00::21'}]")                          \
	POD("other", "o", "app: o", "10.0.2.1") WEB(1) WEB(2) WEB(3)
#define ON(app, spec)                                                                    \
	POLICY("m", "on-" app, "podSelector: {matchLabels: {app: " app "}}, " spec)
#define APP(app)    "{podSelector: {matchLabels: {app: " app "}}}"
#define BLOCK(text) "{ipBlock: {" text "}}"

static inline const struct ruleset *lower_text(struct run *r, const struct settings *set,
					       const struct lower_options *opt,
					       const char *text)
{
	struct lower_options defaults = lower_defaults();

	run_decide(r, set, text);
	return lower(&r->cx, r->dc, opt ? opt : &defaults);
}

static inline struct sim_result send_packet(const struct ruleset *rs, const char *from,
					    const char *to, unsigned protocol,
					    uint16_t port, unsigned state, uint8_t flags)
{
	struct address source = address_of(from), destination = address_of(to);
	struct packet p = {
		.family = source.family,
		.saddr = source.number,
		.daddr = destination.number,
		.protocol = protocol,
		.dport = port,
		.state = state,
		.tcp_flags = flags,
	};

	return sim_run(rs, &p);
}

static inline enum sim_verdict syn(const struct ruleset *rs, const char *from,
				   const char *to, uint16_t port)
{
	return send_packet(rs, from, to, IPPROTO_TCP, port, CT_NEW, TCP_SYN).verdict;
}

#endif
