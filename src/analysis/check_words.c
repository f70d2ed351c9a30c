/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a cluster come in, words for messages go out.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/buf.h>

/* Of a list of values, and of requirements, that a message shows. */
#define SHOWN 4

static void put_values(struct buf *out, const struct requirement *req)
{
	for (size_t i = 0; i < req->nvalues && i < SHOWN; i++)
		buf_printf(out, "%s%s", i ? ", " : "", req->values[i]);
	if (req->nvalues > SHOWN)
		buf_puts(out, ", …");
}

void requirement_print(struct buf *out, const struct requirement *req)
{
	bool in = req->op == SELECTOR_IN;

	switch (req->op) {
	case SELECTOR_IN:
	case SELECTOR_NOT_IN:
		buf_puts(out, req->key);
		buf_puts(out, req->nvalues == 1 ? in ? "=" : "!="
			      : in		? " in ("
						: " notin (");
		put_values(out, req);
		buf_puts(out, req->nvalues == 1 ? "" : ")");
		break;
	case SELECTOR_EXISTS:
		buf_puts(out, req->key);
		break;
	case SELECTOR_NOT_EXISTS:
		buf_printf(out, "!%s", req->key);
		break;
	}
}

void selector_print(struct buf *out, const struct selector *sel)
{
	for (size_t i = 0; i < sel->len && i < SHOWN; i++) {
		buf_puts(out, i ? "," : "");
		requirement_print(out, &sel->at[i]);
	}
	if (sel->len > SHOWN)
		buf_puts(out, ",…");
}
