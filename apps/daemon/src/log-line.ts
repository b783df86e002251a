const orderedKeys = ['time', 'level', 'msg'] as const

/** One entry as `time=… level=info msg="…" key=value`, the form that dockerd's users know. */
export function formatLogLine(entry: Readonly<Record<string, unknown>>): string {
  const { time, level, msg, ...fields } = entry
  const ordered = { time, level, msg }
  const pairs = [...orderedKeys.map((key) => [key, ordered[key]] as const), ...Object.entries(fields)]
  const known = pairs.filter(([, value]) => value !== undefined)
  return `${known.map(([key, value]) => `${key}=${formatValue(key, value)}`).join(' ')}\n`
}

function formatValue(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : errorText(value)
  // The message is quoted always, the rest where a reader could not tell its end.
  return key === 'msg' || text === '' || /[^\w.:/@+-]/.test(text) ? JSON.stringify(text) : text
}

/** Of an error its stack, which begins with its message. */
function errorText(value: unknown): string {
  const stack = (value as { stack?: unknown } | null)?.stack
  return typeof stack === 'string' ? stack : (JSON.stringify(value) ?? String(value))
}
