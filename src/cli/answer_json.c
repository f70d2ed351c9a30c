/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An answer comes in, JSON for programs goes out.
 */
#include <netpolc/cli/answer.h>

#include <netpolc/analysis/explain.h>
#include <netpolc/base/json_out.h>
#include <netpolc/manifest/ctx.h>

static json_t *verdict(bool allow)
{
	return json_string(allow ? "allow" : "deny");
}

static json_t *port_text(const struct probe_port *port)
{
	BUF_AUTO text = { 0 };

	probe_port_print(&text, port);
	return json_text(text.at);
}

/* An object that says where something stands. */
static json_t *place(struct ctx *cx, const struct origin *origin)
{
	json_t *out = json_object();

	json_set(out, "path", json_text(origin->path));
	json_set_where(out, &cx->sources, &origin->at);
	return out;
}

static json_t *policy_name(const struct answered *q, const struct policy *policy)
{
	BUF_AUTO name = { 0 };

	buf_printf(&name, "%s/%s", q->dc->cluster->namespaces[policy->namespace].name,
		   policy->name);
	return json_text(name.at);
}

static json_t *peers(struct ctx *cx, const struct rule_story *s)
{
	json_t *out = json_array();

	for (size_t i = 0; i < s->npeers; i++) {
		const struct conditions *c = &s->peers[i].conditions;
		json_t *peer = place(cx, &s->peers[i].peer->origin);
		json_t *conditions = json_array();

		for (size_t j = 0; j < c->len; j++) {
			json_t *one = json_object();
			BUF_AUTO text = { 0 };

			condition_print(&text, &c->at[j]);
			json_set(one, "holds", json_boolean(c->at[j].holds));
			json_set(one, "text", json_text(text.at));
			json_array_append_new(conditions, one);
		}
		json_set(peer, "conditions", conditions);
		json_array_append_new(out, peer);
	}
	return out;
}

static json_t *rule(struct ctx *cx, const struct answered *q, const struct rule_story *s)
{
	const struct rule_finding *f = &s->found;
	json_t *out = place(cx, &f->rule->origin);
	BUF_AUTO miss = { 0 };

	if (!f->port_matches)
		explain_port_miss(&miss, s, q->port.protocol, q->answer.port);
	json_set(out, "policy", policy_name(q, f->policy));
	json_set(out, "allows", json_boolean(f->peer_matches && f->port_matches));
	json_set(out, "peerMatches", json_boolean(f->peer_matches));
	json_set(out, "portMatches", json_boolean(f->port_matches));
	json_set(out, "peers", peers(cx, s));
	json_set(out, "port", f->port ? place(cx, &f->port->origin) : json_null());
	json_set(out, "portMiss", json_text(miss.at));
	return out;
}

/* The rules as they fare in each family. */
static json_t *families(struct ctx *cx, const struct answered *q, enum direction d)
{
	json_t *out = json_array();

	for (enum family f = 0; f < FAMILIES; f++) {
		json_t *one, *rules;
		struct explanation e;

		if (!answer_tells_of(q, f) || !answer_explanation(cx, q, d, f, &e))
			continue;
		one = json_object();
		rules = json_array();
		for (size_t i = 0; i < e.nrules; i++)
			json_array_append_new(rules, rule(cx, q, &e.rules[i]));
		json_set(one, "family", json_string(family_name(f)));
		json_set(one, "rules", rules);
		json_array_append_new(out, one);
	}
	return out;
}

static json_t *direction(struct ctx *cx, const struct answered *q, enum direction d)
{
	struct explanation e;
	bool isolated = answer_explanation(cx, q, d, q->answer.verdict.family, &e);
	json_t *out = json_object(), *policies = json_array();

	json_set(out, "isolated", json_boolean(isolated));
	for (size_t i = 0; isolated && i < e.npolicies; i++) {
		const struct policy *policy = &q->dc->cluster->policies[e.policies[i]];
		json_t *one = place(cx, &policy->origin);

		json_object_del(one, "path");
		json_set(one, "policy", policy_name(q, policy));
		json_array_append_new(policies, one);
	}
	json_set(out, "policies", policies);
	json_set(out, "families", isolated ? families(cx, q, d) : json_array());
	return out;
}

json_t *answer_pair_json(struct ctx *cx, const struct answered *q, bool explained)
{
	static const char *const reasons[] = {
		[REASON_OPEN] = "open",
		[REASON_RULES] = "rules",
		[REASON_OWN_NODE] = "own-node",
		[REASON_SELF] = "self",
		[REASON_PROTOCOL] = "other-protocols",
		[REASON_EGRESS] = "egress",
		[REASON_INGRESS] = "ingress",
		[REASON_NO_FAMILY] = "no-family",
		[REASON_NO_ENDPOINT] = "no-endpoint",
	};
	json_t *out = json_object();
	BUF_AUTO text = { 0 };

	answer_print(&text, q);
	text.at[text.len - 1] = '\0'; /* the line's end */
	json_set(out, "from", json_text(q->from_text));
	json_set(out, "to", json_text(q->to_text));
	json_set(out, "port", port_text(&q->port));
	json_set(out, "number", json_count(q->answer.port));
	json_set(out, "verdict", verdict(q->answer.verdict.allow));
	json_set(out, "reason", json_string(reasons[q->answer.verdict.reason]));
	json_set(out, "text", json_text(text.at));
	if (!explained || !answer_is_policy(q))
		return out;
	json_set(out, "egress", direction(cx, q, EGRESS));
	json_set(out, "ingress", direction(cx, q, INGRESS));
	return out;
}

void answer_inquiry_json(struct ctx *cx, struct buf *out, const struct inquiry *q,
			 bool explain)
{
	json_t *root = json_object(), *pairs = json_array();
	size_t allowed = q->tally.pairs - q->tally.contrary;

	json_set(root, "from", json_text(q->from_text));
	json_set(root, "to", json_text(q->to_text));
	json_set(root, "port", port_text(&q->port));
	json_set(root, "verdict", verdict(!q->tally.contrary));
	json_set(root, "connections", json_count(q->tally.pairs));
	json_set(root, "allowed", json_count(allowed));
	for (size_t i = 0; i < q->tally.nkept; i++) {
		struct answered pair = answer_pair(cx, q, i);

		json_array_append_new(pairs, answer_pair_json(cx, &pair, explain));
	}
	json_set(root, "pairs", pairs);
	json_write(out, root, JSON_INDENT(2));
}
