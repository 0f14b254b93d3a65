/** Rows as CSV (RFC 4180), such that no spreadsheet takes a cell for a formula. @module */

/** What a cell holds; null is an empty cell. */
export type CsvCell = string | number | null;

/**
 * What a spreadsheet would calculate instead of show (OWASP, "CSV Injection"): an app that names itself `=HYPERLINK(…)`
 * must not run in the sheet of whoever looks into the history.
 */
const formulaStart = /^[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** One row, its line break included. Numbers stand bare; every text in quotes. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = formulaStart.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
