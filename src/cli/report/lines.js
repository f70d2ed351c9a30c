// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of the matrix, which are groups or namespaces, and what two of them have together.

const groups = data.groups.map((group) => ({
  ...group,
  space: group.namespace === null ? OUTSIDE : group.namespace,
  isOutside: group.namespace === null,
  label: group.namespace === null ? group.name : group.namespace + "/" + group.name,
}));

// A group is shown for a label that any of its pods has.
function matches(group, filter) {
  if (filter.space && filter.space !== (group.isOutside ? "\n" : group.space))
    return false;
  const text = filter.text.trim().toLowerCase();
  return !text || group.label.toLowerCase().includes(text) ||
    group.labels.concat(group.someLabels).some((label) => label.toLowerCase().includes(text));
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

// Of pairs that differ, how many have something, and how dark to show that.
function shareOf(counts) {
  let [open, all] = [0, 0];
  for (const [word, count] of counts) {
    all += count;
    open += kinds[word] === "none" ? 0 : count;
  }
  return { text: open + "/" + all, step: 1 + SHARES.filter((share) => open > share * all).length };
}

function shownCell(sum) {
  if (sum.word === null) {
    const share = shareOf(sum.counts);
    return { kind: "mix", shade: " m" + share.step, text: share.text };
  }
  const text = data.words[sum.word];
  const kind = kinds[sum.word];
  return { kind, shade: "", text: kind === "none" ? "\u2013" : kind === "self" ? "\u00b7" : text };
}
