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
