import { formatAge } from '@berth/api'

/** `3 weeks ago`, of RFC 3339 text. */
export function agoOf(text: string, nowMs: number): string {
  return `${formatAge(nowMs - Date.parse(text))} ago`
}
