/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file comes in, its columns go out.
 */
#include <netpolc/base/terminal.h>

#include <netpolc/base/literal.h>

#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned long wanted;

	if (!isatty(fd))
		return 0;
	if (columns && number_parse(&wanted, columns, 1, USHRT_MAX))
		return wanted;
	return ioctl(fd, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}
