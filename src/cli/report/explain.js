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

// A rule as the data has it.
function ruleOf(id, direction, index) {
  const [path, line, peerLines, misses] = data.policies[id][direction][index];
  return { id, direction, path, line, peerLines, misses };
}

const policyName = (policy) => policy.namespace + "/" + policy.name;

// ---- nearest misses ----

// What a miss of the data says: the peers, nearest first, with the conditions that fail.
function peersOf(miss) {
  const peers = [];
  for (const number of miss.slice(1))
    if (number < 0)
      peers.push({ place: -1 - number, conditions: [] });
    else
      peers[peers.length - 1].conditions.push(number);
  return peers;
}

// "label role=web, wanted role=frontend", for each condition.
function conditionsPart(conditions) {
  const part = document.createElement("span");
  const [texts, halves] = data.conditions;
  conditions.forEach((condition, i) => {
    const [found, wanted] = halves[condition].map((half) => texts[half]);
    part.append(i ? "; " : "", found);
    if (wanted)
      part.append(", wanted ", make("strong", {}, wanted));
  });
  return part;
}

function missPart(rule, miss) {
  const item = make("li", {}, make("strong", {}, policyName(data.policies[rule.id])),
    " " + rule.path + " ", make("span", { class: "place" }, "line " + rule.line), ": ");
  if (miss === 0) {
    item.append("a peer matches, but there is no port of that name");
    return item;
  }
  const peers = peersOf(miss);
  const all = rule.peerLines.length;
  if (all === 1) {
    item.append(conditionsPart(peers[0].conditions));
    return item;
  }
  const list = document.createElement("ul");
  for (const peer of peers)
    list.append(make("li", {}, (rule.direction === "ingress" ? "from[" : "to[") + peer.place + "] ",
      make("span", { class: "place" }, "line " + rule.peerLines[peer.place]), ": ",
      conditionsPart(peer.conditions)));
  if (peers.length < all)
    list.append(make("li", {}, "and " + (all - peers.length) + " more peers"));
  item.append("none of its " + all + " peers matches", list);
  return item;
}

// Of the rules of the policies, what the other end lacks to be let through: those where
// the least is missing first.
function missesPart(direction, why, other) {
  const rules = why.policies.flatMap((id) =>
    data.policies[id][direction].map((_, index) => ruleOf(id, direction, index)));
  const told = rules.filter((rule) => rule.misses);
  const far = (rule) => (rule.misses[other] === 0 ? 1 : rule.misses[other][0]);
  const part = document.createElement("div");
  if (rules.length === 0)
    return part;
  const list = make("ol", { class: "misses" });
  told.sort((a, b) => far(a) - far(b)).slice(0, MISSES_MAX)
    .forEach((rule) => list.append(missPart(rule, rule.misses[other])));
  if (told.length)
    part.append(make("p", {}, "Rules that came into question, the nearest first:"), list);
  const left = rules.length - Math.min(told.length, MISSES_MAX);
  if (left)
    part.append(make("p", { class: "soft" }, (told.length ? "And " + left + " more; " : "") +
      "netpolc query --explain tells of each connection."));
  return part;
}

// ---- one direction ----

// Open where it says why; else its lines are at hand.
function policyPart(id, direction, why) {
  const policy = data.policies[id];
  const mine = why.rules.filter(([owner]) => owner === id)
    .map(([, index, allowed]) => ({ ...ruleOf(id, direction, index), allowed: allowed & why.families }));
  let text = "none of its rules lets it through";
  if (why.several)
    text = "selects some of it";
  else if (!policy[direction].length)
    text = "it has no " + direction + " rule";
  const part = make("details", {}, make("summary", {}, make("strong", {}, policyName(policy)), " ",
    make("span", { class: "place" }, policy.file + ":" + policy.line + (mine.length ? "" : ", " + text))));
  part.open = mine.length > 0 || why.policies.length === 1;
  if (mine.length)
    part.append(make("p", {}, "lets it through by " +
      mine.map((rule) => rule.path + " (line " + rule.line + ")" +
        (rule.allowed === why.families ? "" : " in " + familyNames(rule.allowed))).join(", ")));
  if (policy.lines.length)
    part.append(source(policy, mine.map((rule) => rangeOf(policy, rule.line))));
  return part;
}

function isolationText(why, allowing) {
  if (why.several)
    return "Some of its pods are isolated, by:";
  if (allowing.size)
    return "Isolated; these rules let the other end through:";
  return why.policies.length ? "Isolated, and no rule lets the other end through."
    : "Isolated as an invalid pod, or by an annotation of its namespace.";
}

// other: the group at the other end, if there is one.
function directionPart(direction, subject, why, other) {
  const part = make("div", {}, make("h3", {}, direction === "egress"
    ? "Egress of " + subject : "Ingress to " + subject));
  if (!why.isolated) {
    part.append(make("p", {}, "Not isolated: no policy selects it in this direction."));
    return part;
  }
  const allowing = new Set(why.rules.map(([policy]) => policy));
  part.append(make("p", {}, isolationText(why, allowing)));
  if (!why.several && !allowing.size)
    part.append(missesPart(direction, why, other));
  const order = why.policies.filter((id) => allowing.has(id))
    .concat(why.policies.filter((id) => !allowing.has(id)));
  order.forEach((id) => part.append(policyPart(id, direction, why)));
  return part;
}

