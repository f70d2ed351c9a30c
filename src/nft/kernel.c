/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: a table in the kernel, or diagnostics that say why not.
 *
 * The idea: libnftables names the line of its input that was refused, and text
 * knows which manifest each line stands for, so a refusal by the kernel can be
 * shown where its cause was written.
 */
#include <netpolc/nft/kernel.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/text.h>

#include <errno.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>

#define REFUSALS_SHOWN 10 /* one cause is often refused at every line behind it */
#define ATTEMPTS       5  /* while other programs change their own tables */

/* A transaction: what to run, and what its lines stand for. */
struct job {
	struct ctx *cx;
	const struct kernel_ops *ops;
	struct buf text;
	struct text_lines lines;
	bool check;
	struct arena *until; /* may be NULL */
	struct buf *refusal; /* where the first reason goes instead of being reported */
};

/* One message of the library. */
struct refusal {
	const char *message;
	size_t len;
	size_t line; /* of the text, 1-based; 0 when it names none */
};

/* nft_ctx_new() ends the process when there is no netfilter netlink to talk to. */
static bool netlink_works(char **errors)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (fd < 0) {
		if (asprintf(errors, "Error: %s", strerror(errno)) < 0)
			*errors = NULL;
		return false;
	}
	close(fd);
	return true;
}

static void let_go(void *nft)
{
	nft_ctx_free(nft);
}

static int run_library(const char *path, bool check, struct arena *until, char **errors)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	int rc = -1;

	if (!nft) {
		*errors = strdup("Error: cannot set up libnftables");
		return -1;
	}
	if (!nft_ctx_buffer_error(nft) && !nft_ctx_buffer_output(nft)) {
		nft_ctx_set_dry_run(nft, check);
		rc = nft_run_cmd_from_filename(nft, path);
		*errors = strdup(nft_ctx_get_error_buffer(nft));
	}
	/* It speaks into its buffers alone: what was stderr for it may be closed. */
	if (until)
		arena_at_end(until, let_go, nft);
	else
		let_go(nft);
	return rc ? -1 : 0;
}

/* Where it has no memory, the library writes a line of its own to stderr and ends the
 * process; then main says so once. */
static int run_libnftables(const char *path, bool check, struct arena *until,
			   char **errors)
{
	FILE *said = stderr, *nowhere = fopen("/dev/null", "we");
	int rc = -1;

	*errors = NULL;
	/* With that file open: nft_ctx_new() exits where it gets no descriptor. */
	if (netlink_works(errors)) {
		if (nowhere)
			stderr = nowhere;
		rc = run_library(path, check, until, errors);
		stderr = said;
	}
	if (nowhere)
		fclose(nowhere);
	return rc;
}

const struct kernel_ops kernel_libnftables = { run_libnftables };

/* The number in "PATH:12:3-4: Error: ..." that begins at text. */
static size_t refused_line(const char *text, const char *path)
{
	size_t len = strlen(path);

	if (strncmp(text, path, len) || text[len] != ':')
		return 0;
	return strtoul(text + len + 1, NULL, 10);
}

/* Takes the next message out of *rest; false when there is none.  The lines of
 * the input that the library quotes begin with blanks or have no "Error: ". */
static bool next_refusal(const char **rest, const char *path, struct refusal *out)
{
	static const char mark[] = "Error: ";

	while (**rest) {
		const char *line = *rest;
		size_t len = strcspn(line, "\n");
		const char *found = memmem(line, len, mark, strlen(mark));

		*rest += len + (line[len] == '\n');
		if (!found || line[0] == '\t' || line[0] == ' ')
			continue;
		out->message = found + strlen(mark);
		out->len = len - (size_t)(out->message - line);
		out->line = refused_line(line, path);
		return true;
	}
	return false;
}

/* The line of the transaction without the blanks around it, as much as fits into
 * a message. */
static const char *quoted(const struct job *job, size_t line, int *len)
{
	const char *at = job->text.at, *end = at + job->text.len;
	size_t n;

	while (--line && at < end) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : end;
	}
	at += strspn(at, "\t ");
	n = strcspn(at, "\n");
	*len = n < 100 ? (int)n : 100;
	return at;
}

static void report_refusal(const struct job *job, const struct refusal *r)
{
	const struct origin *origin = NULL;
	const char *line;
	int len;

	if (!r->line || r->line > job->lines.len) {
		diag_add(job->cx->diags, DIAG_KERNEL, NULL, "the kernel refused: %.*s",
			 (int)r->len, r->message);
		return;
	}
	origin = job->lines.at[r->line - 1];
	line = quoted(job, r->line, &len);
	diag_add(job->cx->diags, DIAG_KERNEL, origin,
		 "the kernel refused: %.*s, at '%.*s'", (int)r->len, r->message, len,
		 line);
}

