// SPDX-License-Identifier: GPL-2.0-or-later
// What check has found.

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
