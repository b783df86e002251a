import type { Image } from '@berth/catalog'

export interface ImageStep {
  /** The instruction, as its author wrote it; empty when it is not known. */
  command: string
  comment: string
  layer: Image['layers'][number] | undefined
}

/** On every step that BuildKit makes, so it tells nothing. */
const builderComment = 'buildkit.dockerfile.v0'

/** What made an image, in order: each step with the layer that it left, then layers that no step tells of. */
export function imageSteps({ history, layers }: Pick<Image, 'history' | 'layers'>): ImageStep[] {
  let taken = 0
  const told = history.map(({ createdBy, comment, isEmptyLayer }) => ({
    command: readableCommand(createdBy),
    comment: comment === builderComment ? '' : comment,
    layer: isEmptyLayer ? undefined : layers[taken++],
  }))
  return [...told, ...layers.slice(taken).map((layer) => ({ command: '', comment: '', layer }))]
}

/** Without the shell that builders put around an instruction. */
function readableCommand(createdBy: string): string {
  const nop = /^\/bin\/sh -c #\(nop\)\s+/.exec(createdBy)
  if (nop) return createdBy.slice(nop[0].length).trim()
  const run = /^(?:RUN )?\/bin\/sh -c\s+/.exec(createdBy)
  const text = run ? `RUN ${createdBy.slice(run[0].length)}` : createdBy
  return text.replace(/\s*# buildkit$/, '').trim()
}
