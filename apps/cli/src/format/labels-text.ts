/** `a=1,b=2`, by key. */
export function labelsText(labels: Readonly<Record<string, string>> | null): string {
  return Object.entries(labels ?? {})
    .map((pair) => pair.join('='))
    .sort()
    .join(',')
}
