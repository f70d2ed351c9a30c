// SPDX-License-Identifier: GPL-2.0-or-later
// What the reader does: choose, filter, move about.

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

// What is typed is read at a pause, or at Enter.
function setFilter(side, field, input) {
  let timer;
  const read = () => {
    clearTimeout(timer);
    if (state[side][field] === input.value)
      return;
    state[side][field] = input.value;
    render();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE);
  });
  input.addEventListener("change", read);
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

function showAll() {
  for (const side of ["from", "to"]) {
    state[side] = { space: "", text: "" };
    byId(side + "-space").value = byId(side + "-text").value = "";
  }
  render();
}

// No paper has room for a matrix that a screen has none for.
function beforePrint() {
  state.before = state.open;
  if (isCompact())
    state.open = new Set();
  render();
  if (state.view === "matrix")
    fillAll();
  showFindings();
}

function afterPrint() {
  state.open = state.before;
  render();
}

// Other cells have come into sight.
function moved() {
  if (state.view === "matrix" && isCompact())
    fillSight();
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
      closeDetail();
  });
  byId("reset").addEventListener("click", showAll);
  byId("matrix").addEventListener("scroll", moved);
  window.addEventListener("resize", () => { if (state.view === "graph") showGraph(); else moved(); });
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);
}

function begin() {
  const policies = data.policies.filter((policy) => policy).length;
  byId("summary").textContent = [
    data.by === "namespace"
      ? countOf(groups.length, "namespace") + ", of " + data.all + " groups of pods and addresses"
      : countOf(groups.length, "group") + " of pods and addresses",
    countOf(policies, "policy", "policies"), countOf(data.findings.length, "finding"),
  ].join(", ");
  document.querySelector("[data-view=findings]").textContent =
    "Findings (" + data.findings.length + ")";
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  if (data.from.length <= 40 && data.to.length <= 40)
    state.open = allSpaces();
  byId("spaces").hidden = data.by === "namespace";
  listen();
  render();
}

begin();
