/** The table that a benchmark prints: medians, and how Gatehouse stands to each of the others. @module */

/** Of an odd number of figures the one in the middle. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >>> 1] ?? NaN;
}

/**
 * Renders everybody's figures as Markdown. A ratio above 1 is Gatehouse ahead, whether more is better or less.
 *
 * @param results Figures by who and by row; rows in microseconds are better when smaller.
 */
export function renderTable(
  results: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>,
  notes: readonly string[],
): string {
  const others = [...results.keys()].filter((who) => who !== "gatehouse");
  const own = results.get("gatehouse") ?? new Map<string, number[]>();
  const lines = [
    `| | gatehouse | ${others.map((who) => `${who} | ratio`).join(" | ")} |`,
    `|---|---:|${others.map(() => "---:|---:|").join("")}`,
  ];
  for (const [row, figures] of own) {
    const mine = median(figures);
    const cells = others.map((who) => {
      const theirs = median(results.get(who)?.get(row) ?? []);
      if (Number.isNaN(theirs)) return " | ";
      const ratio = row.endsWith("µs") ? theirs / mine : mine / theirs;
      return `${theirs.toFixed(0)} | ${ratio.toFixed(2)}`;
    });
    lines.push(`| ${row} | ${mine.toFixed(0)} | ${cells.join(" | ")} |`);
  }
  return `\nA ratio above 1: Gatehouse is ahead.\n\n${lines.join("\n")}\n\n${notes.join("\n")}\n`;
}
