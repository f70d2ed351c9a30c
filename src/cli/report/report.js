// SPDX-License-Identifier: GPL-2.0-or-later
// The report: data comes from the element "data", and whatever text is in it becomes text
// of the page, never markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const OUTSIDE = "outside";
const CELL = 3; // numbers of a cell in its row: word, egress reason, ingress reason
const COMPACT_CELLS = 10000; // from here on cells are colors, and say more when asked
const EDGES_MAX = 1500;
const LABEL_MAX = 40;
const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

// What the reader has chosen.
const state = {
  view: "matrix",
  from: { space: "", text: "" },
  to: { space: "", text: "" },
  open: new Set(),
  selected: null,
};

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

// ---- groups and lines ----

const groups = data.groups.map((group) => ({
  ...group,
  space: group.namespace === null ? OUTSIDE : group.namespace,
  isOutside: group.namespace === null,
  label: group.namespace === null ? group.name : group.namespace + "/" + group.name,
}));

function matches(group, filter) {
  if (filter.space && filter.space !== (group.isOutside ? "\n" : group.space))
    return false;
  const text = filter.text.trim().toLowerCase();
  return !text || group.label.toLowerCase().includes(text) ||
    group.labels.some((label) => label.toLowerCase().includes(text));
}

// The lines of a side: a namespace with several groups has one of its own, behind which
// its groups stand when it is open.  places index data.from or data.to.
function linesOf(ids, filter) {
  const spaces = new Map();
  ids.forEach((id, place) => {
    const group = groups[id];
    if (!matches(group, filter))
      return;
    const key = (group.isOutside ? "\n" : "") + group.space;
    if (!spaces.has(key))
      spaces.set(key, []);
    spaces.get(key).push({ group, places: [place] });
  });
  const lines = [];
  for (const [key, members] of spaces) {
    if (members.length === 1) {
      lines.push({ ...members[0], text: members[0].group.label });
      continue;
    }
    const open = state.open.has(key);
    lines.push({
      key, open, places: members.flatMap((member) => member.places),
      text: members[0].group.space + " (" + members.length + ")",
      label: members[0].group.space,
    });
    if (open)
      members.forEach((member) => lines.push({ ...member, text: member.group.name, child: true }));
  }
  return lines;
}

const labelOf = (line) => (line.group ? line.group.label : line.label);

// ---- cells ----

const wordAt = (from, to) => data.cells[from][CELL * to];

function kindOf(word) {
  const text = data.words[word];
  if (text === "." || text === "")
    return "self";
  if (text === "-")
    return "none";
  if (text.startsWith("some "))
    return "mix";
  return text === "all" ? "all" : "part";
}

const kinds = data.words.map((_, word) => kindOf(word));

// What two lines have together: a word, or null where their pairs differ; which words
// there are, with how often.
function sumOf(from, to) {
  const counts = new Map();
  for (const i of from.places)
    for (const j of to.places) {
      const word = wordAt(i, j);
      if (kinds[word] !== "self")
        counts.set(word, (counts.get(word) || 0) + 1);
    }
  if (counts.size === 0)
    return { word: wordAt(from.places[0], to.places[0]), counts };
  return { word: counts.size === 1 ? counts.keys().next().value : null, counts };
}

function shownCell(sum) {
  if (sum.word === null)
    return { kind: "mix", text: "mixed" };
  const text = data.words[sum.word];
  const kind = kinds[sum.word];
  return { kind, text: kind === "none" ? "\u2013" : kind === "self" ? "\u00b7" : text };
}

// ---- the matrix ----

let rows = [];
let columns = [];

function heading(line) {
  const children = line.key === undefined
    ? make("span", {}, line.text)
    : make("button", { type: "button", "data-space": line.key, "aria-expanded": line.open },
      (line.open ? "\u25be " : "\u25b8 ") + line.text);
  return make("th", { scope: "row", title: labelOf(line), class: line.child ? "child" : "" },
    children);
}

// What is open stands in its own lines.
function cellOf(row, column) {
  return row.open || column.open ? { kind: "head", text: "" } : shownCell(sumOf(row, column));
}

