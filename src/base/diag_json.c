/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, JSON goes out: one object a line, or one SARIF 2.1.0 log.
 * End columns are those behind the last character, as SARIF counts them.
 */
#include "diag_writer.h"

#include <netpolc/base/json_out.h>

#include <jansson.h>
#include <string.h>

#define SARIF_SCHEMA                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/"                     \
	"sarif-schema-2.1.0.json"

static uint32_t end_column(const struct place *at)
{
	return at->column && at->width ? at->column + at->width : 0;
}

static void set_place(json_t *json, const struct diag_job *job, const struct diag *d)
{
	const struct place *at = &d->origin.at;

	json_set(json, "file", json_text(diag_file(job, d)));
	json_set(json, "line", json_place(at->line));
	json_set(json, "column", json_place(at->column));
	json_set(json, "endLine", json_place(end_column(at) ? at->line : 0));
	json_set(json, "endColumn", json_place(end_column(at)));
}

static json_t *json_related(const struct diag_job *job, const struct diag *d)
{
	json_t *notes = json_array();

	for (const struct diag *note = d->related; note; note = note->related) {
		json_t *json = json_object();

		json_set(json, "message", json_text(note->message));
		set_place(json, job, note);
		json_array_append_new(notes, json);
	}
	return notes;
}

static json_t *json_object_of(const struct object *o)
{
	json_t *json;

	if (!o)
		return json_null();
	json = json_object();
	json_set(json, "kind", json_text(o->kind));
	json_set(json, "namespace", json_text(o->space));
	json_set(json, "name", json_text(o->name));
	return json;
}

static json_t *sarif_text(const char *value)
{
	json_t *json = json_object();

	json_set(json, "text", json_text(value));
	return json;
}

/* A relative reference: only what needs no escape in a path stays. */
static json_t *sarif_uri(const char *file)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	BUF_AUTO uri = { 0 };

	while (file[0] == '.' && file[1] == '/' && file[2] && file[2] != '/')
		file += 2;
	if (file[0] == '/')
		buf_puts(&uri, "file://");
	for (; *file; file++)
		if (strchr(plain, *file))
			buf_putc(&uri, *file);
		else
			buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*file);
	return json_string(uri.len ? uri.at : "");
}

static json_t *sarif_physical(const struct diag *d, const char *file)
{
	json_t *physical = json_object(), *artifact = json_object(),
	       *region = json_object();
	const struct place *at = &d->origin.at;

	json_set(artifact, "uri", sarif_uri(file));
	json_set(physical, "artifactLocation", artifact);
	json_set(region, "startLine", json_place(at->line));
	if (at->column)
		json_set(region, "startColumn", json_place(at->column));
	if (end_column(at))
		json_set(region, "endColumn", json_place(end_column(at)));
	json_set(physical, "region", region);
	return physical;
}

static json_t *sarif_logical(const struct object *o)
{
	BUF_AUTO full = { 0 };
	json_t *logical = json_object(), *all = json_array();

	buf_printf(&full, "%s/%s/%s", o->kind ? o->kind : "", o->space ? o->space : "",
		   o->name ? o->name : "");
	json_set(logical, "name", json_text(o->name ? o->name : ""));
	json_set(logical, "fullyQualifiedName", json_text(full.at));
	json_set(logical, "kind", json_string("resource"));
	json_array_append_new(all, logical);
	return all;
}

/* NULL when neither file nor object is known. */
static json_t *sarif_location(const struct diag_job *job, const struct diag *d)
{
	const char *file = diag_file(job, d);
	json_t *location;

	if (!file && !d->origin.object)
		return NULL;
	location = json_object();
	if (file)
		json_set(location, "physicalLocation", sarif_physical(d, file));
	if (d->origin.object)
		json_set(location, "logicalLocations", sarif_logical(d->origin.object));
	return location;
}

static json_t *sarif_related(const struct diag_job *job, const struct diag *d)
{
	json_t *notes = json_array();

	for (const struct diag *note = d->related; note; note = note->related) {
		json_t *location = sarif_location(job, note);

		if (!location)
			location = json_object();
		json_set(location, "message", sarif_text(note->message));
		json_array_append_new(notes, location);
	}
	return notes;
}

/* SARIF has one level below a warning. */
static json_t *sarif_level(enum diag_level level)
{
	return json_string(level < DIAG_WARNING ? "note" : diag_level_name(level));
}

static json_t *sarif_result(const struct diag_job *job, const struct diag *d)
{
	json_t *result = json_object(), *locations = json_array();
	json_t *location = sarif_location(job, d);

	json_set(result, "ruleId", json_string(diag_name(d->id)));
	json_set(result, "ruleIndex", json_integer(d->id));
	json_set(result, "level", sarif_level(d->level));
	json_set(result, "message", sarif_text(d->message));
	if (location)
		json_array_append_new(locations, location);
	json_set(result, "locations", locations);
	if (d->related)
		json_set(result, "relatedLocations", sarif_related(job, d));
	if (d->origin.path) {
		json_t *properties = json_object();

		json_set(properties, "path", json_text(d->origin.path));
		json_set(result, "properties", properties);
	}
	return result;
}

static json_t *sarif_rules(void)
{
	json_t *rules = json_array();

	for (enum diag_id id = 0; id < DIAG_COUNT; id++) {
		json_t *rule = json_object(), *configuration = json_object();

		json_set(rule, "id", json_string(diag_name(id)));
		json_set(rule, "shortDescription", sarif_text(diag_meaning(id)));
		if (diag_fix(id))
			json_set(rule, "help", sarif_text(diag_fix(id)));
		json_set(configuration, "level", sarif_level(diag_default_level(id)));
		json_set(rule, "defaultConfiguration", configuration);
		json_array_append_new(rules, rule);
	}
	return rules;
}

static json_t *sarif_tool(void)
{
	json_t *tool = json_object(), *driver = json_object();

	json_set(driver, "name", json_string("netpolc"));
	json_set(driver, "version", json_string(NETPOLC_VERSION));
	json_set(driver, "rules", sarif_rules());
	json_set(tool, "driver", driver);
	return tool;
}

void diag_write_json(const struct diag_job *job)
{
	for (size_t i = 0; i < job->len; i++) {
		const struct diag *d = job->at[i];
		json_t *json = json_object();

		json_set(json, "level", json_string(diag_level_name(d->level)));
		json_set(json, "id", json_string(diag_name(d->id)));
		json_set(json, "message", json_text(d->message));
		set_place(json, job, d);
		json_set(json, "object", json_object_of(d->origin.object));
		json_set(json, "path", json_text(d->origin.path));
		json_set(json, "fix", json_text(diag_fix(d->id)));
		json_set(json, "related", json_related(job, d));
		json_write(job->out, json, JSON_COMPACT);
	}
}

void diag_write_sarif(const struct diag_job *job)
{
	json_t *log = json_object(), *runs = json_array(), *run = json_object();
	json_t *results = json_array();

	for (size_t i = 0; i < job->len; i++)
		json_array_append_new(results, sarif_result(job, job->at[i]));
	json_set(run, "tool", sarif_tool());
	json_set(run, "columnKind", json_string("unicodeCodePoints"));
	json_set(run, "results", results);
	json_array_append_new(runs, run);
	json_set(log, "$schema", json_string(SARIF_SCHEMA));
	json_set(log, "version", json_string("2.1.0"));
	json_set(log, "runs", runs);
	json_write(job->out, log, JSON_INDENT(2));
}
