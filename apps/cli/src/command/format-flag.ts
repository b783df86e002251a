import { stringFlag } from './flag.ts'

/** `--format` of lists. */
export const listFormatFlag = stringFlag(
  "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n" +
    "'table TEMPLATE':   Print output in table format using the given Go template\n" +
    "'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.",
)

/** What help says of the format of single things. */
export const objectFormat =
  "Format output using a custom template:\n'json':             Print in JSON format\n" +
  "'TEMPLATE':         Print output using the given Go template."

/** `--format` of single things. */
export const objectFormatFlag = stringFlag(objectFormat, { shorthand: 'f' })
