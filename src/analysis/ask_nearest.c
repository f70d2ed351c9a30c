/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text that names no end comes in, one that may have been meant goes out.
 */
#include <netpolc/analysis/ask.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/nearest.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

static const char *text_of(struct ctx *cx, const struct asker *asker, uint32_t pod)
{
	return ask_text(cx, asker,
			&(const struct endpoint){ .is_pod = true, .pod = pod });
}

static const char *service_text(struct ctx *cx, const struct service *s)
{
	return arena_printf(cx->arena, "%s/svc/%s", s->space, s->name);
}

/* The part of text behind its last slash. */
static const char *last_part(const char *text)
{
	const char *slash = strrchr(text, '/');

	return slash ? slash + 1 : text;
}

/* A pod's controller adds to its own name; what is near is at home. */
static const struct pod *begins_alike(const struct cluster *cl, const char *text)
{
	const char *name = last_part(text);
	const struct pod *best = NULL;
	size_t space_len = strcspn(text, "/"), most = 0;

	for (size_t i = 0; i < cl->npods && *name; i++) {
		const struct pod *pod = &cl->pods[i];
		const char *space = cl->namespaces[pod->namespace].name;
		bool home =
			strlen(space) == space_len && !strncmp(space, text, space_len);
		bool begins = !strncmp(pod->name, name, strlen(name));
		size_t points =
			2 * !strcmp(pod->name, name) + begins + 2 * (home && begins);

		if (points > most && !pod->finished) {
			most = points;
			best = pod;
		}
	}
	return best;
}

/* What is one edit or two away, or NULL; what is there needs no other name. */
static const char *spelt_alike(struct ctx *cx, const struct asker *asker,
			       const char *text)
{
	const struct cluster *cl = asker_decisions(asker)->cluster;
	/* A slip may be in the namespace, too. */
	struct nearest n = nearest_to(text, 2 * strlen(last_part(text)));

	for (size_t i = 0; i < cl->npods + cl->nservices; i++) {
		const char *other =
			i < cl->npods ? text_of(cx, asker, (uint32_t)i)
				      : service_text(cx, &cl->services[i - cl->npods]);

		if (strcmp(text, other) == 0)
			return NULL;
		if (i >= cl->npods || !cl->pods[i].finished)
			nearest_offer(&n, other);
	}
	return n.best;
}

const char *ask_nearest(struct ctx *cx, const struct asker *asker, const char *text)
{
	const struct cluster *cl = asker_decisions(asker)->cluster;
	const struct pod *pod = strstr(text, "/svc/") ? NULL : begins_alike(cl, text);

	return pod ? text_of(cx, asker, (uint32_t)(pod - cl->pods))
		   : spelt_alike(cx, asker, text);
}
