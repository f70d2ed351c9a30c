/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of pods come in, the links that lead to them go out, each once.
 */
#include <netpolc/node/pod_links.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>
#include <string.h>

static void add_link(struct arena *a, struct pod_links *to, const struct link *link,
		     enum family f)
{
	struct pod_link *known = NULL;

	for (size_t i = 0; i < to->len && !known; i++)
		if (to->at[i].link == link)
			known = &to->at[i];
	if (!known) {
		known = ARENA_PUSH(a, to);
		known->link = link;
	}
	known->families[f] = true;
}

static int compare_names(const void *x, const void *y)
{
	const struct pod_link *a = x, *b = y;

	return strcmp(a->link->name, b->link->name);
}

int pod_links_find(struct arena *a, struct routes *r, const struct address *pods,
		   size_t n, struct pod_links *out)
{
	*out = (struct pod_links){ 0 };
	for (size_t i = 0; i < n; i++) {
		struct way way;
		int err = routes_find(r, pods[i], &way);

		if (err)
			return err;
		if (way.direct)
			add_link(a, out, way.link, pods[i].family);
	}
	if (out->len)
		qsort(out->at, out->len, sizeof(*out->at), compare_names);
	return 0;
}
