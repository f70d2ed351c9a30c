/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset and packets come in, what a packet costs goes out.
 *
 * The idea: a chain costs too little to be seen beside a system call, so many copies
 * of the base chain are hung on the hook, one behind the other; what as many copies
 * with only the ct rule cost is taken off, the rest divided.  A packet that is denied
 * meets one copy only.  The best pass over the packets counts.
 */
#include "packets.h"

#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/nft/lower.h>
#include <netpolc/nft/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SLICE 0.003 /* seconds of a turn, at least */

void trial_fail(const char *what, const char *why)
{
	printf("SKIPPED: the benchmark of packets could not run: %s: %s\n", what, why);
	exit(77);
}

/* ---- rulesets ---- */

void netpolc_text(struct buf *out, const struct buf *manifests)
{
	const struct settings set = settings_default();
	const struct lower_options opt = lower_defaults();
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[64], *paths[] = { path };
	const struct pod_sets *sets;
	struct cluster *cl;
	struct ctx cx;

	if (fd < 0 || buf_write(manifests, fd))
		trial_fail("manifests", "no memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&cx, &set);
	cl = cluster_read(&cx, paths, 1);
	validate(&cx, cl);
	if (diag_failed(cx.diags))
		trial_fail("manifests", "refused");
	sets = resolve(&cx, cl);
	text_print(out, lower(&cx, decide(&cx, cl, sets, classify(&cx, cl, sets)), &opt),
		   NULL);
	ctx_free(&cx);
	close(fd);
}

void plain_open(struct buf *out, bool intervals)
{
	buf_printf(out,
		   "table inet plain {\n\tset peers {\n\t\ttype ipv4_addr\n%s"
		   "\t\telements = {\n",
		   intervals ? "\t\tflags interval\n" : "");
}

void plain_close(struct buf *out, const char *rules)
{
	buf_printf(out,
		   "\t\t}\n\t}\n\tchain forward {\n"
		   "\t\ttype filter hook forward priority filter; policy accept;\n"
		   "\t\tct state established,related accept\n\t\t%s\n\t}\n}\n",
		   rules);
}

/* The base chain becomes so many, on the output hook. */
static void hang(struct buf *out, const char *text, int copies)
{
	static const char head[] = "\tchain forward {\n", tail[] = "\n\t}\n";
	const char *chain = strstr(text, head), *hook, *rules, *end;

	if (!chain)
		trial_fail("ruleset", "it has no chain \"forward\"");
	hook = strstr(chain, "type filter hook");
	end = strstr(chain, tail);
	if (!hook || !end)
		trial_fail("ruleset", "its chain \"forward\" has no hook");
	rules = strchr(hook, '\n');
	buf_add(out, text, (size_t)(chain - text));
	for (int i = 0; i < copies; i++) {
		buf_printf(out,
			   "\tchain hook-%d {\n\t\ttype filter hook output priority %d; "
			   "policy accept;",
			   i, i - 100);
		buf_add(out, rules, (size_t)(end - rules));
		buf_puts(out, tail);
	}
	buf_puts(out, end + strlen(tail));
}

/* ---- time ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void trial_open(struct trial *t, const char *what, const char *text)
{
	BUF_AUTO hung = { 0 };
	const char *why;

	t->best = 1e12;
	hang(&hung, text, t->wire.denied ? 1 : COPIES);
	why = wire_open(&t->wire, hung.at);
	if (why)
		trial_fail(what, why);
}

void trial_turn(struct trial *t)
{
	double end = now() + SLICE, start, elapsed;

	do {
		start = now();
		if (!wire_pass(&t->wire))
			trial_fail("packets",
				   "a ruleset did not judge them as it should");
		elapsed = (now() - start) * 1e9 / WIRE_PACKETS;
		t->best = elapsed < t->best ? elapsed : t->best;
	} while (now() < end);
}

double trial_cost(const struct trial *t, const struct trial *base)
{
	return (t->best - base->best) / (t->wire.denied ? 1 : COPIES);
}
