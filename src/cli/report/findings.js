// SPDX-License-Identifier: GPL-2.0-or-later
// What check has found.

function findingPart(finding) {
  const place = finding.file ? finding.file + (finding.line ? ":" + finding.line : "") : "";
  const part = make("div", { class: "finding " + finding.level },
    make("p", {}, finding.message),
    make("p", { class: "place" }, place + (finding.path ? " " + finding.path : "")));
  if (finding.fix)
    part.append(make("p", { class: "soft" }, "Fix: " + finding.fix));
  const object = finding.object;
  const policy = object && object.kind === "NetworkPolicy" && data.policies.find((p) =>
    p && p.namespace === object.namespace && p.name === object.name && p.file === finding.file);
  if (policy && finding.line)
    part.append(make("details", {}, make("summary", {}, "Manifest"),
      source(policy, [rangeOf(policy, finding.line)])));
  return part;
}

// Findings of one name stand together, under it.
function kindPart(findings) {
  const { level, id } = findings[0];
  const part = make("details", { class: "kind" }, make("summary", {},
    make("span", { class: "level " + level }, level), make("strong", {}, "[" + id + "]"),
    make("span", { class: "soft" }, " " + findings.length)), ...findings.map(findingPart));
  part.open = findings.length <= FINDINGS_OPEN;
  return part;
}

function showFindings() {
  const order = { error: 0, warning: 1, info: 2 };
  const kinds = new Map();
  for (const finding of data.findings) {
    const key = (order[finding.level] ?? 3) + finding.id;
    kinds.set(key, (kinds.get(key) || []).concat(finding));
  }
  const parts = [...kinds.keys()].sort().map((key) => kindPart(kinds.get(key)));
  if (parts.length === 1)
    parts[0].open = true;
  byId("findings").replaceChildren(
    ...(parts.length ? [make("h2", {}, "Findings"), ...parts]
      : [make("h2", {}, "No findings"),
        make("p", { class: "soft" }, "netpolc check sees nothing to mend in these manifests.")]));
}
