/** The newest API version that is spoken, and that an unversioned path means. */
export const apiVersion = '1.51'
/** The oldest version that is announced. */
export const apiVersionMin = '1.24'
/** The oldest version that is accepted: clients that pin 1.21 to 1.23 never look at what is announced. */
export const apiVersionFloor = '1.21'

/** Negative when `a` is older than `b`, 0 when equal, else positive. Missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = Number(left[i] ?? 0) - Number(right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** True when `version` is `wanted` or newer. */
export function versionAtLeast(version: string, wanted: string): boolean {
  return compareVersions(version, wanted) >= 0
}
