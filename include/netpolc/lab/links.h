/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links - virtual cables between network namespaces
 *
 * The only user of rtnetlink.  Everything happens in the network namespace that
 * the calling thread is in, which must be one made for this: nothing is ever
 * undone, the links go away with their namespaces.  Each function returns 0 or a
 * negative errno.
 */
#ifndef NETPOLC_LINKS_H
#define NETPOLC_LINKS_H

#include <netpolc/base/prefix.h>

#include <stdint.h>

/* A new network namespace, entered; *fd keeps it. */
int links_namespace(int *fd);

/* Into the namespace that fd keeps. */
int links_enter(int fd);

/* A veth pair: near here, far in the namespace far_fd.  near_mac may be NULL. */
int links_pair(const char *near, const uint8_t *near_mac, const char *far, int far_fd);

/* Brings a link up; without neighbours, it sends every packet to whoever is at the
 * other end. */
int links_up(const char *name, bool neighbours);

/* Everything of the family goes out through that link. */
int links_default_route(const char *name, enum family family);

/* Writes a setting of this namespace: "ipv4/ip_forward". */
int links_setting(const char *path, const char *value);

#endif
