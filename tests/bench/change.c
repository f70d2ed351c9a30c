/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times what whole runs of apply take beyond reading manifests and compiling, in a
 * network namespace and with a /run of its own: nothing has changed, or one pod has, and
 * nobody else has committed anything since, or another program has.  The reference is
 * what `nft -f` takes for the transaction that one pod makes.  Elapsed time, since a part
 * of it is the kernel's, and a part is done beside the rest; the best counts.
 *
 * usage: change NETPOLC BEFORE AFTER DIRECTORY	manifests, and room for what is kept
 */
#include "child.h"
#include "figure.h"
#include "stages.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 7
#define SKIP   77
#define WORDS  7 /* the last is NULL */

struct bench {
	char *netpolc, *before, *after;
	char state[4096], transaction[4096]; /* file names */
};

/* A command and what it says. */
struct command {
	char *words[WORDS];
	FILE *messages;
};

static int run_command(void *arg)
{
	struct command *c = arg;

	return dup2(fileno(c->messages), STDERR_FILENO) < 0 ? 3 : child_silent(c->words);
}

/* Milliseconds without those of the stages of a compilation. */
static double beyond(FILE *messages, double ms)
{
	char line[512];
	unsigned stage;

	rewind(messages);
	while (fgets(line, sizeof(line), messages)) {
		double took = stages_line(line, &stage);

		ms -= took > 0 ? took : 0;
	}
	return ms;
}

/* *least is 0 or the best so far. */
static void measure(struct command *c, double *least)
{
	struct cost cost;
	double ms;

	c->messages = tmpfile();
	if (!c->messages) {
		perror("tmpfile");
		exit(3);
	}
	cost = child_cost(run_command, c);
	ms = beyond(c->messages, cost.elapsed * 1e3);
	fclose(c->messages);
	if (!cost.good) {
		fprintf(stderr, "change: %s %s failed\n", c->words[0], c->words[1]);
		exit(1);
	}
	if (!*least || ms < *least)
		*least = ms;
}

static void apply(struct bench *b, char *manifests, double *least)
{
	char verb[] = "apply", verbose[] = "-v", option[] = "--state-dir";
	struct command c = { .words = { b->netpolc, verb, verbose, option, b->state,
					manifests } };

	measure(&c, least);
}

static void run_nft(char *commands, double *least)
{
	char nft[] = "nft", option[] = "-f";
	struct command c = { .words = { nft, option, commands } };

	measure(&c, least);
}

/* Writes what makes the ruleset of the manifests of the loaded one. */
static int print_transaction(void *arg)
{
	struct bench *b = arg;
	char verb[] = "diff", live[] = "--live", form[] = "-o", syntax[] = "nft",
	     quiet[] = "-q", option[] = "--state-dir";
	char *words[] = { b->netpolc, verb,   live,	quiet,	  form,
			  syntax,     option, b->state, b->after, NULL };
	int out = open(b->transaction, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	return out < 0 || dup2(out, STDOUT_FILENO) < 0 ? 3 : child_exec(words);
}

static void foreign_commit(void)
{
	char text[] = "add table inet other\ndelete table inet other\n";
	char path[64];
	FILE *file = tmpfile();

	if (!file || fputs(text, file) < 0 || fflush(file))
		exit(3);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	run_nft(path, &(double){ 0 });
	fclose(file);
}

struct times {
	double transaction;
	double same[2], pod[2]; /* nobody else has committed; somebody has */
};

/* Before is loaded, and is so afterwards. */
static void round_of(struct bench *b, struct times *t)
{
	double none = 0;

	run_nft(b->transaction, &t->transaction);
	apply(b, b->before, &none);
	for (int foreign = 0; foreign < 2; foreign++) {
		char *const steps[] = { b->before, b->after, b->after, b->before };
		double *least[] = { &t->same[foreign], &t->pod[foreign],
				    &t->same[foreign], &t->pod[foreign] };

		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			if (foreign)
				foreign_commit();
			apply(b, steps[i], least[i]);
		}
	}
}

static void print(const char *what, const double took[2], const struct times *t)
{
	static const char *const whose[] = { "generation ours", "moved by others" };
	char text[64];

	for (int foreign = 0; foreign < 2; foreign++) {
		snprintf(text, sizeof(text), "whole run (elapsed): %s, %s", what,
			 whose[foreign]);
		figure_print(text, took[foreign], "ms", t->transaction);
	}
}

static bool enter(void)
{
	return !geteuid() && !unshare(CLONE_NEWNET | CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/run", "tmpfs", 0, NULL);
}

int main(int argc, char *argv[])
{
	struct stat transaction;
	struct times t = { 0 };
	struct bench b;

	if (argc != 5) {
		fputs("usage: change NETPOLC BEFORE AFTER DIRECTORY\n", stderr);
		return 2;
	}
	if (!enter()) {
		puts("change: skipped, needs root");
		return SKIP;
	}
	b = (struct bench){ .netpolc = argv[1], .before = argv[2], .after = argv[3] };
	snprintf(b.state, sizeof(b.state), "%s/state", argv[4]);
	snprintf(b.transaction, sizeof(b.transaction), "%s/transaction", argv[4]);
	apply(&b, b.before, &(double){ 0 });
	child_cost(print_transaction, &b); /* that they differ is exit status 1 */
	if (stat(b.transaction, &transaction) || !transaction.st_size) {
		fputs("change: there is no transaction\n", stderr);
		return 1;
	}
	for (int round = 0; round < ROUNDS; round++)
		round_of(&b, &t);
	print("nothing to do", t.same, &t);
	print("one pod changed", t.pod, &t);
	return 0;
}
