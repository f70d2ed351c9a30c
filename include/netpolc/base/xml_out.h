/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xml_out - what writers of XML share
 */
#ifndef NETPOLC_XML_OUT_H
#define NETPOLC_XML_OUT_H

#include <netpolc/base/buf.h>

/* Appends text for an element or for an attribute in double quotes.  XML has no form
 * for most control characters: they are shown as on a terminal; a line end stays. */
void xml_text(struct buf *out, const char *text);

/* The same, as ` name="text"`. */
void xml_attribute(struct buf *out, const char *name, const char *text);

#endif
