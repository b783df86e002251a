export interface TableStyle {
  /** The least width of a column, its padding included. */
  minWidth: number
  padding: number
}

const listStyle: TableStyle = { minWidth: 10, padding: 3 }

/** Lines of cells, each column as wide as its widest cell and the padding; a line's last cell is not padded. */
export function formatTable(lines: readonly (readonly string[])[], style: TableStyle = listStyle): string {
  const columnCount = Math.max(0, ...lines.map((cells) => cells.length - 1))
  const widths = Array.from({ length: columnCount }, (_, column) => widthOf(lines, column, style))
  return lines
    .map(
      (cells) =>
        `${cells.map((cell, i) => (i < cells.length - 1 ? pad(cell, widths[i] ?? 0) : cell)).join('')}\n`,
    )
    .join('')
}

function widthOf(
  lines: readonly (readonly string[])[],
  column: number,
  { minWidth, padding }: TableStyle,
): number {
  const cells = lines.filter((line) => line.length - 1 > column).map((line) => line[column] ?? '')
  return Math.max(minWidth, ...cells.map((cell) => characterCount(cell) + padding))
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - characterCount(cell)))
}

/** Code points, which is what Docker's columns are measured in. */
function characterCount(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
