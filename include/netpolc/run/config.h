/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config - what a run was told
 *
 * The command line as a struct: options fill it in (cli/options.h), everything behind
 * reads it.  Strings point into argv.
 */
#ifndef NETPOLC_CONFIG_H
#define NETPOLC_CONFIG_H

#include <netpolc/analysis/matrix.h>
#include <netpolc/base/diag_out.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/probe.h>
#include <netpolc/nft/lower.h>

struct command;

/* The first is the default: nft's text, or text for people. */
enum output { OUTPUT_NFT, OUTPUT_TEXT = OUTPUT_NFT, OUTPUT_JSON, OUTPUT_PROMETHEUS };
enum matrix_form { MATRIX_TABLE, MATRIX_CSV, MATRIX_JSON, MATRIX_DOT, MATRIX_HTML };
enum diff_form { DIFF_TEXT, DIFF_NFT, DIFF_JSON, DIFF_MARKDOWN };
enum test_form { TEST_TEXT, TEST_TAP, TEST_JUNIT, TEST_JSON };
enum dump { DUMP_NONE, DUMP_OBJECTS, DUMP_MANIFESTS, DUMP_DECISIONS, DUMP_RULESET };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum loudness { QUIET = -1, NORMAL, VERBOSE };

/* What -W says of a finding. */
enum warning { WARNING_UNCHANGED, WARNING_ON, WARNING_OFF, WARNING_ERROR };

/* How many inputs diff compares with. */
#define BASES_MAX 64

/* How many --pod-interface. */
#define POD_INTERFACES_MAX 32
/* How many files of assertions test reads. */
#define TESTS_MAX 64

struct config {
	const struct command *command;
	/* As given; "-" alone when none was and stdin is no terminal. */
	char *const *inputs;
	size_t ninputs;

	struct settings set;	    /* what manifests mean */
	struct lower_options lower; /* what denies how, and where */
	const char *pod_interfaces[POD_INTERFACES_MAX];
	size_t npod_interfaces;
	bool priority_given;
	bool no_anti_spoof; /* else the machine may ask for it */
	enum output output;
	enum dump dump;

	enum color color;
	enum loudness loudness;
	enum diag_format diagnostics;
	size_t max_errors; /* 0: all */

	bool dry_run, allow_loss, allow_unenforced, adopt; /* apply */
	bool recheck;		    /* apply: end what is denied now */
	bool confirm;		    /* apply; takes no manifests */
	unsigned long settle;	    /* apply: seconds before the first policies */
	unsigned long try_seconds;  /* apply; 0: for good */
	unsigned long lock_timeout; /* apply, delete: seconds */
	const char *state_dir;	    /* apply, delete, status, diff --live; "": none */

	const char *prefix; /* status: a line of the log, or NULL */

	const char *bases[BASES_MAX]; /* diff --from */
	size_t nbases;
	bool live; /* diff */
	enum diff_form diff_form;

	const char *from, *to;	/* query, matrix */
	struct probe_port port; /* query; its text is NULL without --port */
	const char *probes;	/* query: a file name, or "-" */
	bool explain;		/* query */

	enum matrix_by by; /* matrix */
	enum matrix_form matrix_form;

	bool list;			   /* check; takes no manifests */
	enum diag_format report;	   /* check */
	enum diag_level fail_on;	   /* check */
	enum warning warnings[DIAG_COUNT]; /* check: -W */

	const char *tests[TESTS_MAX]; /* test */
	size_t ntests;
	enum test_form test_form;
	bool kernel, coverage; /* test */
};

#endif
