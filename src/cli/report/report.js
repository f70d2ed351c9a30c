// SPDX-License-Identifier: GPL-2.0-or-later
// The report: data comes from the element "data", and whatever text is in it becomes text
// of the page, never markup.  The files of this folder are one script, this one first.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const OUTSIDE = "outside";
const CELL = 3; // numbers of a cell in its row: word, egress reason, ingress reason
const ALL_FAMILIES = 3; // as bits: IPv4, then IPv6
const SHARES = [0.05, 0.2, 0.5]; // of pairs, from which on a cell is darker
const COMPACT_CELLS = 10000; // from here on cells are colors, and say more when asked
const AHEAD = 200; // pixels beyond what is in sight, that have their cells already
const PAUSE = 200; // milliseconds without a key, after which a filter is read
const HEADING_MAX = 40; // characters
const EDGES_MAX = 1500;
const EDGES_CROWDED = 150; // from here on an edge is seen when its end is pointed at
const [GRAPH_LEAST, GRAPH_MOST, NODE_WIDTH, CHARACTER] = [480, 1600, 280, 6.6]; // pixels
const FINDINGS_OPEN = 5; // of one name
const LABELS_MAX = 50; // of a group, that only some of its pods have
const MISSES_MAX = 10; // rules that did not let somebody through
const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

// What the reader has chosen.
const state = {
  view: "matrix",
  from: { space: "", text: "" },
  to: { space: "", text: "" },
  open: new Set(),
};

const countOf = (count, one, many) => count + " " + (count === 1 ? one : many || one + "s");

// What tells long names apart is at either end of them.
function shorten(text, most) {
  const head = Math.ceil((most - 1) / 2);
  return text.length <= most ? text
    : text.slice(0, head) + "\u2026" + text.slice(text.length - (most - 1 - head));
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  element.append(...children);
  return element;
}
