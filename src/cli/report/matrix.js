// SPDX-License-Identifier: GPL-2.0-or-later
// The matrix, as a table.

let rows = [];
let columns = [];

function heading(line) {
  const text = shorten(line.text, HEADING_MAX);
  const children = line.key === undefined
    ? make("span", {}, text)
    : make("button", { type: "button", "data-space": line.key, "aria-expanded": line.open },
      (line.open ? "\u25be " : "\u25b8 ") + text);
  return make("th", { scope: "row", title: labelOf(line), class: line.child ? "child" : "" },
    children);
}

// What is open stands in its own lines.
function cellOf(row, column) {
  return row.open || column.open ? { kind: "head", shade: "", text: "" } : shownCell(sumOf(row, column));
}

const isCompact = () => byId("grid").className === "compact";

// The cells of a row from the left on, up to a column; those that are there stay.
function fillRow(i, end) {
  const tr = byId("grid").tBodies[0].rows[i];
  const compact = isCompact();
  for (let j = tr.cells.length - 1; j < end; j++) {
    const cell = cellOf(rows[i], columns[j]);
    const td = document.createElement("td");
    td.className = cell.kind + cell.shade;
    if (!compact)
      td.textContent = cell.text;
    tr.append(td);
  }
}

function fillAll() {
  rows.forEach((_, i) => fillRow(i, columns.length));
}

// A compact matrix has cells where somebody has looked: laying them all out takes seconds.
function fillSight() {
  const grid = byId("grid");
  const placeIn = (element) => element.getBoundingClientRect();
  const sight = placeIn(byId("matrix"));
  const isSeen = (place) => place.bottom > sight.top - AHEAD && place.top < sight.bottom + AHEAD;
  const seen = [...grid.tBodies[0].rows].map((tr) => isSeen(placeIn(tr)));
  const end = [...grid.tHead.rows[0].cells].slice(1)
    .filter((th) => placeIn(th).left < sight.right + AHEAD).length;
  seen.forEach((is, i) => { if (is) fillRow(i, end); });
}

function showMatrix() {
  const grid = byId("grid");
  rows = linesOf(data.from, state.from);
  columns = linesOf(data.to, state.to);
  const head = make("tr", {}, make("th", {}, "from \u2193 to \u2192"));
  columns.forEach((line) => {
    const cell = heading(line);
    cell.setAttribute("scope", "col");
    head.append(cell);
  });
  grid.className = rows.length * columns.length > COMPACT_CELLS ? "compact" : "";
  grid.replaceChildren(make("thead", {}, head),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, heading(row)))));
  byId("empty").hidden = rows.length > 0 && columns.length > 0;
  if (isCompact())
    fillSight();
  else
    fillAll();
  if (rows.length && columns.length)
    reach(0, 0).tabIndex = 0;
}

// What a cell has no room for; its headings stand out.
function describe(td) {
  const [i, j] = placeOf(td);
  const cell = cellOf(rows[i], columns[j]);
  const grid = byId("grid");
  grid.querySelectorAll("th.hot").forEach((th) => th.classList.remove("hot"));
  grid.tHead.rows[0].cells[j + 1].classList.add("hot");
  td.parentNode.cells[0].classList.add("hot");
  td.title = labelOf(rows[i]) + " \u2192 " + labelOf(columns[j]) + ": " +
    (cell.kind === "none" ? "nothing" : cell.kind === "self" ? "no pair" : cell.text);
  td.setAttribute("aria-label", td.title);
}

// A cell, whether it was in sight or not.
function reach(i, j) {
  fillRow(i, j + 1);
  return byId("grid").tBodies[0].rows[i].cells[j + 1];
}

function placeOf(td) {
  return [td.parentNode.sectionRowIndex, td.cellIndex - 1];
}

function focusCell(i, j) {
  if (i < 0 || j < 0 || i >= rows.length || j >= columns.length)
    return;
  const before = byId("grid").querySelector("td[tabindex='0']");
  if (before)
    before.tabIndex = -1;
  const td = reach(i, j);
  td.tabIndex = 0;
  describe(td);
  td.focus();
}

function choose(td) {
  const [i, j] = placeOf(td);
  if (td.classList.contains("head"))
    return;
  const before = byId("grid").querySelector("td[aria-selected]");
  if (before)
    before.removeAttribute("aria-selected");
  td.setAttribute("aria-selected", "true");
  explain(rows[i], columns[j]);
}
