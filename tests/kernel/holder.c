/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes the lock of table inet netpolc, says so, and keeps it until it is killed.
 */
#include <netpolc/enforce/lock.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct config cfg = { .set = settings_default(), .lower = lower_defaults() };
	struct ctx cx;

	ctx_init(&cx, &cfg.set);
	if (lock_take(&cx, &cfg) < 0)
		return 1;
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