function showMatrix() {
  const grid = byId("grid");
  rows = linesOf(data.from, state.from);
  columns = linesOf(data.to, state.to);
  const head = make("tr", {}, make("th", {}, "from \\ to"));
  columns.forEach((line) => {
    const cell = heading(line);
    cell.setAttribute("scope", "col");
    head.append(cell);
  });
  const compact = rows.length * columns.length > COMPACT_CELLS;
  const body = document.createElement("tbody");
  rows.forEach((row) => {
    const tr = make("tr", {}, heading(row));
    for (const column of columns) {
      const cell = cellOf(row, column);
      const td = document.createElement("td");
      td.className = cell.kind;
      if (!compact)
        td.textContent = cell.text;
      tr.append(td);
    }
    body.append(tr);
  });
  grid.className = compact ? "compact" : "";
  grid.replaceChildren(make("thead", {}, head), body);
  if (rows.length && columns.length)
    cellAt(0, 0).tabIndex = 0;
  byId("empty").hidden = rows.length > 0 && columns.length > 0;
}

// What a cell has no room for.
function describe(td) {
  const [i, j] = placeOf(td);
  const text = labelOf(rows[i]) + " \u2192 " + labelOf(columns[j]) + ": " +
    cellOf(rows[i], columns[j]).text;
  td.title = text;
  td.setAttribute("aria-label", text);
}

const cellAt = (i, j) => byId("grid").tBodies[0].rows[i].cells[j + 1];

function placeOf(td) {
  return [td.parentNode.sectionRowIndex, td.cellIndex - 1];
}

function focusCell(i, j) {
  if (i < 0 || j < 0 || i >= rows.length || j >= columns.length)
    return;
  const before = byId("grid").querySelector("td[tabindex='0']");
  if (before)
    before.tabIndex = -1;
  const td = cellAt(i, j);
  td.tabIndex = 0;
  describe(td);
  td.focus();
}

function choose(td) {
  const [i, j] = placeOf(td);
  if (td.className === "head")
    return;
  const before = byId("grid").querySelector("td[aria-selected]");
  if (before)
    before.removeAttribute("aria-selected");
  td.setAttribute("aria-selected", "true");
  explain(rows[i], columns[j]);
}

// ---- explanations ----

// The lines of a rule: its own, and what is indented below it.
function rangeOf(policy, line) {
  const start = line - policy.first;
  const indent = (text) => text.length - text.trimStart().length;
  let end = start + 1;
  if (start < 0 || start >= policy.lines.length)
    return [0, 0];
  while (end < policy.lines.length && (!policy.lines[end].trim() ||
         indent(policy.lines[end]) > indent(policy.lines[start])))
    end++;
  return [start, end];
}

function source(policy, marks) {
  const pre = make("pre", { tabindex: "0", "aria-label": "Manifest" });
  policy.lines.forEach((text, i) => {
    const marked = marks.some(([start, end]) => start <= i && i < end);
    pre.append(make("span", { "data-line": policy.first + i, class: marked ? "mark" : "" },
      text || " "));
  });
  return pre;
}

function policyPart(id, direction, why) {
  const policy = data.policies[id];
  const mine = why.rules.filter(([owner]) => owner === id).map(([, rule]) => policy[direction][rule]);
  const part = make("div", {},
    make("p", {}, make("strong", {}, policy.namespace + "/" + policy.name), " ",
      make("span", { class: "place" }, policy.file + ":" + policy.line)));
  if (!mine.length && !why.several)
    part.append(make("p", { class: "soft" }, "selects it; none of its rules lets it through"));
  else if (mine.length)
    part.append(make("p", {}, "lets it through by " +
      mine.map(([path, line]) => path + " (line " + line + ")").join(", ")));
  if (policy.lines.length)
    part.append(source(policy, mine.map(([, line]) => rangeOf(policy, line))));
  return part;
}

