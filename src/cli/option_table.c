/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The value of an option comes in, its place in struct config is filled.
 */
#include <netpolc/cli/option_table.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/literal.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/values.h>
#include <netpolc/manifest/names.h>

#include <net/if.h>
#include <string.h>

#define COMPILE	  (1u << VERB_COMPILE)
#define APPLY	  (1u << VERB_APPLY)
#define DIFF	  (1u << VERB_DIFF)
#define DELETE	  (1u << VERB_DELETE)
#define STATUS	  (1u << VERB_STATUS)
#define QUERY	  (1u << VERB_QUERY)
#define CHECK	  (1u << VERB_CHECK)
#define TEST	  (1u << VERB_TEST)
#define MATRIX	  (1u << VERB_MATRIX)
#define MANIFESTS (COMPILE | APPLY | DIFF | QUERY | CHECK | TEST | MATRIX)
#define EVERY	  (MANIFESTS | DELETE | STATUS)
#define ONCE	  OPTION_ONCE

#define DAY_SECONDS (24 * 60 * 60)

#define FLAG(field) offsetof(struct config, field), NULL

/* The place of value in words, which ends with NULL; -1 if it is none of them. */
static int choose(const char *value, const char *const words[])
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(value, words[i]))
			return i;
	return -1;
}

static bool set_namespace(struct config *cfg, const char *value)
{
	cfg->set.default_namespace = value;
	return !fault_of_dns_label(value, strlen(value));
}

static bool set_node(struct config *cfg, const char *value)
{
	cfg->set.node = value;
	return !fault_of_subdomain(value, strlen(value));
}

static bool set_on_invalid(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "refuse", "isolate", NULL });

	cfg->set.isolate_invalid = i == 1;
	return i >= 0;
}

static bool set_other_protocols(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "policy", "allow", NULL });

	cfg->set.allow_other_protocols = i == 1;
	return i >= 0;
}

static bool set_family(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "4", "6", NULL });

	cfg->set.families[FAMILY_IPV4] = i == 0;
	cfg->set.families[FAMILY_IPV6] = i == 1;
	return i >= 0;
}

static bool set_output(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "nft", "json", NULL });

	cfg->output = i == 1 ? OUTPUT_JSON : OUTPUT_NFT;
	return i >= 0;
}

static bool set_query_output(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "text", "json", NULL });

	cfg->output = i == 1 ? OUTPUT_JSON : OUTPUT_TEXT;
	return i >= 0;
}

static bool set_status_output(struct config *cfg, const char *value)
{
	static const char *const words[] = { "text", "json", "prometheus", NULL };
	int i = choose(value, words);

	cfg->output = (enum output)(OUTPUT_TEXT + i);
	return i >= 0;
}

static bool set_diff_form(struct config *cfg, const char *value)
{
	static const char *const words[] = { "text", "nft", "json", "markdown", NULL };
	int i = choose(value, words);

	cfg->diff_form = (enum diff_form)i;
	return i >= 0;
}

static bool set_matrix_form(struct config *cfg, const char *value)
{
	static const char *const words[] = {
		"table", "csv", "json", "dot", "html", NULL
	};
	int i = choose(value, words);

	cfg->matrix_form = (enum matrix_form)i;
	return i >= 0;
}

static bool set_by(struct config *cfg, const char *value)
{
	static const char *const words[] = { "auto", "workload", "namespace", NULL };
	int i = choose(value, words);

	cfg->by = (enum matrix_by)i;
	return i >= 0;
}

static bool set_dump(struct config *cfg, const char *value)
{
	static const char *const words[] = { "objects", "manifests", "decisions",
					     "ruleset", NULL };
	int i = choose(value, words);

	cfg->dump = (enum dump)(DUMP_OBJECTS + i);
	return i >= 0;
}

static bool set_table(struct config *cfg, const char *value)
{
	cfg->lower.table = value;
	return table_name_is_good(value);
}

static bool set_priority(struct config *cfg, const char *value)
{
	cfg->priority_given = true;
	return priority_parse(&cfg->lower.priority, value);
}

