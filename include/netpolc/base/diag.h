/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag - what is wrong, and where
 *
 * Stages report here and print nothing.  The table below is the only place
 * where a diagnostic has its name, level and meaning: the enum, SARIF rules and
 * the man page's section come from it, and a test demands a golden case for
 * each.  Its part that belongs to check is in findings.h.  Names, not numbers, are
 * the stable handle.
 *
 * Everything a diag refers to lives in the arena given to diags_new().
 */
#ifndef NETPOLC_DIAG_H
#define NETPOLC_DIAG_H

#include <netpolc/base/findings.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct sources;

enum diag_level {
	DIAG_OFF,    /* not even counted */
	DIAG_HIDDEN, /* only under --verbose */
	DIAG_NOTE,
	DIAG_INFO,
	DIAG_WARNING,
	DIAG_FAULT,  /* shown as an error, but nothing is refused */
	DIAG_ERROR,  /* the input is refused: exit status 2 */
	DIAG_SYSTEM, /* the system refused: exit status 3, shown as an error */
};

/* Raised to an error by --strict: a warning about input. */
#define DIAG_STRICT 0x1
/* Lowered to a warning by --on-invalid isolate: the object is contained. */
#define DIAG_CONTAINED 0x2

/* X(symbol, name, default level, flags, meaning) */
#define DIAG_TABLE(X)                                                                    \
	X(DIAG_NO_INPUT, "no-input", DIAG_ERROR, 0, "no object in all of the input")     \
	X(DIAG_TRUNCATED, "truncated", DIAG_ERROR, 0,                                    \
	  "a list without its kind: the input was cut off")                              \
	X(DIAG_UNREADABLE, "unreadable", DIAG_SYSTEM, 0,                                 \
	  "a file or directory cannot be read")                                          \
	X(DIAG_YAML_SYNTAX, "yaml-syntax", DIAG_ERROR, 0, "not valid YAML")              \
	X(DIAG_JSON_SYNTAX, "json-syntax", DIAG_ERROR, 0, "not valid JSON")              \
	X(DIAG_TOO_DEEP, "too-deep", DIAG_ERROR, 0,                                      \
	  "nested deeper than any manifest is")                                          \
	X(DIAG_TOO_LARGE, "too-large", DIAG_ERROR, 0,                                    \
	  "larger than netpolc handles: a scalar, an object, or the ruleset")            \
	X(DIAG_ALIAS_BUDGET, "alias-budget", DIAG_ERROR, 0,                              \
	  "aliases expand to more than any manifest needs")                              \
	X(DIAG_NOT_AN_OBJECT, "not-an-object", DIAG_ERROR, 0,                            \
	  "a document is not a mapping")                                                 \
	X(DIAG_NO_KIND, "no-kind", DIAG_ERROR, 0,                                        \
	  "an object without kind or apiVersion")                                        \
	X(DIAG_NOT_A_MANIFEST, "not-a-manifest", DIAG_NOTE, DIAG_STRICT,                 \
	  "a document below a directory that is no manifest, and passed over")           \
	X(DIAG_UNKNOWN_VERSION, "unknown-version", DIAG_ERROR, 0,                        \
	  "a version of a known API group that is not known")                            \
	X(DIAG_UNKNOWN_KIND, "unknown-kind", DIAG_HIDDEN, DIAG_STRICT,                   \
	  "an object of a kind that netpolc does not use")                               \
	X(DIAG_UNENFORCED_POLICY, "unenforced-policy", DIAG_WARNING, DIAG_STRICT,        \
	  "a policy of a kind that netpolc does not enforce")                            \
	X(DIAG_UNKNOWN_FIELD, "unknown-field", DIAG_ERROR, DIAG_CONTAINED,               \
	  "a field that does not exist, inside a policy's spec or a test")               \
	X(DIAG_DUPLICATE_KEY, "duplicate-key", DIAG_ERROR, DIAG_CONTAINED,               \
	  "a key that stands twice in one mapping")                                      \
	X(DIAG_WRONG_TYPE, "wrong-type", DIAG_ERROR, DIAG_CONTAINED,                     \
	  "a value of another type than the API field has")                              \
	X(DIAG_QUOTE, "unquoted-string", DIAG_ERROR, DIAG_CONTAINED,                     \
	  "a boolean or number where a string is due; it needs quotes")                  \
	X(DIAG_MISSING_FIELD, "missing-field", DIAG_ERROR, DIAG_CONTAINED,               \
	  "a required field is missing")                                                 \
	X(DIAG_BAD_NAME, "bad-name", DIAG_ERROR, DIAG_CONTAINED,                         \
	  "a name that the API server refuses")                                          \
	X(DIAG_BAD_LABEL, "bad-label", DIAG_ERROR, DIAG_CONTAINED,                       \
	  "a label key or value that the API server refuses")                            \
	X(DIAG_BAD_SELECTOR, "bad-selector", DIAG_ERROR, DIAG_CONTAINED,                 \
	  "a selector requirement that the API server refuses")                          \
	X(DIAG_BAD_CIDR, "bad-cidr", DIAG_ERROR, DIAG_CONTAINED,                         \
	  "not an IPv4 or IPv6 prefix")                                                  \
	X(DIAG_ODD_CIDR, "odd-cidr", DIAG_WARNING, DIAG_STRICT,                          \
	  "a prefix with host bits, leading zeros or an IPv4-mapped address")            \
	X(DIAG_EXCEPT_RANGE, "except-outside-cidr", DIAG_ERROR, DIAG_CONTAINED,          \
	  "except is not strictly inside cidr")                                          \
	X(DIAG_EMPTY_PEER, "empty-peer", DIAG_ERROR, DIAG_CONTAINED,                     \
	  "a peer that names nobody")                                                    \
	X(DIAG_MIXED_PEER, "mixed-peer", DIAG_ERROR, DIAG_CONTAINED,                     \
	  "an ipBlock beside a selector in one peer")                                    \
	X(DIAG_BAD_POLICY_TYPE, "bad-policy-type", DIAG_ERROR, DIAG_CONTAINED,           \
	  "policyTypes other than Ingress and Egress, or too many")                      \
	X(DIAG_BAD_PROTOCOL, "bad-protocol", DIAG_ERROR, DIAG_CONTAINED,                 \
	  "a protocol other than TCP, UDP and SCTP")                                     \
	X(DIAG_BAD_PORT, "bad-port", DIAG_ERROR, DIAG_CONTAINED,                         \
	  "a port number outside 1-65535 or a port name that the API server refuses")    \
	X(DIAG_BAD_END_PORT, "bad-end-port", DIAG_ERROR, DIAG_CONTAINED,                 \
	  "an endPort without a numeric port, or below it")                              \
	X(DIAG_DUPLICATE_OBJECT, "duplicate-object", DIAG_ERROR, DIAG_CONTAINED,         \
	  "two objects with one kind, namespace and name that differ")                   \
	X(DIAG_BAD_ADDRESS, "bad-address", DIAG_ERROR, DIAG_CONTAINED,                   \
	  "a pod address that is no address, or one no pod can have")                    \
	X(DIAG_SHARED_ADDRESS, "shared-address", DIAG_WARNING, DIAG_STRICT,              \
	  "two live pods with one address; one of them is taken")                        \
	X(DIAG_ADDRESS_CONFLICT, "address-conflict", DIAG_ERROR, DIAG_CONTAINED,         \
	  "two live pods with one address and nothing to choose between them")           \
	X(DIAG_UNKNOWN_NAMESPACE, "unknown-namespace", DIAG_WARNING, DIAG_STRICT,        \
	  "a namespace that no Namespace object describes")                              \
	X(DIAG_NO_PODS, "no-pods", DIAG_WARNING, DIAG_STRICT,                            \
	  "policies without a single pod")                                               \
	X(DIAG_BYPASS, "bypass", DIAG_ERROR, 0,                                          \
	  "traffic of pods that does not come where policy is enforced")                 \
	X(DIAG_SEVERAL_NODES, "several-nodes", DIAG_WARNING, 0,                          \
	  "pods of several nodes, on a node of the cluster, without --node")             \
	X(DIAG_NO_POD_CIDR, "no-pod-cidr", DIAG_ERROR, 0,                                \
	  "nothing says which addresses are those of pods")                              \
	X(DIAG_UNKNOWN_NODE, "unknown-node", DIAG_ERROR, 0,                              \
	  "--node names neither a Node nor the node of a pod")                           \
	X(DIAG_BAD_ANNOTATION, "bad-annotation", DIAG_WARNING, DIAG_STRICT,              \
	  "an isolation annotation that cannot be read is taken as absent")              \
	X(DIAG_PORT_UNRESOLVED, "port-unresolved", DIAG_WARNING, DIAG_STRICT,            \
	  "a port name that no pod concerned has")                                       \
	X(DIAG_BAD_ENDPOINT, "bad-endpoint", DIAG_ERROR, 0,                              \
	  "an endpoint that does not exist")                                             \
	X(DIAG_NO_TESTS, "no-tests", DIAG_ERROR, 0, "a test that asserts nothing")       \
	X(DIAG_REPEATED_TEST, "repeated-test", DIAG_WARNING, 0,                          \
	  "a connection that is asserted twice")                                         \
	X(DIAG_BAD_PROBE, "bad-probe", DIAG_ERROR, 0,                                    \
	  "a line of a probe file that cannot be read")                                  \
	X(DIAG_LOST_POLICIES, "lost-policies", DIAG_ERROR, 0,                            \
	  "more isolation would be lost at once than anybody means")                     \
	X(DIAG_FOREIGN_TABLE, "foreign-table", DIAG_SYSTEM, 0,                           \
	  "a table of that name exists and is not netpolc's")                            \
	X(DIAG_LOCKED, "locked", DIAG_SYSTEM, 0,                                         \
	  "another process is changing the table")                                       \
	X(DIAG_LAST_GOOD, "last-good", DIAG_WARNING, 0,                                  \
	  "the ruleset cannot be kept for the next start of the machine")                \
	X(DIAG_TRIAL, "trial", DIAG_SYSTEM, 0, "a ruleset is on trial, or cannot be")    \
	X(DIAG_KERNEL, "kernel", DIAG_SYSTEM, 0, "the kernel or libnftables refused")    \
	X(DIAG_KERNEL_DIFFERS, "kernel-differs", DIAG_SYSTEM, 0,                         \
	  "the kernel did not do what was decided: a fault of netpolc")                  \
	X(DIAG_OUTPUT, "output", DIAG_SYSTEM, 0, "standard output cannot be written")    \
	X(DIAG_UNEXAMINED, "unexamined", DIAG_NOTE, 0,                                   \
	  "policies overlap in more ways than check looks at")                           \
	X(DIAG_UNSHOWN, "unshown", DIAG_NOTE, 0,                                         \
	  "findings beyond the first 10,000 of their level, or behind --max-errors")

