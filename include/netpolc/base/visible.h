/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * visible - text from manifests made fit for a terminal
 *
 * Manifests are hostile input: what a terminal or a reader would not show as it
 * is (control characters, invalid UTF-8, characters that reorder text) is
 * written as \x1b or \u202e.  Everything else passes unchanged.
 */
#ifndef NETPOLC_VISIBLE_H
#define NETPOLC_VISIBLE_H

#include <netpolc/base/buf.h>

/* Appends the character at text (len > 0 bytes are there) and moves *taken over
 * it; returns how many terminal columns it fills. */
size_t visible_char(struct buf *b, const char *text, size_t len, size_t *taken);

void visible_text(struct buf *b, const char *text);

/* How much of the text to show where there is room for max bytes: the longest
 * beginning that ends between characters. */
size_t text_fit(const char *text, size_t len, size_t max);

/* Appends "a, b; c", or of a list of more than max bytes the beginning, "a, b and 7
 * more". */
void text_list(struct buf *b, const char *list, size_t max);

#endif
