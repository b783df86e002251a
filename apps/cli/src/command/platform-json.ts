import { parsePlatform } from '@berth/oci'

/** A platform as the calls want it that take an OCI object; undefined for none. */
export function platformJson(text: string): string | undefined {
  return text === '' ? undefined : JSON.stringify(parsePlatform(text))
}