enum diag_id {
#define X(symbol, name, level, flags, meaning) symbol,
	DIAG_TABLE(X)
#undef X
#define X(symbol, name, level, meaning, fix) symbol,
		FINDING_TABLE(X)
#undef X
			DIAG_COUNT
};

/* Where something stands; all 1-based, 0 when unknown.  Columns and widths count
 * code points.  file indexes the run's sources, and means nothing when line is 0. */
struct place {
	uint32_t file, line, column, width;
};

/* Lines of an input, kept for quoting: text holds them whole, with their line
 * ends; first is the number of the first, starts[i] where the i-th begins. */
struct excerpt {
	const char *text;
	size_t len;
	uint32_t first;
	const uint32_t *starts;
	size_t nlines;
};

/* The thing that messages are about, as they name it: "kind space/name". */
struct object {
	const char *kind, *space, *name; /* NULL when it has none */
	struct excerpt lines;		 /* empty unless kept */
};

/* What is left of a manifest node after decoding. */
struct origin {
	struct place at;
	const struct object *object; /* NULL when unknown */
	const char *path;	     /* "spec.ingress[0]", NULL for the object itself */
};

struct diag {
	enum diag_id id;
	enum diag_level level;
	struct origin origin;
	const char *message;
	const char *quote;    /* the line at origin.at, or NULL */
	struct diag *related; /* the first note; its related is the next one */
};

