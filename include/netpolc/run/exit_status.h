/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit_status - how a run ends
 */
#ifndef NETPOLC_EXIT_STATUS_H
#define NETPOLC_EXIT_STATUS_H

enum exit_status {
	STATUS_YES,	/* done, or the answer is yes */
	STATUS_NO,	/* the answer is no */
	STATUS_REFUSED, /* input or usage */
	STATUS_SYSTEM,	/* kernel, file, memory */
};

#endif
