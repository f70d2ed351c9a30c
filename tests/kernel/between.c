/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To be loaded in front of the C library: something befalls netpolc before the second
 * transaction that one process sends, as the environment says.
 *
 * NETPOLC_BETWEEN=apply	the process that was started is killed
 * NETPOLC_BETWEEN=group	all of its process group are
 * NETPOLC_BETWEEN=stop		it is, and who sends writes its id to stdout and stops
 * NETPOLC_BETWEEN=sender	who sends says so on stderr and is killed
 * NETPOLC_BETWEEN=late		so it is, but behind it
 * NETPOLC_BETWEEN=senders	so is every process but the one started, before its first
 * NETPOLC_BETWEEN=no-fork	there is no process but the one that was started
 * NETPOLC_BETWEEN=refuse	nothing is taken at all
 */
#include <dlfcn.h>
#include <errno.h>
#include <nftables/libnftables.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pid_t started, group;

__attribute__((constructor)) static void remember(void)
{
	started = getpid();
	group = getpgrp();
}

static int is(const char *what)
{
	const char *said = getenv("NETPOLC_BETWEEN");

	return said && !strcmp(said, what);
}

static void befall(int first)
{
	if (is("senders") && getpid() != started)
		raise(SIGKILL);
	if (first)
		return;
	if (is("sender")) {
		dprintf(STDERR_FILENO, "not heard\n");
		raise(SIGKILL);
	}
	if (is("group"))
		kill(-group, SIGKILL);
	if (is("apply") || is("stop"))
		kill(started, SIGKILL);
	if (is("stop")) {
		dprintf(STDOUT_FILENO, "%d\n", (int)getpid());
		raise(SIGSTOP);
	}
}

int nft_run_cmd_from_filename(struct nft_ctx *nft, const char *path)
{
	static int calls;
	int (*next)(struct nft_ctx *, const char *) = NULL;
	int rc;

	*(void **)&next = dlsym(RTLD_NEXT, "nft_run_cmd_from_filename");
	if (is("refuse"))
		return -1;
	befall(!calls++);
	rc = next(nft, path);
	if (calls == 2 && is("late"))
		raise(SIGKILL);
	return rc;
}

pid_t fork(void)
{
	pid_t (*next)(void) = NULL;

	*(void **)&next = dlsym(RTLD_NEXT, "fork");
	if (!is("no-fork"))
		return next();
	errno = EAGAIN;
	return -1;
}