function directionPart(direction, subject, why) {
  const part = make("div", {}, make("h3", {}, direction === "egress"
    ? "Egress of " + subject : "Ingress to " + subject));
  if (!why.isolated) {
    part.append(make("p", {}, "Not isolated: no policy selects it in this direction."));
    return part;
  }
  const allowing = new Set(why.rules.map(([policy]) => policy));
  part.append(make("p", {}, why.several ? "Some of its pods are isolated, by:" : allowing.size
    ? "Isolated; these rules let the other end through:"
    : why.policies.length ? "Isolated, and no rule lets the other end through:"
      : "Isolated as an invalid pod, or by an annotation of its namespace."));
  const order = why.policies.filter((id) => allowing.has(id))
    .concat(why.policies.filter((id) => !allowing.has(id)));
  order.forEach((id) => part.append(policyPart(id, direction, why)));
  return part;
}

function membersPart(group) {
  const count = group.members.length < group.count
    ? " and " + (group.count - group.members.length) + " more" : "";
  const part = make("details", {}, make("summary", {}, group.label + ": " +
    group.count + (group.isOutside ? " range" : " pod") + (group.count === 1 ? "" : "s")));
  part.append(make("p", { class: "soft" }, group.members.join(", ") + count));
  if (group.labels.length)
    part.append(make("p", { class: "soft" }, group.labels.join(", ")));
  if (group.host)
    part.append(make("p", { class: "soft" }, "In the network of its node: no policy isolates it."));
  return part;
}

function mixedPart(from, to, sum) {
  const list = document.createElement("ul");
  for (const [word, count] of [...sum.counts].sort((a, b) => b[1] - a[1]))
    list.append(make("li", {}, data.words[word] === "-" ? "nothing" : data.words[word],
      " (" + count + (count === 1 ? " pair of groups)" : " pairs of groups)")));
  const part = make("div", {}, list);
  const keys = [from, to].filter((line) => line.key !== undefined && !line.open);
  if (keys.length) {
    const button = make("button", { type: "button" },
      "Open " + [...new Set(keys.map((line) => line.label))].join(" and "));
    button.addEventListener("click", () => {
      keys.forEach((line) => state.open.add(line.key));
      render();
    });
    part.append(button);
  }
  return part;
}

function explain(from, to) {
  const panel = byId("detail");
  const sum = sumOf(from, to);
  const cell = shownCell(sum);
  const close = make("button", { type: "button", "aria-label": "Close" }, "\u00d7");
  close.addEventListener("click", () => { panel.hidden = true; });
  panel.replaceChildren(close,
    make("h2", {}, labelOf(from) + " \u2192 " + labelOf(to)),
    make("p", {}, make("span", { class: "verdict " + cell.kind },
      { none: "nothing", self: "no pair", all: "everything" }[cell.kind] || cell.text)));
  if (from.group)
    panel.append(membersPart(from.group));
  if (to.group && to.group !== from.group)
    panel.append(membersPart(to.group));
  if (cell.kind === "self")
    panel.append(make("p", {}, from.group && from.group.isOutside
      ? "Both are outside: no policy is about them."
      : "There is but one pod, which always reaches itself."));
  else if (from.places.length === 1 && to.places.length === 1)
    explainPair(panel, from, to);
  else
    panel.append(mixedPart(from, to, sum));
  panel.hidden = false;
  panel.scrollTop = 0;
}

function explainPair(panel, from, to) {
  const row = data.cells[from.places[0]];
  const at = CELL * to.places[0];
  if (data.whys[row[at + 1]].several || data.whys[row[at + 2]].several)
    panel.append(make("p", { class: "soft" },
      "All pods of a namespace stand together here, so no rules are named; " +
      "netpolc matrix --from and --to show them."));
  if (!from.group.isOutside)
    panel.append(directionPart("egress", labelOf(from), data.whys[row[at + 1]]));
  if (!to.group.isOutside)
    panel.append(directionPart("ingress", labelOf(to), data.whys[row[at + 2]]));
}

// ---- the graph ----

