// SPDX-License-Identifier: GPL-2.0-or-later
// What is behind a cell, in words and lines of manifests.

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
