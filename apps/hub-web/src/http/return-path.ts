const pathLengthMax = 2000

/** Where to go after signing in: a path of this hub, whatever `next` says; `fallback` for everything else. */
export function returnPath(next: string | null, fallback: string): string {
  if (next === null || next.length > pathLengthMax || !/^\/(?![/\\])/.test(next)) return fallback
  const here = 'http://here.invalid'
  const url = URL.parse(next, here)
  return url?.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : fallback
}
