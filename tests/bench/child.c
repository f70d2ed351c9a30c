/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function comes in, what its process used goes out.
 */
#include "child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int child_exec(void *argv)
{
	char **words = argv;

	execvp(words[0], words);
	perror(words[0]);
	return 127;
}

int child_silent(void *argv)
{
	int null = open("/dev/null", O_WRONLY);

	return null < 0 || dup2(null, STDOUT_FILENO) < 0 ? 3 : child_exec(argv);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct cost child_cost(int (*work)(void *arg), void *arg)
{
	struct rusage used = { 0 };
	int status = -1;
	double begun;
	pid_t pid;

	fflush(NULL);
	begun = now();
	pid = fork();
	if (pid == 0)
		_exit(work(arg));
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("fork");
		exit(3);
	}
	return (struct cost){
		.seconds = seconds(used.ru_utime) + seconds(used.ru_stime),
		.elapsed = now() - begun,
		.megabytes = (double)used.ru_maxrss / 1024,
		.good = WIFEXITED(status) && WEXITSTATUS(status) == 0,
	};
}

void child_best(struct cost *best, int (*work)(void *arg), void *arg, const char *what)
{
	struct cost cost = child_cost(work, arg);

	if (!cost.good) {
		fprintf(stderr, "%s failed\n", what);
		exit(1);
	}
	if (!best->good || cost.seconds < best->seconds)
		*best = cost;
}
