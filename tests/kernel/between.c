/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To be loaded in front of the C library: something befalls netpolc before the second
 * transaction that one process sends, or else where it is said, as the environment says.
 *
 * NETPOLC_BETWEEN=apply	the process that was started is killed
 * NETPOLC_BETWEEN=group	all processes of its group are killed
 * NETPOLC_BETWEEN=stop		the process that was started is killed; the one that sends
 *				writes its id to stdout and stops
 * NETPOLC_BETWEEN=sender	the process that sends writes to stderr and is killed
 * NETPOLC_BETWEEN=late		the process that sends is killed behind the second
 * NETPOLC_BETWEEN=senders	each copy of the process is killed before its first
 * NETPOLC_BETWEEN=fails	two copies of the process are killed before their first;
 *				what the third sends is not taken
 * NETPOLC_BETWEEN=no-fork	no process can be made
 * NETPOLC_BETWEEN=refuse	nothing that any process sends is taken
 * NETPOLC_BETWEEN=disk		whoever is the first to look for the state directory
 *				writes its id to stdout and stops
 */
#include <dlfcn.h>
#include <errno.h>
#include <nftables/libnftables.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIES 4 /* of one apply at most: one writes what is kept, the others send */

static pid_t started, group;
static int copies; /* each counts itself */

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
	if (getpid() != started && (is("senders") || (is("fails") && copies < COPIES)))
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
	befall(!calls++);
	if (is("refuse") || (is("fails") && getpid() != started))
		return -1;
	rc = next(nft, path);
	if (calls == 2 && is("late"))
		raise(SIGKILL);
	return rc;
}

pid_t fork(void)
{
	pid_t (*next)(void) = NULL;

	*(void **)&next = dlsym(RTLD_NEXT, "fork");
	copies++;
	if (!is("no-fork"))
		return next();
	errno = EAGAIN;
	return -1;
}

/* The first that anybody wants of the state directory, before there is a second copy. */
int mkdir(const char *path, mode_t mode)
{
	int (*next)(const char *, mode_t) = NULL;

	*(void **)&next = dlsym(RTLD_NEXT, "mkdir");
	if (is("disk") && copies < 2 && strstr(path, "/state")) {
		dprintf(STDOUT_FILENO, "%d\n", (int)getpid());
		raise(SIGSTOP);
	}
	return next(path, mode);
}