struct diags;

struct diags *diags_new(struct arena *a, bool strict) __attribute__((returns_nonnull));

/* Changes the level that id comes with; DIAG_OFF for good, whatever is strict. */
void diags_set_level(struct diags *ds, enum diag_id id, enum diag_level level);

/* The level that id comes with. */
enum diag_level diags_level(const struct diags *ds, enum diag_id id);

/* Of each level so many are kept; further ones only count. */
#define DIAGS_KEPT 10000

/* Adds a diagnostic with the level of its id.  origin may be NULL; it is copied.  The
 * quoted line comes from origin->object->lines where those hold it.  What is returned
 * for one that is not kept is good until the next is added. */
struct diag *diag_add(struct diags *ds, enum diag_id id, const struct origin *origin,
		      const char *format, ...)
	__attribute__((format(printf, 4, 5), returns_nonnull));
struct diag *diag_vadd(struct diags *ds, enum diag_id id, const struct origin *origin,
		       const char *format, va_list ap)
	__attribute__((format(printf, 4, 0), returns_nonnull));

/* As diag_add(), with another level than the id comes with: what the caller makes of it.
 * Where --strict or diags_set_level() have raised that of the id, the higher one holds;
 * one that is off stays off. */
struct diag *diag_add_level(struct diags *ds, enum diag_id id, enum diag_level level,
			    const struct origin *origin, const char *format, ...)
	__attribute__((format(printf, 5, 6), returns_nonnull));

/* Changes the level that d came with: containment, or a stricter command. */
void diag_set_level(struct diags *ds, struct diag *d, enum diag_level level);

/* Attaches a second place, printed as a note. */
void diag_see(struct diags *ds, struct diag *d, const struct origin *origin,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Sets d->quote to a copy of the line at origin.at, for input whose object keeps no
 * lines; a line of more than DIAG_QUOTE_MAX bytes is nothing to look at. */
#define DIAG_QUOTE_MAX 512
void diag_set_quote(struct diags *ds, struct diag *d, const char *line, size_t len);

/* True as soon as anything at DIAG_ERROR or above is there. */
bool diag_failed(const struct diags *ds);

/* 0, 2 or 3: what the diagnostics mean for the exit status (3 beats 2). */
int diag_exit_status(const struct diags *ds);

size_t diag_count(const struct diags *ds, enum diag_level level);

/* How many of that level are not kept. */
size_t diag_unkept(const struct diags *ds, enum diag_level level);

/* All that are kept, sorted by file, line and column, without exact repeats. */
const struct diag *const *diag_sorted(struct diags *ds, size_t *len);

const char *diag_name(enum diag_id id);
const char *diag_meaning(enum diag_id id);
enum diag_level diag_default_level(enum diag_id id);
unsigned diag_flags(enum diag_id id);
const char *diag_fix(enum diag_id id); /* of a finding, else NULL */

/* Whether check can report it, and -W can change its level: a finding, or a warning
 * about input. */
bool diag_is_finding(enum diag_id id);

#endif
