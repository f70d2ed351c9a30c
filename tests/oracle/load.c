/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inputs in, a validated cluster out; the text of a probe in, its ends out.  A
 * workload as source is the first pod of its template, as destination the
 * second, so that replica to replica is a pair.
 */
#include "load.h"
#include <fcntl.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/diag_out.h>
#include <netpolc/manifest/validate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

void load_inputs(struct loaded_input *l, const struct settings *set, char *const inputs[],
		 size_t n)
{
	ctx_init(&l->cx, set);
	l->cluster = cluster_read(&l->cx, inputs, n);
	validate(&l->cx, l->cluster);
	if (diag_failed(l->cx.diags))
		l->cluster = NULL;
}

struct cluster *load_more(struct loaded_input *l, const struct buf *text)
{
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[32], *inputs[] = { path };
	struct cluster *cluster;

	if (fd < 0 || buf_write(text, fd) < 0) {
		perror("memfd");
		exit(3);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cluster = cluster_read(&l->cx, inputs, 1);
	close(fd);
	validate(&l->cx, cluster);
	return diag_failed(l->cx.diags) ? NULL : cluster;
}

void load_text(struct loaded_input *l, const struct settings *set, const struct buf *text)
{
	ctx_init(&l->cx, set);
	l->cluster = load_more(l, text);
}

void loaded_free(struct loaded_input *l)
{
	ctx_free(&l->cx);
}

void loaded_complain(const struct loaded_input *l)
{
	const struct diag_style style = { .format = DIAG_TEXT, .least = DIAG_WARNING };
	BUF_AUTO out = { 0 };

	diag_print(&out, l->cx.diags, &l->cx.sources, &style);
	if (buf_write(&out, STDERR_FILENO) < 0)
		exit(3);
}

static bool is_text(const char *text, size_t len, const char *want)
{
	return strlen(want) == len && !memcmp(text, want, len);
}

/* namespace/pod or namespace/Kind/name */
static const struct pod *find_pod(const struct cluster *cl, const char *text,
				  bool replica)
{
	const char *slash = strchr(text, '/'), *last = strrchr(text, '/');
	const char *kind = slash == last ? "Pod" : slash + 1;
	size_t kind_len = slash == last ? 3 : (size_t)(last - kind);

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];

		if (is_text(text, (size_t)(slash - text),
			    cl->namespaces[p->namespace].name) &&
		    is_text(kind, kind_len, p->kind) && !strcmp(last + 1, p->name) &&
		    (!p->workload || p->replica == replica) && !p->finished)
			return p;
	}
	return NULL;
}

static bool find_end(const struct cluster *cl, const char *text, bool replica,
		     struct oracle_end *out)
{
	struct address a;

	if (strchr(text, '/')) {
		*out = oracle_pod(find_pod(cl, text, replica));
		return out->pod;
	}
	if (!oracle_read_address(&a, text))
		return false;
	*out = oracle_address(cl, a);
	return true;
}

static bool find_protocol(const char *text, unsigned *out)
{
	static const char *const names[] = { "TCP", "UDP", "SCTP", "none" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(text, names[i])) {
			*out = i;
			return true;
		}
	return false;
}

bool find_probe(const struct cluster *cl, const struct model_probe *text,
		struct oracle_probe *out)
{
	out->port = text->port;
	return find_end(cl, text->source, false, &out->source) &&
	       find_end(cl, text->destination, true, &out->destination) &&
	       find_protocol(text->protocol, &out->protocol);
}
