# SPDX-License-Identifier: GPL-2.0-or-later
# C sources come in, every one-token mutation of them goes out, a line each:
#
#	file TAB line TAB column TAB length TAB what stands there instead TAB kind
#
# Strings, comments and directives are left alone.

function mutation(column, len, with, kind)
{
	print FILENAME "\t" FNR "\t" column "\t" len "\t" with "\t" kind
}

# Blanks out what is no code, so that columns stay as they are.
function code_of(line,    out, i, c, two, quote)
{
	out = ""
	quote = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				out = out " "
				i++
			}
			out = out " "
		} else if (quote != "") {
			if (c == "\\") {
				out = out " "
				i++
			} else if (c == quote)
				quote = ""
			out = out " "
		} else if (two == "/*") {
			in_comment = 1
			out = out " "
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out " "
		} else
			out = out c
	}
	return out
}

function comparisons_and_logic(code,    i, two, before, after)
{
	for (i = 1; i <= length(code); i++) {
		two = substr(code, i, 2)
		before = substr(code, i - 1, 1)
		after = substr(code, i + 1, 1)
		if (two in swap)
			mutation(i, 2, swap[two], two ~ /[&|]/ ? "logic" : "comparison")
		else if (substr(code, i, 1) in swap && before == " " && after == " ")
			mutation(i, 1, swap[substr(code, i, 1)], "comparison")
	}
}

function constants(code,    at, rest, number)
{
	at = 0
	rest = code
	while (match(rest, /[A-Za-z_0-9.]+/)) {
		number = substr(rest, RSTART, RLENGTH)
		at += RSTART
		if (number ~ /^[0-9]+u?$/) {
			mutation(at, RLENGTH, number + 1, "constant")
			if (number + 0 > 0)
				mutation(at, RLENGTH, number - 1, "constant")
		}
		at += RLENGTH - 1
		rest = substr(rest, RSTART + RLENGTH)
	}
}

function returned(code,    value, with)
{
	if (!returns_bool || !match(code, /return .*;$/))
		return
	value = substr($0, RSTART + 7, RLENGTH - 8)
	with = "!(" value ")"
	if (value == "true")
		with = "false"
	else if (value == "false")
		with = "true"
	mutation(RSTART + 7, RLENGTH - 8, with, "returned value")
}

# A call or an assignment that is whole on its line.
function statements(code,    balance)
{
	balance = gsub(/[(]/, "(", code) - gsub(/[)]/, ")", code)
	if (balance || before_line !~ /([;{}:)]|else|^)$/ || code !~ /^\t+[^\t ].*;$/)
		return
	if (code ~ /^\t+[A-Za-z_(*][^ ]*[(]/ && code !~ /^\t+(return|if|for|while|switch|else)/ ||
	    code ~ /^\t+[*A-Za-z_][^ ]* ([-+|&]|<<|>>)?= / || code ~ /(\+\+|--);$/) {
		match(code, /^\t+/)
		mutation(RLENGTH + 1, length(code) - RLENGTH, ";", "statement removed")
	}
}

BEGIN {
	swap["=="] = "!="; swap["!="] = "=="; swap["<="] = "< "; swap[">="] = "> "
	swap["<"] = "<="; swap[">"] = ">="; swap["&&"] = "||"; swap["||"] = "&&"
}

FNR == 1 {
	in_comment = returns_bool = 0
	before_line = ""
}

{
	code = code_of($0)
	if (code ~ /^[a-z]/)
		returns_bool = code ~ /^(static )?bool /
	if (code ~ /^\t/ && code !~ /^\t*#/) {
		comparisons_and_logic(code)
		constants(code)
		returned(code)
		statements(code)
	}
	sub(/[ \t]+$/, "", code)
	if (code != "")
		before_line = code
}
