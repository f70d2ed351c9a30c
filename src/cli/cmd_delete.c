/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delete: the table goes, if there is one and it is ours.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/readback.h>

enum exit_status cmd_delete(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const char *table = cfg->lower.table;
	enum loaded owner = readback_owner(cx, table);

	(void)out;
	if (owner == LOADED_FOREIGN)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's", table);
	if (owner == LOADED_OURS)
		kernel_delete(cx, &kernel_libnftables, table);
	return STATUS_YES;
}
