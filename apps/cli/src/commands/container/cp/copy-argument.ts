/** What both directions are told. */
export interface CopyOptions {
  container: string
  /** A path on either side, as it was typed; `-` is a stream. */
  source: string
  destination: string
  followsLink: boolean
  /** What is copied in becomes the container's user's. */
  isArchive: boolean
  isQuiet: boolean
}

/** `container:path`, or a path here, which may hold colons when it begins with a slash or a dot; then `container` is empty. */
export function splitCopyArgument(text: string): { container: string; path: string } {
  const colon = text.indexOf(':')
  if (text.startsWith('/') || text.startsWith('.') || colon < 0) return { container: '', path: text }
  return { container: text.slice(0, colon), path: text.slice(colon + 1) }
}
