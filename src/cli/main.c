/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netpolc: what stands on the command line is run, what it says is written.
 *
 * A command makes its output in memory; it goes out only when nothing refuses the
 * run.  Diagnostics go to stderr, once, at the end.
 */
#include <netpolc/base/arena.h>
#include <netpolc/base/terminal.h>
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/options.h>

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command commands[] = {
	{ VERB_COMPILE, "compile", "[INPUT...]",
	  "Print the nftables ruleset of manifests", true, "nothing was written",
	  compile_mistake, cmd_compile,
	  "kubectl get netpol,pods,ns -A -o yaml | netpolc compile" },
	{ VERB_APPLY, "apply", "[INPUT...]",
	  "Make the kernel enforce exactly these manifests", true, "nothing was changed",
	  apply_mistake, cmd_apply,
	  "kubectl get netpol,pods,ns,nodes -A -o json | netpolc apply --node worker-1" },
	{ VERB_DIFF, "diff", "[INPUT...]", "Tell what manifests would change", true, NULL,
	  diff_mistake, cmd_diff, "netpolc diff --from base/ head/" },
	{ VERB_DELETE, "delete", "",
	  "Remove netpolc's table, and the file that brings it back", false,
	  "nothing was changed", NULL, cmd_delete, "netpolc delete" },
	{ VERB_STATUS, "status", "", "Tell what is loaded and what it denied", false,
	  "nothing was written", status_mistake, cmd_status, "netpolc status -o json" },
	{ VERB_QUERY, "query", "[INPUT...]", "Tell whether a connection would be allowed",
	  true, NULL, query_mistake, cmd_query,
	  "netpolc query --from shop/web --to shop/db --port tcp/5432 --explain "
	  "cluster/" },
	{ VERB_CHECK, "check", "[INPUT...]", "Find mistakes in policies", true, NULL,
	  NULL, cmd_check, "netpolc check --fail-on warning manifests/" },
	{ VERB_TEST, "test", "[INPUT...]",
	  "Tell whether assertions about connections hold", true, NULL, test_mistake,
	  cmd_test, "netpolc test --tests connectivity.yaml manifests/" },
	{ VERB_MATRIX, "matrix", "[INPUT...]", "Show who reaches whom on what", true,
	  NULL, compile_mistake, cmd_matrix, "netpolc matrix manifests/" },
};

/* A file opened later must not become standard output or error because that was
 * closed: writing to these here fails as it does to a closed one. */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", O_RDONLY);
}

static void write_output(struct ctx *cx, const struct buf *out)
{
	int error = out->len ? buf_write(out, STDOUT_FILENO) : 0;

	if (error)
		diag_add(cx->diags, DIAG_OUTPUT, NULL, "cannot write standard output: %s",
			 strerror(-error));
}

static void write_diagnostics(struct ctx *cx, const struct config *cfg)
{
	static const enum diag_level least[] = {
		[QUIET + 1] = DIAG_ERROR,
		[NORMAL + 1] = DIAG_NOTE,
		[VERBOSE + 1] = DIAG_HIDDEN,
	};
	const struct diag_style style = {
		.format = cfg->diagnostics,
		.least = least[cfg->loudness + 1],
		.max_errors = cfg->max_errors,
		.width = terminal_width(STDERR_FILENO),
		.color = color_wanted(cfg, STDERR_FILENO),
		.closing = diag_failed(cx->diags) && !cx->changed
				   ? cfg->command->unchanged
				   : NULL,
	};
	BUF_AUTO text = { 0 };

	diag_print(&text, cx->diags, &cx->sources, &style);
	/* Nobody is left to be told that this failed. */
	if (text.len)
		(void)!buf_write(&text, STDERR_FILENO);
}

/* For jansson: output that lacks a part for want of memory could open something,
 * so this ends the program as any other lack of memory does. */
static void *json_memory(size_t size)
{
	return heap_resize(NULL, size, 1);
}

static int run(const struct config *cfg)
{
	enum exit_status answer;
	BUF_AUTO out = { 0 };
	struct ctx cx;
	int refused;

	ctx_init(&cx, &cfg->set);
	answer = cfg->command->run(&cx, cfg, &out);
	if (!diag_failed(cx.diags))
		write_output(&cx, &out);
	write_diagnostics(&cx, cfg);
	refused = diag_exit_status(cx.diags);
	ctx_free(&cx);
	return refused ? refused : (int)answer;
}

/* Writes what option parsing had to say, instead of running a command. */
static int show(const struct buf *text, enum parsed parsed)
{
	static const char failed[] = "netpolc: cannot write standard output\n";

	if (parsed == PARSED_WRONG) {
		(void)!buf_write(text, STDERR_FILENO);
		return STATUS_REFUSED;
	}
	if (!buf_write(text, STDOUT_FILENO))
		return STATUS_YES;
	(void)!write(STDERR_FILENO, failed, sizeof(failed) - 1);
	return STATUS_SYSTEM;
}

/* Whoever calls exit() but main() has no memory.  libnftables does, with a status that
 * stands for refused input here. */
static void end(int status, void *arg)
{
	static const char text[] = "netpolc: error: out of memory\n";
	const bool *finished = arg;

	if (*finished || status == STATUS_SYSTEM)
		return;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(STATUS_SYSTEM);
}

static int parse_and_run(int argc, char *argv[])
{
	BUF_AUTO text = { 0 };
	enum parsed parsed;
	struct config cfg;

	parsed = options_parse(&cfg, commands, ARRAY_SIZE(commands), argc, argv, &text);
	return parsed == PARSED_RUN ? run(&cfg) : show(&text, parsed);
}

int main(int argc, char *argv[])
{
	bool finished = false;
	int status;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	json_set_alloc_funcs(json_memory, free);
	fill_standard_files();
	on_exit(end, &finished);
	status = parse_and_run(argc, argv);
	finished = true;
	/* Not return: end() looks at what is here. */
	exit(status);
}
