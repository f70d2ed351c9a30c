/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conditions - a peer entry and an end come in, what was asked of that end goes out
 */
#include <netpolc/analysis/conditions.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>

#include <stdlib.h>

struct judge {
	struct arena *arena;
	const struct decisions *dc;
	const struct policy *policy;
	const struct policy_peer *peer;
	enum family family;	/* of the connection */
	const struct pod *pod;	/* that the other end is, or NULL */
	struct address address; /* where it is none */
	struct conditions out;
};

static struct condition *add(struct judge *j, enum condition_kind kind, bool holds)
{
	struct condition *c = ARENA_PUSH(j->arena, &j->out);

	c->kind = kind;
	c->holds = holds;
	j->out.failed += !holds;
	return c;
}

static bool term_holds(const struct requirement *term, const struct labels *labels)
{
	const struct selector one = { .at = term, .len = 1 };

	return selector_matches(&one, labels);
}

static void judge_terms(struct judge *j, enum condition_kind kind,
			const struct selector *sel, const struct labels *labels,
			const char *space)
{
	for (size_t i = 0; i < sel->len; i++) {
		struct condition *c = add(j, kind, term_holds(&sel->at[i], labels));

		c->term = &sel->at[i];
		c->value = labels_get(labels, sel->at[i].key);
		c->space = space;
	}
}

/* What is no pod to selectors fails more than any pod could. */
static void judge_selectors(struct judge *j)
{
	const struct policy_peer *peer = j->peer;
	const struct namespace *spaces = j->dc->cluster->namespaces;
	const struct namespace *ns = j->pod ? &spaces[j->pod->namespace] : NULL;
	bool can = j->pod && pod_is_live(j->pod) && !j->pod->invalid &&
		   !(peer->namespaces && ns->invalid);
	struct condition *c;

	c = add(j, CONDITION_POD, can);
	if (!can) {
		c->addressed = !j->pod;
		c->host_network = j->pod && j->pod->host_network;
		if (!j->pod)
			c->address = j->address;
		j->out.failed += (peer->namespaces ? peer->namespaces->len : 1) +
				 (peer->pods ? peer->pods->len : 0);
		return;
	}
	if (peer->namespaces) {
		judge_terms(j, CONDITION_NAMESPACE_TERM, peer->namespaces, &ns->labels,
			    ns->name);
	} else {
		c = add(j, CONDITION_HOME, j->pod->namespace == j->policy->namespace);
		c->space = ns->name;
		c->home = spaces[j->policy->namespace].name;
	}
	if (peer->pods)
		judge_terms(j, CONDITION_POD_TERM, peer->pods, &j->pod->labels, ns->name);
}

/* A pod without an address has every address of the family, so to speak. */
static void judge_block(struct judge *j, const struct address *address)
{
	const struct ip_block *block = j->peer->block;
	struct condition *c;
	bool in = address ? prefix_covers(block->cidr,
					  (struct prefix){ *address,
							   family_bits(address->family) })
			  : block->cidr.length == 0 &&
				    block->cidr.base.family == j->family &&
				    !(j->pod && j->pod->naddresses);

	c = add(j, CONDITION_BLOCK, in);
	c->block = block->cidr_text;
	c->other_family = !in && !address && block->cidr.length == 0;
	c->family = j->family;
	c->addressed = address;
	if (address)
		c->address = *address;
	for (size_t i = 0; in && i < block->nexcept; i++) {
		struct prefix except = block->except[i];

		if (address &&
		    !prefix_covers(
			    except,
			    (struct prefix){ *address, family_bits(address->family) }))
			continue;
		c = add(j, CONDITION_EXCEPT, false);
		c->block = block->except_text[i];
		c->addressed = address;
		if (address)
			c->address = *address;
	}
}

struct conditions conditions_of(struct arena *a, const struct decisions *dc,
				const struct policy *policy,
				const struct policy_peer *peer,
				const struct endpoint *other, enum family family)
{
	struct judge j = {
		.arena = a, .dc = dc, .policy = policy, .peer = peer, .family = family
	};
	const struct address *address = &other->address;
	const struct pod_address *held;

	if (other->is_pod) {
		j.pod = &dc->cluster->pods[other->pod];
		address = pod_address_in(j.pod, family);
	} else {
		held = classes_find_address(dc->classes, other->address);
		j.pod = held ? &dc->cluster->pods[held->pod] : NULL;
		j.address = other->address;
	}
	if (peer->block)
		judge_block(&j, address);
	else
		judge_selectors(&j);
	return j.out;
}

/* ---- words ---- */