/* Reasons that concern the whole run; each makes a message of its own at every
 * line, so the first one ends the report.  What is no privilege for the run is, at a
 * line, another's claim to the table. */
static const char *whole_reason(const struct refusal *r)
{
	static const struct {
		const char *text, *reason;
		bool at_line;
	} reasons[] = {
		{ "Operation not permitted",
		  "no privilege to use nftables: it takes root, or CAP_NET_ADMIN in the "
		  "network namespace",
		  false },
		{ "Operation not permitted",
		  "the table belongs to a process that alone may change it (nft calls "
		  "that 'flags owner') until it ends",
		  true },
		{ "Protocol not supported", "this kernel has no nftables", false },
		{ "Invalid argument", "this kernel has no nftables", false },
		{ "Operation not supported", "this kernel has no nftables", false },
		{ "Message too long",
		  "the transaction is larger than may be sent at once without "
		  "CAP_NET_ADMIN in the initial user namespace: run there, or raise "
		  "net.core.wmem_max (before nft 1.0.8, net.core.wmem_default) there",
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].at_line == (r->line != 0) &&
		    memmem(r->message, r->len, reasons[i].text, strlen(reasons[i].text)))
			return reasons[i].reason;
	return NULL;
}

static void report(const struct job *job, const char *errors, const char *path)
{
	const char *rest = errors ? errors : "";
	struct refusal r;
	size_t n = 0;

	if (job->refusal) {
		if (next_refusal(&rest, path, &r))
			buf_add(job->refusal, r.message, r.len);
		return;
	}
	while (next_refusal(&rest, path, &r)) {
		const char *reason = whole_reason(&r);

		if (reason) {
			diag_add(job->cx->diags, DIAG_KERNEL, NULL, "%s", reason);
			return;
		}
		if (n++ < REFUSALS_SHOWN)
			report_refusal(job, &r);
	}
	if (n > REFUSALS_SHOWN)
		diag_add(job->cx->diags, DIAG_KERNEL, NULL,
			 "the kernel refused %zu more lines", n - REFUSALS_SHOWN);
	if (!n)
		diag_add(job->cx->diags, DIAG_KERNEL, NULL,
			 "the kernel refused, and libnftables does not say why");
}

/* Whether another program's commit came between the library's look at the tables
 * and its own commit, or the kernel's answer was lost. */
static bool was_outrun(const char *errors)
{
	return errors && (strstr(errors, "Interrupted system call") ||
			  strstr(errors, "Resource temporarily unavailable") ||
			  strstr(errors, "No buffer space available"));
}

/* A file of the text that no other process sees; -1 after reporting. */
static int text_file(struct job *job)
{
	int fd = memfd_create("netpolc", MFD_CLOEXEC);
	int err = fd < 0 ? -errno : buf_write(&job->text, fd);

	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	diag_add(job->cx->diags, DIAG_KERNEL, NULL,
		 "cannot hand the transaction to libnftables: %s", strerror(-err));
	return -1;
}

static bool run(struct job *job)
{
	char path[sizeof("/proc/self/fd/") + 10];
	int fd = text_file(job);
	int rc = -1;

	if (fd < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int left = ATTEMPTS; left--;) {
		char *errors = NULL;
		bool again;

		rc = job->ops->run(path, job->check, job->until, &errors);
		again = rc && left && was_outrun(errors);
		if (rc && !again)
			report(job, errors, path);
		free(errors);
		if (!again)
			break;
	}
	close(fd);
	return !rc;
}

bool kernel_load(struct ctx *cx, const struct kernel_ops *ops, const struct buf *text,
		 bool check)
{
	struct job job = { .cx = cx, .ops = ops, .text = *text, .check = check };

	return run(&job);
}

bool kernel_delete(struct ctx *cx, const struct kernel_ops *ops, const char *table)
{
	struct job job = { .cx = cx, .ops = ops };
	bool done;

	/* An absent table would make the deletion fail: add it first. */
	buf_printf(&job.text, "table inet %s {}\ndelete table inet %s\n", table, table);
	done = run(&job);
	buf_free(&job.text);
	return done;
}

bool kernel_change(struct ctx *cx, const struct kernel_ops *ops, const struct delta *d,
		   const struct delta_operations *list, bool check, struct arena *until,
		   struct buf *refusal)
{
	struct job job = {
		.cx = cx, .ops = ops, .check = check, .until = until, .refusal = refusal
	};
	bool done;

	delta_print(&job.text, cx->arena, d->rs, list, &job.lines);
	done = run(&job);
	buf_free(&job.text);
	return done;
}

bool kernel_replace(struct ctx *cx, const struct kernel_ops *ops,
		    const struct ruleset *rs, bool check)
{
	struct job job = { .cx = cx, .ops = ops, .check = check };
	bool done;

	text_print(&job.text, rs, &job.lines);
	done = run(&job);
	buf_free(&job.text);
	return done;
}
