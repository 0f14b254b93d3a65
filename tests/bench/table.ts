/** The table that a benchmark prints: medians, and how Gatehouse stands to each of the others, round by round. @module */

/** Of an odd number of figures the one in the middle. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >>> 1] ?? NaN;
}

/**
 * Renders everybody's figures as Markdown. A ratio above 1 is Gatehouse ahead, whether more is better or less. It is the
 * median of the rounds' own ratios: what else the machine does in a round, it does to both.
 *
 * @param results Figures by who and by row, one a round; rows in microseconds are better when smaller.
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
    const cells = others.map((who) => {
      const theirs = results.get(who)?.get(row);
      if (!theirs) return " | ";
      const ratios = theirs.map((their, round) => {
        const own = figures[round] ?? NaN;
        return row.endsWith("µs") ? their / own : own / their;
      });
      return `${median(theirs).toFixed(0)} | ${median(ratios).toFixed(2)}`;
    });
    lines.push(`| ${row} | ${median(figures).toFixed(0)} | ${cells.join(" | ")} |`);
  }
  return `\nA ratio above 1: Gatehouse is ahead.\n\n${lines.join("\n")}\n\n${notes.join("\n")}\n`;
}