/* "role=frontend", "role in (a, b)", "role not in (a)", "any role", "no role" */
static void print_term(struct buf *out, const struct requirement *term)
{
	bool single = term->op == SELECTOR_IN && term->nvalues == 1;

	if (term->op == SELECTOR_EXISTS)
		buf_puts(out, "any ");
	if (term->op == SELECTOR_NOT_EXISTS)
		buf_puts(out, "no ");
	visible_text(out, term->key);
	if (!term->nvalues)
		return;
	buf_puts(out, single ? "=" : term->op == SELECTOR_IN ? " in (" : " not in (");
	for (size_t i = 0; i < term->nvalues; i++) {
		if (i)
			buf_puts(out, ", ");
		visible_text(out, term->values[i]);
	}
	if (!single)
		buf_putc(out, ')');
}

static void print_label(struct buf *out, const struct condition *c)
{
	visible_text(out, c->term->key);
	if (c->value) {
		buf_putc(out, '=');
		visible_text(out, c->value);
	}
}

/* Of a namespace that lacks a label, the label that it lacks is all there is to say. */
static bool is_lack(const struct condition *c)
{
	return c->kind == CONDITION_NAMESPACE_TERM && !c->value &&
	       c->term->op == SELECTOR_IN;
}

static void print_namespace_term(struct buf *out, const struct condition *c)
{
	buf_puts(out, "namespace ");
	visible_text(out, c->space);
	if (!c->holds && is_lack(c)) {
		buf_puts(out, " lacks ");
		print_term(out, c->term);
		return;
	}
	buf_puts(out, c->value ? " has " : " has no ");
	print_label(out, c);
}

static void print_pod_term(struct buf *out, const struct condition *c)
{
	buf_puts(out, c->value ? "label " : "no label ");
	print_label(out, c);
}

static void print_address(struct buf *out, const struct condition *c)
{
	char text[ADDRESS_TEXT];

	buf_puts(out, c->whose ? c->whose : address_text(text, c->address));
}

/* Selectors pass over pods on the host's network and faulty ones. */
static void print_pod(struct buf *out, const struct condition *c)
{
	if (c->holds) {
		buf_puts(out, "a pod");
	} else if (c->addressed) {
		print_address(out, c);
		buf_puts(out, " is no pod");
	} else if (c->host_network) {
		buf_puts(out, "a pod on the host's network, which no selector matches");
	} else {
		buf_puts(out, "a pod that is invalid, or of an invalid namespace, which "
			      "no selector matches");
	}
}

static void print_block(struct buf *out, const struct condition *c)
{
	if (c->other_family) {
		visible_text(out, c->block);
		buf_printf(out, " says nothing of %s", family_name(c->family));
		return;
	}
	if (c->addressed)
		print_address(out, c);
	else
		buf_puts(out, "a pod without an address");
	if (c->kind == CONDITION_EXCEPT)
		buf_puts(out, c->addressed ? " is excepted by " : " may be excepted by ");
	else
		buf_puts(out, c->holds ? " is in " : " is not in ");
	visible_text(out, c->block);
}

void condition_print_found(struct buf *out, const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_POD:
		print_pod(out, c);
		break;
	case CONDITION_HOME:
		buf_puts(out, "namespace ");
		visible_text(out, c->space);
		break;
	case CONDITION_NAMESPACE_TERM:
		print_namespace_term(out, c);
		break;
	case CONDITION_POD_TERM:
		print_pod_term(out, c);
		break;
	case CONDITION_BLOCK:
	case CONDITION_EXCEPT:
		print_block(out, c);
		break;
	}
}

void condition_print_wanted(struct buf *out, const struct condition *c)
{
	if (c->holds || is_lack(c))
		return;
	if (c->kind == CONDITION_HOME)
		visible_text(out, c->home);
	else if (c->term)
		print_term(out, c->term);
}

void condition_print(struct buf *out, const struct condition *c)
{
	BUF_AUTO wanted = { 0 };

	condition_print_found(out, c);
	condition_print_wanted(&wanted, c);
	if (wanted.len)
		buf_printf(out, ", wanted %s", wanted.at);
}

/* ---- order ---- */

static int compare_stories(const void *a, const void *b)
{
	const struct peer_story *x = a, *y = b;

	if (x->conditions.failed != y->conditions.failed)
		return x->conditions.failed < y->conditions.failed ? -1 : 1;
	return x->peer < y->peer ? -1 : x->peer > y->peer;
}

void peer_stories_sort(struct peer_story *at, size_t n)
{
	if (n)
		qsort(at, n, sizeof(*at), compare_stories);
}