static bool set_hook(struct config *cfg, const char *value)
{
	int i = choose(value,
		       (const char *const[]){ HOOK_FORWARD, HOOK_POSTROUTING, NULL });

	cfg->lower.late = i == 1;
	return i >= 0;
}

static bool set_deny(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "drop", "reject", NULL });

	cfg->lower.reject = i == 1;
	return i >= 0;
}

static bool set_mode(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "enforce", "audit", NULL });

	cfg->lower.audit = i == 1;
	return i >= 0;
}

static bool set_log(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "off", "syslog", NULL });
	unsigned long group;

	cfg->lower.log = i < 0 ? LOG_TO_GROUP : (enum log_target)i;
	if (i >= 0)
		return true;
	if (strncmp(value, "nflog:", strlen("nflog:")) ||
	    !number_parse(&group, value + strlen("nflog:"), 0, UINT16_MAX))
		return false;
	cfg->lower.log_group = (unsigned)group;
	return true;
}

static bool set_unknown_pods(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "allow", "deny", NULL });

	cfg->set.deny_unknown = i == 1;
	return i >= 0;
}

static bool add_pod_cidr(struct config *cfg, const char *value)
{
	struct prefix *to = &cfg->set.pod_cidrs[cfg->set.npod_cidrs];
	unsigned odd;

	if (cfg->set.npod_cidrs == POD_CIDRS_MAX || !prefix_parse(to, value, &odd) || odd)
		return false;
	cfg->set.npod_cidrs++;
	return true;
}

static bool set_anti_spoof(struct config *cfg, const char *value)
{
	(void)value;
	cfg->lower.anti_spoof = true;
	cfg->no_anti_spoof = false;
	return true;
}

static bool set_no_anti_spoof(struct config *cfg, const char *value)
{
	(void)value;
	cfg->lower.anti_spoof = false;
	cfg->no_anti_spoof = true;
	return true;
}

static bool add_pod_interface(struct config *cfg, const char *value)
{
	size_t len = strcspn(value, "*");
	char stem[IF_NAMESIZE] = "";

	if (cfg->npod_interfaces == POD_INTERFACES_MAX || len >= sizeof(stem) ||
	    strlen(value) - len > 1)
		return false;
	memcpy(stem, value, len);
	cfg->pod_interfaces[cfg->npod_interfaces++] = value;
	return ifname_is_plain(stem);
}

static bool add_exclude(struct config *cfg, const char *value)
{
	if (cfg->set.nexcludes == EXCLUDES_MAX || !value[strspn(value, "/")])
		return false;
	cfg->set.excludes[cfg->set.nexcludes++] = value;
	return true;
}

static bool set_color(struct config *cfg, const char *value)
{
	int i = choose(value, (const char *const[]){ "auto", "always", "never", NULL });

	cfg->color = (enum color)i;
	return i >= 0;
}

static bool set_quiet(struct config *cfg, const char *value)
{
	(void)value;
	cfg->loudness = QUIET;
	return true;
}

static bool set_verbose(struct config *cfg, const char *value)
{
	(void)value;
	cfg->loudness = VERBOSE;
	return true;
}

static bool set_diagnostics(struct config *cfg, const char *value)
{
	static const char *const words[] = { "text", "json", "sarif", "github", NULL };
	int i = choose(value, words);

	cfg->diagnostics = (enum diag_format)i;
	return i >= 0;
}

static bool set_max_errors(struct config *cfg, const char *value)
{
	return number_parse(&cfg->max_errors, value, 0, UINT32_MAX);
}

static bool set_lock_timeout(struct config *cfg, const char *value)
{
	return number_parse(&cfg->lock_timeout, value, 0, DAY_SECONDS);
}

static bool set_limits(struct config *cfg, const char *value)
{
	return cost_set_limits(&cfg->lower.limits, value);
}

static bool set_try(struct config *cfg, const char *value)
{
	return number_parse(&cfg->try_seconds, value, 1, DAY_SECONDS);
}

static bool set_settle(struct config *cfg, const char *value)
{
	return number_parse(&cfg->settle, value, 0, DAY_SECONDS);
}

static bool set_state_dir(struct config *cfg, const char *value)
{
	cfg->state_dir = value;
	return true;
}

static bool set_prefix(struct config *cfg, const char *value)
{
	cfg->prefix = value;
	return true;
}

