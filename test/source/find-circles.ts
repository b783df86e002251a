/** Paths that lead back to where they begin, one for each place from which such a path was noticed. */
export function findCircles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (place: string): void => {
    if (done.has(place)) return
    const start = path.indexOf(place)
    if (start !== -1) return void circles.push(path.slice(start))
    path.push(place)
    for (const next of edges.get(place) ?? []) visit(next)
    path.pop()
    done.add(place)
  }
  for (const place of edges.keys()) visit(place)
  return circles
}