// Whether everybody who is shown reaches the line on the same: then edges say nothing.
function commonWord(from, line) {
  let word = null;
  for (const other of from) {
    const sum = sumOf(other, line);
    if (sum.word !== null && kinds[sum.word] === "self")
      continue;
    if (sum.word === null || kinds[sum.word] === "none" || kinds[sum.word] === "mix" ||
        (word !== null && word !== sum.word))
      return null;
    word = sum.word;
  }
  return word;
}

function nodeBox(line, x, y, width, word) {
  const name = line.group ? line.group.label : line.text;
  const label = name.length > LABEL_MAX ? name.slice(0, LABEL_MAX - 1) + "\u2026" : name;
  const text = draw("text", { x: x + 8, y: y + 15 }, label);
  const box = draw("g", {
    class: word === null ? "node" : "node open", tabindex: "0", role: "button",
    "aria-label": labelOf(line),
  }, draw("rect", { x, y, width, height: 22, rx: 5 }), text);
  if (word !== null)
    box.append(draw("title", {}, "reached by everybody on " + data.words[word]));
  return box;
}

function edgePath(from, to, cell, pair) {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + 11, to.x, to.y + 11];
  const bend = (x2 - x1) / 2;
  const path = draw("path", {
    class: "edge " + cell.kind, tabindex: "0", role: "button",
    "aria-label": labelOf(pair[0]) + " to " + labelOf(pair[1]) + ": " + cell.text,
    d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
  }, draw("title", {}, labelOf(pair[0]) + " \u2192 " + labelOf(pair[1]) + ": " + cell.text));
  const open = () => explain(pair[0], pair[1]);
  path.addEventListener("click", open);
  path.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  return path;
}

function light(svg, paths, on) {
  svg.classList.toggle("lit", on);
  paths.forEach((path) => path.classList.toggle("lit", on));
}

function placeNodes(svg, lines, x, width, words) {
  return lines.map((line, i) => {
    const node = { line, x, y: 8 + 28 * i, width, paths: [] };
    node.box = nodeBox(line, node.x, node.y, node.width, words ? words[i] : null);
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false],
                               ["focus", true], ["blur", false]])
      node.box.addEventListener(event, () => light(svg, node.paths, on));
    const toggle = () => { if (line.key !== undefined) toggleSpace(line.key); };
    node.box.addEventListener("click", toggle);
    node.box.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(); });
    return node;
  });
}

function showGraph() {
  const shut = (line) => line.key === undefined || !line.open;
  const from = linesOf(data.from, state.from).filter(shut);
  const to = linesOf(data.to, state.to).filter(shut);
  const words = to.map((line) => commonWord(from, line));
  const height = 28 * Math.max(from.length, to.length) + 16;
  const svg = draw("svg", { width: 800, height, role: "group", "aria-label": "Connections" });
  const sources = placeNodes(svg, from, 8, 280, null);
  const destinations = placeNodes(svg, to, 510, 280, words);
  let edges = 0;
  destinations.forEach((target, j) => {
    if (words[j] !== null)
      return;
    sources.forEach((origin) => {
      const cell = shownCell(sumOf(origin.line, target.line));
      if (cell.kind === "none" || cell.kind === "self" || ++edges > EDGES_MAX)
        return;
      const path = edgePath(origin, target, cell, [origin.line, target.line]);
      origin.paths.push(path);
      target.paths.push(path);
      svg.append(path);
    });
  });
  [...sources, ...destinations].forEach((node) => svg.append(node.box));
  byId("drawing").replaceChildren(svg);
  byId("graph-note").textContent =
    "Sources at the left, destinations at the right. What everybody here reaches alike is dashed and has no edges." +
    (edges > EDGES_MAX ? " Of " + edges + " edges the first " + EDGES_MAX + " are drawn: filter for the others." : "");
}

// ---- findings ----

