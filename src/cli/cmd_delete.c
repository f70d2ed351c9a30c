/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delete: the table goes, if there is one and it is ours, and so does what would
 * bring it back.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/enforce/lock.h>
#include <netpolc/enforce/trial.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/readback.h>
#include <netpolc/run/signals.h>

#include <unistd.h>

enum exit_status cmd_delete(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const char *table = cfg->lower.table;
	enum loaded owner;
	int lock;

	(void)out;
	signals_tell();
	lock = lock_take(cx, cfg);
	if (lock < 0)
		return STATUS_SYSTEM;
	owner = trial_may_change(cx, cfg) ? readback_owner(cx, table, CACHE_DIR)
					  : LOADED_UNKNOWN;
	if (owner == LOADED_FOREIGN)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's", table);
	signals_hold();
	if (owner == LOADED_OURS || owner == LOADED_SETTLING)
		kernel_delete(cx, &kernel_libnftables, table);
	if (!diag_failed(cx->diags)) {
		cache_forget(CACHE_DIR, table);
		last_good_forget(cx, cfg);
	}
	close(lock);
	return STATUS_YES;
}
