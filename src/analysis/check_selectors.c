/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the podSelector of a policy.  Out: whether it selects what it seems to.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

#include <string.h>

/* Values of a label that a message names. */
#define SHOWN 3

static struct pod_set pods_of_namespace(struct checking *ck, uint32_t namespace)
{
	const struct namespace *ns = &ck->cluster->namespaces[namespace];
	struct id_list live = { 0 };

	for (uint32_t id = ns->first_pod; id < ns->first_pod + ns->pods; id++)
		if (pod_is_live(&ck->cluster->pods[id]))
			*ARENA_PUSH(ck->scratch, &live) = id;
	return (struct pod_set){ live.at, live.len };
}

static bool any_matches(const struct checking *ck, const struct pod_set *pods,
			const struct requirement *req)
{
	const struct selector one = { req, 1 };

	for (size_t i = 0; i < pods->len; i++)
		if (selector_matches(&one, &ck->cluster->pods[pods->at[i]].labels))
			return true;
	return false;
}

static bool is_among(const char *value, const char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (values[i] == value)
			return true;
	return false;
}

/* "; they have app=web, app=api", or that they lack the key. */
static void put_what_they_have(struct buf *out, const struct checking *ck,
			       const struct pod_set *pods, const char *key)
{
	const char *values[SHOWN];
	size_t n = 0;

	for (size_t i = 0; i < pods->len && n < SHOWN; i++) {
		const char *value =
			labels_get(&ck->cluster->pods[pods->at[i]].labels, key);

		if (value && !is_among(value, values, n))
			values[n++] = value;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s=%s", i ? ", " : "; there is ", key, values[i]);
}

static size_t cost_of(const struct selector *sel, const struct pod_set *pods)
{
	size_t n = 1;

	for (size_t i = 0; i < sel->len; i++)
		n += 1 + sel->at[i].nvalues;
	return n * (pods->len + 1);
}

/* Why none of the pods matches: the first requirement that none does, if there is one. */
static void put_reason(struct buf *out, struct checking *ck, const struct pod_set *pods,
		       const struct selector *sel)
{
	if (!check_spend(ck, cost_of(sel, pods)))
		return;
	for (size_t i = 0; i < sel->len; i++) {
		if (any_matches(ck, pods, &sel->at[i]))
			continue;
		buf_puts(out, ": none has ");
		requirement_print(out, &sel->at[i]);
		if (sel->at[i].op == SELECTOR_IN)
			put_what_they_have(out, ck, pods, sel->at[i].key);
		return;
	}
	if (sel->len > 1) {
		buf_puts(out, ": none has all of ");
		selector_print(out, sel);
	}
}

void check_subject(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	const char *space = ck->cluster->namespaces[p->namespace].name;
	BUF_AUTO reason = { 0 };
	struct pod_set pods;

	if (p->invalid || ck->dc->sets->subjects[policy].len > 0)
		return;
	pods = pods_of_namespace(ck, p->namespace);
	if (pods.len == 0)
		buf_puts(&reason, ": it has none");
	else
		put_reason(&reason, ck, &pods, p->subject);
	diag_add(ck->cx->diags, DIAG_SELECTS_NOTHING, &p->subject_origin,
		 "the policy selects no pod of namespace '%s'%s", space,
		 reason.len ? reason.at : "");
}
