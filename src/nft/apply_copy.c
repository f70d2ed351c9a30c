/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one process has done comes in, another one knows it afterwards.
 */
#include <netpolc/nft/apply_copy.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/detached.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REASON_BYTES 1024

/* A step that is done, or the result. */
struct report {
	bool ended;
	enum apply_step step;
	enum apply_outcome outcome;
	size_t operations;
	char fallback[REASON_BYTES], uncached[REASON_BYTES]; /* empty: NULL */
};

void apply_copy_step(int fd, enum apply_step step)
{
	const struct report r = { .step = step };

	detached_say(fd, &r, sizeof(r));
}

void apply_copy_end(int fd, const struct apply_result *result)
{
	struct report r = { .ended = true,
			    .outcome = result->outcome,
			    .operations = result->operations };

	if (result->fallback)
		snprintf(r.fallback, sizeof(r.fallback), "%s", result->fallback);
	if (result->uncached)
		snprintf(r.uncached, sizeof(r.uncached), "%s", result->uncached);
	detached_say(fd, &r, sizeof(r));
	_exit(0);
}

static const char *reason(struct arena *a, const char *text)
{
	return *text ? arena_strndup(a, text, strlen(text)) : NULL;
}

bool apply_copy_hear(pid_t copy, int fd, const struct apply_options *opt, struct arena *a,
		     struct apply_result *result)
{
	struct report r = { 0 };

	while (detached_hear(fd, &r, sizeof(r)) && !r.ended)
		if (opt->on_step)
			opt->on_step(opt->arg, r.step);
	detached_wait(copy, fd);
	*result = (struct apply_result){ .outcome = r.outcome,
					 .operations = r.operations,
					 .fallback = reason(a, r.fallback),
					 .uncached = reason(a, r.uncached) };
	return r.ended;
}