static bool set_from(struct config *cfg, const char *value)
{
	cfg->from = value;
	return true;
}

static bool add_base(struct config *cfg, const char *value)
{
	if (cfg->nbases == BASES_MAX)
		return false;
	cfg->bases[cfg->nbases++] = value;
	return true;
}

static bool set_to(struct config *cfg, const char *value)
{
	cfg->to = value;
	return true;
}

static bool set_port(struct config *cfg, const char *value)
{
	return probe_port_parse(&cfg->port, value);
}

static bool add_tests(struct config *cfg, const char *value)
{
	if (cfg->ntests == TESTS_MAX)
		return false;
	cfg->tests[cfg->ntests++] = value;
	return true;
}

static bool set_test_form(struct config *cfg, const char *value)
{
	static const char *const words[] = { "text", "tap", "junit", "json", NULL };
	int i = choose(value, words);

	cfg->test_form = (enum test_form)i;
	return i >= 0;
}

static bool set_probes(struct config *cfg, const char *value)
{
	cfg->probes = value;
	return true;
}

static bool set_report(struct config *cfg, const char *value)
{
	static const char *const words[] = { "text",   "json",	"sarif",
					     "github", "junit", NULL };
	int i = choose(value, words);

	cfg->report = (enum diag_format)i;
	return i >= 0;
}

static bool set_fail_on(struct config *cfg, const char *value)
{
	static const enum diag_level levels[] = { DIAG_FAULT, DIAG_WARNING, DIAG_INFO };
	int i = choose(value, (const char *const[]){ "error", "warning", "info", NULL });

	if (i >= 0)
		cfg->fail_on = levels[i];
	return i >= 0;
}

static bool set_warning(struct config *cfg, const char *value)
{
	return warning_parse(cfg->warnings, value);
}

