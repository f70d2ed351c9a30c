// SPDX-License-Identifier: GPL-2.0-or-later
// The graph: sources at the left, destinations at the right.

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
  const title = name + (word === null ? "" : ": reached by everybody on " + data.words[word]);
  return draw("g", {
    class: word === null ? "node" : "node open", tabindex: "0", role: "button",
    "aria-label": labelOf(line),
  }, draw("rect", { x, y, width, height: 22, rx: 5 }),
  draw("text", { x: x + 8, y: y + 15 }, shorten(name, Math.floor((width - 16) / CHARACTER))),
  draw("title", {}, title));
}

function edgePath(from, to, cell, pair, crowded) {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + 11, to.x, to.y + 11];
  const bend = (x2 - x1) / 2;
  const path = draw("path", {
    class: "edge " + cell.kind, tabindex: crowded ? "-1" : "0", role: "button",
    "aria-label": labelOf(pair[0]) + " to " + labelOf(pair[1]) + ": " + cell.text,
    d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
  }, draw("title", {}, labelOf(pair[0]) + " \u2192 " + labelOf(pair[1]) + ": " + cell.text));
  const open = () => explain(pair[0], pair[1]);
  path.addEventListener("click", open);
  path.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  return path;
}

// A node, what it is connected with, and the edges between.
function light(svg, node, on) {
  svg.classList.toggle("lit", on);
  node.box.classList.toggle("lit", on);
  for (const edge of node.edges) {
    edge.path.classList.toggle("lit", on);
    edge.other.box.classList.toggle("lit", on);
  }
}

function placeNodes(svg, lines, x, width, words) {
  return lines.map((line, i) => {
    const node = { line, x, y: 8 + 28 * i, width, edges: [] };
    node.box = nodeBox(line, node.x, node.y, node.width, words ? words[i] : null);
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false],
                               ["focus", true], ["blur", false]])
      node.box.addEventListener(event, () => light(svg, node, on));
    const toggle = () => { if (line.key !== undefined) toggleSpace(line.key); };
    node.box.addEventListener("click", toggle);
    node.box.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(); });
    return node;
  });
}

// [source, destination, cell] of what is connected, but for what everybody has.
function connections(sources, destinations, words) {
  const pairs = [];
  destinations.forEach((target, j) => {
    if (words[j] === null)
      sources.forEach((origin) => {
        const cell = shownCell(sumOf(origin.line, target.line));
        if (cell.kind !== "none" && cell.kind !== "self")
          pairs.push([origin, target, cell]);
      });
  });
  return pairs;
}

function noteOf(edges) {
  let note = "Sources at the left, destinations at the right. " +
    "What everybody here reaches alike is dashed and has no edges.";
  if (edges > EDGES_CROWDED)
    note += " Point at a group, or move to it by Tab, to see its own edges.";
  if (edges > EDGES_MAX)
    note += " Of " + edges + " edges the first " + EDGES_MAX + " are drawn: filter for the others.";
  return note;
}

function showGraph() {
  const shut = (line) => line.key === undefined || !line.open;
  const from = linesOf(data.from, state.from).filter(shut);
  const to = linesOf(data.to, state.to).filter(shut);
  const words = to.map((line) => commonWord(from, line));
  const width = Math.min(GRAPH_MOST, Math.max(GRAPH_LEAST, byId("drawing").clientWidth));
  const box = Math.min(NODE_WIDTH, 0.4 * width);
  const height = 28 * Math.max(from.length, to.length) + 16;
  const svg = draw("svg", { width, height, role: "group", "aria-label": "Connections" });
  const sources = placeNodes(svg, from, 8, box, null);
  const destinations = placeNodes(svg, to, width - box - 8, box, words);
  const pairs = connections(sources, destinations, words);
  const crowded = pairs.length > EDGES_CROWDED;
  svg.classList.toggle("crowded", crowded);
  for (const [origin, target, cell] of pairs.slice(0, EDGES_MAX)) {
    const path = edgePath(origin, target, cell, [origin.line, target.line], crowded);
    origin.edges.push({ path, other: target });
    target.edges.push({ path, other: origin });
    svg.append(path);
  }
  [...sources, ...destinations].forEach((node) => svg.append(node.box));
  byId("drawing").replaceChildren(...(from.length && to.length ? [svg]
    : [make("p", { class: "soft" }, "Nothing matches the filter.")]));
  byId("graph-note").textContent = noteOf(pairs.length);
}
