import { cellWidthOf, type CellWidth } from './cell-width.ts'

export interface TableStyle {
  /** The least width of a column, its padding included. */
  minWidth: number
  padding: number
}

const listStyle: TableStyle = { minWidth: 10, padding: 3 }

type Lines = readonly (readonly string[])[]

/** Lines of cells, each column as wide as its widest cell and the padding; a line's last cell is not padded. */
export async function formatTable(lines: Lines, style: TableStyle = listStyle): Promise<string> {
  const cellWidth = await cellWidthOf(lines.flat())
  const columnCount = lines.reduce((most, cells) => Math.max(most, cells.length - 1), 0)
  const widths = Array.from({ length: columnCount }, (_, column) => {
    const cells = lines.filter((line) => line.length - 1 > column).map((line) => line[column] ?? '')
    return widthOf(cells, style, cellWidth)
  })
  const pad = (cell: string, width = 0) => cell + ' '.repeat(Math.max(0, width - cellWidth(cell)))
  return lines
    .map(
      (cells) => `${cells.map((cell, i) => (i < cells.length - 1 ? pad(cell, widths[i]) : cell)).join('')}\n`,
    )
    .join('')
}

function widthOf(cells: readonly string[], { minWidth, padding }: TableStyle, cellWidth: CellWidth): number {
  return cells.reduce((widest, cell) => Math.max(widest, cellWidth(cell) + padding), minWidth)
}