const struct opt option_table[] = {
	{ CHECK, 'W', "warn", "NAME|no-NAME|error=NAME",
	  "report the finding, or not, or as an error; may be repeated",
	  "the name of a finding that --list shows, alone or behind no- or error=", 0,
	  set_warning },
	{ CHECK, 0, "fail-on", "error|warning|info",
	  "exit with 1 for findings from this level on (default: error)", NULL, 0,
	  set_fail_on },
	{ CHECK, 0, "list", NULL, "list all findings; takes no INPUT", NULL, FLAG(list) },
	{ CHECK, 'o', "output", "text|json|sarif|github|junit",
	  "form of the findings (default: text)", NULL, 0, set_report },

	{ QUERY | ONCE, 0, "from", "ENDPOINT",
	  ("source: NAMESPACE/POD, NAMESPACE/KIND/NAME, NAMESPACE/svc/NAME or an "
	   "address"),
	  NULL, 0, set_from },
	{ QUERY | ONCE, 0, "to", "ENDPOINT", "destination, named alike", NULL, 0,
	  set_to },
	{ QUERY | ONCE, 0, "port", "PROTOCOL/PORT",
	  "tcp/80, udp/53, sctp/7777, or tcp/NAME",
	  "tcp, udp or sctp, then / and a number 1-65535 or a port name", 0, set_port },
	{ QUERY, 0, "probes", "FILE",
	  "answer each line of FILE: source, destination, protocol, port", NULL, 0,
	  set_probes },
	{ QUERY, 0, "explain", NULL, "say which policies and rules decide", NULL,
	  FLAG(explain) },
	{ QUERY, 'o', "output", "text|json", "form of the answer (default: text)", NULL,
	  0, set_query_output },

	{ TEST, 0, "tests", "FILE",
	  ("assertions, between NAMESPACE/POD, NAMESPACE/KIND/NAME, NAMESPACE/svc/NAME, "
	   "addresses or what selectors match; may be repeated"),
	  "a file or -, at most 64 times", 0, add_tests },
	{ TEST, 0, "kernel", NULL, "prove it with packets, in namespaces of its own",
	  NULL, FLAG(kernel) },
	{ TEST, 0, "coverage", NULL, "tell which rules no assertion exercised", NULL,
	  FLAG(coverage) },
	{ TEST, 'o', "output", "text|tap|junit|json",
	  "for people, test harnesses or programs (default: text)", NULL, 0,
	  set_test_form },

	{ MATRIX | ONCE, 0, "from", "WHO",
	  ("sources: NAMESPACE, NAMESPACE/POD, NAMESPACE/KIND/NAME, NAMESPACE/svc/NAME, "
	   "an address or outside"),
	  NULL, 0, set_from },
	{ MATRIX | ONCE, 0, "to", "WHO", "destinations", NULL, 0, set_to },
	{ MATRIX, 0, "by", "auto|workload|namespace",
	  "what stands together (default: auto, workloads unless they are too many)",
	  NULL, 0, set_by },
	{ MATRIX, 'o', "output", "table|csv|json|dot|html",
	  "for people, programs, graphviz or browsers (default: table)", NULL, 0,
	  set_matrix_form },

	{ DIFF, 0, "from", "INPUT", "what was before; may be repeated",
	  "a file, a directory or -, at most 64 times", 0, add_base },
	{ DIFF, 0, "live", NULL, "compare with what the kernel has", NULL, FLAG(live) },
	{ DIFF, 'o', "output", "text|nft|json|markdown",
	  "for people, nft -f, programs or merge requests (default: text)", NULL, 0,
	  set_diff_form },

	{ APPLY, 0, "dry-run", NULL, "let the kernel check it, change nothing", NULL,
	  FLAG(dry_run) },
	{ APPLY, 0, "allow-unenforced", NULL,
	  "go on although traffic of pods goes another way", NULL,
	  FLAG(allow_unenforced) },
	{ APPLY, 0, "allow-loss", NULL, "go on although policies or pods vanished", NULL,
	  FLAG(allow_loss) },
	{ APPLY, 0, "adopt", NULL, "take over a table of that name that is not netpolc's",
	  NULL, FLAG(adopt) },
	{ APPLY, 0, "recheck-connections", NULL,
	  "end connections that could not begin any more", NULL, FLAG(recheck) },

	{ APPLY, 0, "settle", "SECONDS",
	  "how long to track connections before the first policies (default: 5)",
	  "a number of seconds, at most 86400", 0, set_settle },
	{ APPLY, 0, "try", "SECONDS",
	  "put the previous ruleset back unless a key or --confirm keeps it",
	  "a number of seconds from 1 to 86400", 0, set_try },
	{ APPLY, 0, "confirm", NULL, "keep the ruleset that is on trial; takes no INPUT",
	  NULL, FLAG(confirm) },

	{ COMPILE, 'o', "output", "nft|json", "form of the ruleset (default: nft)", NULL,
	  0, set_output },
	{ STATUS, 'o', "output", "text|json|prometheus",
	  "form of the output (default: text)", NULL, 0, set_status_output },
	{ STATUS, 0, "prefix", "TEXT",
	  "tell only of the class in TEXT, a log prefix or a line of the log", NULL, 0,
	  set_prefix },
	{ COMPILE, 0, "dump", "objects|manifests|decisions|ruleset",
	  "print a stage instead of the ruleset", NULL, 0, set_dump },
	{ COMPILE | APPLY | DIFF | DELETE | STATUS, 0, "table", "NAME",
	  "table inet NAME (default: netpolc)",
	  "a letter, then letters, digits, - and _, at most 31 in all, but no word of "
	  "nft",
	  0, set_table },
	{ COMPILE | APPLY | DIFF, 0, "priority", "N",
	  "where the hook stands among others (default: filter - 1)",
	  "an integer, or raw, mangle, filter or security, + or - an integer", 0,
	  set_priority },
	{ COMPILE | APPLY | DIFF, 0, "hook", "forward|postrouting",
	  "where packets are judged (default: forward; postrouting for IPVS)", NULL, 0,
	  set_hook },
	{ COMPILE | APPLY | DIFF, 0, "deny", "drop|reject",
	  "what happens to denied packets (default: drop)", NULL, 0, set_deny },
	{ COMPILE | APPLY | DIFF, 0, "mode", "enforce|audit",
	  "audit: count and log what is denied, but let it pass (default: enforce)", NULL,
	  0, set_mode },
	{ COMPILE | APPLY | DIFF, 0, "log", "off|nflog:GROUP|syslog",
	  "log what is denied (default: off)",
	  "off, syslog, or nflog: and a group number from 0 to 65535", 0, set_log },

	{ COMPILE | APPLY | DIFF, 0, "anti-spoof", NULL,
	  "drop what pods send with a source address that is not theirs", NULL, 0,
	  set_anti_spoof },
	{ COMPILE | APPLY | DIFF, 0, "no-anti-spoof", NULL,
	  "not even with --node, where pods have routes of their own", NULL, 0,
	  set_no_anti_spoof },
	{ COMPILE | APPLY | DIFF, 0, "pod-interface", "NAME",
	  "where packets of pods come from, for --anti-spoof",
	  "the name of an interface, or its beginning and *, at most 32 times", 0,
	  add_pod_interface },
	{ COMPILE | APPLY | DIFF | MATRIX, 0, "unknown-pods", "allow|deny",
	  "addresses of pods that are not in the input (default: allow)", NULL, 0,
	  set_unknown_pods },
	{ COMPILE | APPLY | DIFF | MATRIX, 0, "pod-cidr", "CIDR",
	  "which addresses these are (default: the podCIDRs of Node objects)",
	  "an IPv4 or IPv6 prefix, at most 16 times", 0, add_pod_cidr },

	{ APPLY | DELETE, 0, "lock-timeout", "SECONDS",
	  "how long to wait for another apply or delete (default: 30)",
	  "a number of seconds, at most 86400", 0, set_lock_timeout },
	{ APPLY | DIFF | DELETE | STATUS, 0, "state-dir", "DIR",
	  "where what was applied is kept (default: /var/lib/netpolc)", NULL, 0,
	  set_state_dir },

	{ COMPILE | APPLY | DIFF, 0, "limits", "NAME=N[,NAME=N...]",
	  "for developers: bounds that choose the form of look-ups",
	  "sets, elements, share, exceptions, levels, third, prefixes, pipapo, "
	  "inline-hosts, inline-nets or inline-ports, each with = and a number",
	  0, set_limits },

	{ MANIFESTS, 'n', "namespace", "NS",
	  "namespace of objects that name none (default: default)",
	  "the name of a namespace", 0, set_namespace },
	{ MANIFESTS, 0, "exclude", "GLOB",
	  "pass over files and directories below a directory INPUT; may be repeated",
	  "a pattern such as node_modules or charts/*/templates, at most 64 times", 0,
	  add_exclude },
	{ MANIFESTS, 0, "node", "NAME", "enforce only the pods of this node",
	  "the name of a node", 0, set_node },
	{ MANIFESTS, 0, "strict", NULL, "warnings about input are errors", NULL,
	  FLAG(set.strict) },
	{ MANIFESTS, 0, "on-invalid", "refuse|isolate",
	  "stop at invalid objects, or contain them (default: refuse)", NULL, 0,
	  set_on_invalid },
	{ MANIFESTS, 0, "legacy", NULL, "isolate by annotation, as Kubernetes 1.6 did",
	  NULL, FLAG(set.legacy) },
	{ MANIFESTS, 0, "other-protocols", "policy|allow",
	  "what is not TCP, UDP or SCTP (default: policy)", NULL, 0,
	  set_other_protocols },
	{ MANIFESTS, 0, "family", "4|6", "decide for this IP family only", NULL, 0,
	  set_family },

	{ EVERY, 0, "color", "auto|always|never",
	  "color what people read (default: auto)", NULL, 0, set_color },
	{ EVERY, 'q', "quiet", NULL, "errors only", NULL, 0, set_quiet },
	{ EVERY, 'v', "verbose", NULL, "also timings and counts, and what was skipped",
	  NULL, 0, set_verbose },
	{ EVERY, 0, "diagnostics", "text|json|sarif|github",
	  "form of diagnostics (default: text)", NULL, 0, set_diagnostics },
	{ EVERY, 0, "max-errors", "N", "stop printing after N errors (default: all)",
	  "a number of errors", 0, set_max_errors },
};

const size_t option_count = ARRAY_SIZE(option_table);

bool option_is_of(const struct opt *o, const struct command *command)
{
	return o->commands & (1u << command->verb);
}
