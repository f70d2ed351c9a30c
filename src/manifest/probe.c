/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of a protocol or port comes in, what it asks for goes out.
 */
#include <netpolc/manifest/probe.h>

#include <netpolc/manifest/names.h>

#include <string.h>
#include <strings.h>

bool probe_protocol(enum protocol *out, const char *text, size_t len)
{
	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		const char *name = protocol_name(p);

		if (strlen(name) == len && !strncasecmp(name, text, len)) {
			*out = p;
			return true;
		}
	}
	return false;
}

bool probe_number_or_name(struct probe_port *out, const char *text, size_t len)
{
	unsigned number = 0;
	size_t i = 0;

	while (i < len && i < 6 && text[i] >= '0' && text[i] <= '9')
		number = number * 10 + (unsigned)(text[i++] - '0');
	if (i && i == len) {
		out->number = (uint16_t)number;
		out->name_len = 0;
		return number > 0 && number <= UINT16_MAX;
	}
	out->name = text;
	out->name_len = len;
	return !fault_of_port_name(text, len);
}

bool probe_port_parse(struct probe_port *out, const char *text)
{
	const char *slash = strchr(text, '/');

	if (!slash)
		return false;
	out->text = text;
	return probe_protocol(&out->protocol, text, (size_t)(slash - text)) &&
	       probe_number_or_name(out, slash + 1, strlen(slash + 1));
}

void probe_port_print(struct buf *out, const struct probe_port *port)
{
	static const char *const names[PROTOCOLS] = { "tcp", "udp", "sctp" };

	buf_puts(out, names[port->protocol]);
	buf_putc(out, '/');
	if (port->name_len)
		buf_add(out, port->name, port->name_len);
	else
		buf_putu(out, port->number);
}
