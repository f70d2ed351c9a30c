/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test: manifests and assertions come in, whether these hold goes out.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/cli/test_report.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/waiting.h>

#include <string.h>

static bool reads_stdin(const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], "-"))
			return true;
	return false;
}

const char *test_mistake(const struct config *cfg)
{
	if (!cfg->ntests)
		return "needs --tests FILE";
	if (reads_stdin(cfg->tests, cfg->ntests) &&
	    reads_stdin((const char *const *)cfg->inputs, cfg->ninputs))
		return "standard input cannot be both tests and INPUT";
	return NULL;
}

static const struct test_run *ask_all(struct ctx *cx, const struct config *cfg,
				      const struct decisions *dc,
				      const struct assertions *assertions)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "asking");

	return test_run(cx, asker_new(cx, dc), assertions);
}

/* Nobody waits visibly for the testbed: without root, it is made by a single thread. */
static bool prove_all(struct ctx *cx, const struct config *cfg,
		      const struct decisions *dc, struct test_report *report)
{
	struct testbed *tb = proof_testbed(cx);
	struct waiting *waiting;
	bool done;

	if (!tb)
		return false;
	waiting = waiting_begin(cfg, "sending packets");
	done = prove(cx, tb, dc, report->run, &report->proof);
	waiting_end(waiting);
	testbed_close(tb);
	return done;
}

enum exit_status cmd_test(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	static void (*const writers[])(struct buf * to,
				       const struct test_report *report) = {
		[TEST_TEXT] = test_text,
		[TEST_TAP] = test_tap,
		[TEST_JUNIT] = test_junit,
		[TEST_JSON] = test_json,
	};
	struct assertions assertions = { 0 };
	struct test_report report = { .cx = cx };
	const struct decisions *dc;
	uint32_t files[TESTS_MAX];

	for (size_t i = 0; i < cfg->ntests; i++)
		files[i] = sources_add(&cx->sources, cfg->tests[i]);
	dc = pipeline_decide(cx, cfg);
	assertions_read(cx, files, cfg->ntests, &assertions);
	if (!dc)
		return STATUS_REFUSED;
	report.run = ask_all(cx, cfg, dc, &assertions);
	if (!report.run)
		return STATUS_REFUSED;
	if (cfg->coverage)
		report.coverage = coverage_of(cx, dc, report.run);
	report.proven = cfg->kernel;
	if (cfg->kernel && !prove_all(cx, cfg, dc, &report))
		return STATUS_SYSTEM;
	writers[cfg->test_form](out, &report);
	return report.run->failed ? STATUS_NO : STATUS_YES;
}
