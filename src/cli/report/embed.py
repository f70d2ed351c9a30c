#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The frame of the report, as C.

Puts style and scripts, these as one, into the page, with a policy that lets a browser
run nothing but these two, and writes the halves before and behind the data as arrays of
bytes.
"""
import base64
import hashlib
import sys


def digest(text):
    sha = hashlib.sha256(text.encode()).digest()
    return "'sha256-" + base64.b64encode(sha).decode() + "'"


def array(name, text):
    octets = text.encode() + b"\0"
    rows = [
        "\t" + ", ".join(f"{byte:#04x}" for byte in octets[i:i + 12]) + ","
        for i in range(0, len(octets), 12)
    ]
    return f"const char {name}[] = {{\n" + "\n".join(rows) + "\n};\n"


def main(page, style, *scripts_and_out):
    *scripts, out = scripts_and_out
    html, css, *parts = (open(name, encoding="ascii").read()
                         for name in (page, style, *scripts))
    js = "".join(parts)
    html = html.replace("{style-digest}", digest(css))
    html = html.replace("{script-digest}", digest(js))
    html = html.replace("{style}", css).replace("{script}", js)
    before, behind = html.split("{data}")
    with open(out, "w", encoding="ascii") as file:
        file.write("#include <netpolc/cli/report.h>\n\n")
        file.write(array("report_before", before) + "\n")
        file.write(array("report_behind", behind))


main(*sys.argv[1:])
