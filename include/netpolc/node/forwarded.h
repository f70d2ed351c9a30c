/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forwarded - whether this machine has ever been on the way of packets
 */
#ifndef NETPOLC_FORWARDED_H
#define NETPOLC_FORWARDED_H

#include <netpolc/base/prefix.h>

/* In this network namespace, since it was made.  True where the kernel does not say.
 * Frames that a bridge forwards do not count. */
bool forwarded_any(enum family f);

#endif