function findingPart(finding) {
  const place = finding.file ? finding.file + (finding.line ? ":" + finding.line : "") : "";
  const part = make("div", { class: "finding " + finding.level },
    make("p", {}, make("b", {}, finding.level), " ", finding.message, " ",
      make("span", { class: "soft" }, "[" + finding.id + "]")),
    make("p", { class: "place" }, place + (finding.path ? " " + finding.path : "")));
  if (finding.fix)
    part.append(make("p", {}, finding.fix));
  const object = finding.object;
  const policy = object && object.kind === "NetworkPolicy" && data.policies.find((p) =>
    p && p.namespace === object.namespace && p.name === object.name && p.file === finding.file);
  if (policy && finding.line)
    part.append(make("details", {}, make("summary", {}, "Manifest"),
      source(policy, [rangeOf(policy, finding.line)])));
  return part;
}

function showFindings() {
  const order = { error: 0, warning: 1, info: 2 };
  const all = [...data.findings].sort((a, b) => (order[a.level] ?? 3) - (order[b.level] ?? 3));
  byId("findings").replaceChildren(make("h2", {}, all.length === 0 ? "No findings" : "Findings"),
    ...all.map(findingPart));
}

// ---- what the reader does ----

function render() {
  for (const view of ["matrix", "graph", "findings"]) {
    byId(view).hidden = state.view !== view;
    document.querySelector(`[data-view=${view}]`).setAttribute("aria-pressed", state.view === view);
  }
  byId("filter").hidden = state.view === "findings";
  ({ matrix: showMatrix, graph: showGraph, findings: showFindings })[state.view]();
}

function toggleSpace(key) {
  if (!state.open.delete(key))
    state.open.add(key);
  render();
}

function allSpaces() {
  return new Set(groups.map((group) => (group.isOutside ? "\n" : "") + group.space));
}

function fillSpaces(select, ids) {
  const spaces = new Map();
  ids.forEach((id) => spaces.set(groups[id].isOutside ? "\n" : groups[id].space, groups[id]));
  select.append(make("option", { value: "" }, "all namespaces"));
  for (const [value, group] of spaces)
    select.append(make("option", { value }, group.isOutside ? "(outside)" : group.space));
}

function setFilter(side, field, input) {
  input.addEventListener("input", () => {
    state[side][field] = input.value;
    render();
  });
}

function moveInGrid(event) {
  const td = event.target.closest("td");
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (!td)
    return;
  if (event.key === "Enter" || event.key === " ") {
    choose(td);
    event.preventDefault();
  } else if (steps[event.key]) {
    const [i, j] = placeOf(td);
    focusCell(i + steps[event.key][0], j + steps[event.key][1]);
    event.preventDefault();
  }
}

function clickGrid(event) {
  const space = event.target.closest("[data-space]");
  const td = event.target.closest("td");
  if (space)
    toggleSpace(space.dataset.space);
  else if (td) {
    focusCell(...placeOf(td));
    choose(td);
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function listen() {
  for (const side of ["from", "to"]) {
    fillSpaces(byId(side + "-space"), data[side]);
    setFilter(side, "space", byId(side + "-space"));
    setFilter(side, "text", byId(side + "-text"));
  }
  document.querySelectorAll("[data-view]").forEach((button) =>
    button.addEventListener("click", () => { state.view = button.dataset.view; render(); }));
  byId("grid").addEventListener("click", clickGrid);
  byId("grid").addEventListener("keydown", moveInGrid);
  byId("grid").addEventListener("mouseover", (event) => {
    const td = event.target.closest("td");
    if (td)
      describe(td);
  });
  byId("expand").addEventListener("click", () => { state.open = allSpaces(); render(); });
  byId("collapse").addEventListener("click", () => { state.open = new Set(); render(); });
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("theme").addEventListener("click", () =>
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape")
      byId("detail").hidden = true;
  });
  window.addEventListener("beforeprint", showFindings);
}

function begin() {
  const policies = data.policies.filter((policy) => policy).length;
  byId("summary").textContent = groups.length +
    (data.by === "namespace" ? " namespaces, of " + data.all + " groups of pods and addresses"
      : " groups of pods and addresses") +
    ", " + policies + " policies, " + data.findings.length + " findings";
  document.querySelector("[data-view=findings]").textContent =
    "Findings (" + data.findings.length + ")";
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  if (data.from.length <= 40 && data.to.length <= 40)
    state.open = allSpaces();
  listen();
  render();
}

begin();
