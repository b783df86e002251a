import assert from 'node:assert/strict'

/**
 * What Docker's client says on stderr stands in ours: the same first line, and each other one in its order. Ours may say a
 * next step besides, and points to help in words of its own.
 */
export function assertSameComplaint(ours: string, theirs: string): void {
  const wanted = linesOf(theirs).filter((line) => !pointsToHelp.test(line))
  const said = linesOf(ours)
  assert.equal(said[0], wanted[0])
  const known = new Set(wanted)
  assert.deepEqual(
    said.filter((line) => known.has(line)),
    wanted,
    ours,
  )
}

const pointsToHelp = /^\w*(See|Run) 'berth .*--help'/

function linesOf(text: string): string[] {
  return text
    .replaceAll('docker', 'berth')
    .split('\n')
    .filter((line) => line !== '')
}