// How many pods a workload has is not known here.
function sizeOf(group) {
  const pods = group.count - group.workloads;
  if (group.isOutside)
    return countOf(group.count, "range");
  return [pods && countOf(pods, "pod"), group.workloads && countOf(group.workloads, "workload")]
    .filter((text) => text).join(", ");
}

function membersPart(group) {
  const count = group.members.length < group.count
    ? " and " + (group.count - group.members.length) + " more" : "";
  const part = make("details", {}, make("summary", {}, group.label + ": " + sizeOf(group)));
  part.append(make("p", { class: "soft" }, group.members.join(", ") + count));
  if (group.labels.length)
    part.append(make("p", { class: "soft" }, group.labels.join(", ")));
  if (group.someLabels.length)
    part.append(make("p", { class: "soft" }, "some: " + group.someLabels.slice(0, LABELS_MAX).join(", ") +
      (group.someLabels.length > LABELS_MAX ? ", \u2026" : "")));
  if (group.host)
    part.append(make("p", { class: "soft" }, "In the network of its node: no policy isolates it."));
  return part;
}

function mixedPart(from, to, sum) {
  const list = document.createElement("ul");
  for (const [word, count] of [...sum.counts].sort((a, b) => b[1] - a[1]))
    list.append(make("li", {}, data.words[word] === "-" ? "nothing" : data.words[word],
      " (" + countOf(count, "pair") + " of groups)"));
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

// Hides it and gives the cell back to the keyboard.
function closeDetail() {
  const cell = byId("grid").querySelector("td[aria-selected]");
  byId("detail").hidden = true;
  if (cell)
    cell.focus();
}

// ---- families ----

const familyNames = (families) => ["", "IPv4", "IPv6", "IPv4 and IPv6"][families];

// A reason as far as it is about these families.
const whyIn = (why, families) => ({ ...why, families,
  rules: why.rules.filter(([, , allowed]) => allowed & families) });

// Of these, those that it lets through.
const passing = (why) => (why.isolated
  ? why.rules.reduce((all, [, , allowed]) => all | allowed, 0) & why.families : why.families);

// Why nothing passes although each direction lets something through.
function apartText(from, to, egress, ingress) {
  const all = egress.families;
  const both = passing(egress) & passing(ingress);
  const each = "Egress is let through in " + familyNames(passing(egress)) + ", ingress in " +
    familyNames(passing(ingress));
  const ports = "Both directions let something through, but no port in common";
  if (from.bare && to.bare)
    return both ? ports + " in one IP family."
      : each + "; nobody knows yet which family the two will have, and none is let through both ways.";
  return both === all ? ports + (all === ALL_FAMILIES ? " in every IP family." : ".")
    : each + "; between the two, both must be let through both ways.";
}

function explainPair(panel, from, to) {
  const row = data.cells[from.places[0]];
  const at = CELL * to.places[0];
  const families = from.group.families & to.group.families;
  const [egress, ingress] = [row[at + 1], row[at + 2]].map((id) => whyIn(data.whys[id], families));
  const unknown = from.group.unknown || to.group.unknown;
  if (unknown)
    panel.append(make("p", {}, "Addresses of pods that are not in the input: " +
      "--unknown-pods deny isolates them."));
  else if (egress.several || ingress.several)
    panel.append(make("p", { class: "soft" },
      "All pods of a namespace stand together here, so no rules are named; " +
      "netpolc matrix --from and --to show them."));
  else if (kinds[row[at]] === "none" && !families)
    panel.append(make("p", {}, "The two share no IP family."));
  else if (kinds[row[at]] === "none" && passing(egress) && passing(ingress))
    panel.append(make("p", {}, apartText(from.group, to.group, egress, ingress)));
  if (!from.group.isOutside)
    panel.append(directionPart("egress", labelOf(from), egress, data.to[to.places[0]]));
  if (!to.group.isOutside)
    panel.append(directionPart("ingress", labelOf(to), ingress, data.from[from.places[0]]));
}

function explain(from, to) {
  const panel = byId("detail");
  const sum = sumOf(from, to);
  const cell = shownCell(sum);
  const close = make("button", { type: "button", "aria-label": "Close" }, "\u00d7");
  close.addEventListener("click", closeDetail);
  panel.replaceChildren(close,
    make("h2", {}, make("span", {}, labelOf(from)), " \u2192 ", make("span", {}, labelOf(to))),
    make("p", {}, make("span", { class: "verdict " + cell.kind },
      { none: "nothing", self: "no pair", all: "everything" }[cell.kind] ||
      (sum.word === null ? "pairs differ" : cell.text))));
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
  if (getComputedStyle(panel.parentNode).display === "block")
    panel.scrollIntoView();
}
