import type { CopyOptions, CopyProgress, RegistryImageOptions } from '@berth/image-copy'
import { formatPlatform, type Descriptor } from '@berth/oci'
import type { Output } from '../../../command/io.ts'
import { shortId } from '../../../format/ellipsis.ts'
import { ProgressDisplay } from '../../../terminal/progress-display.ts'

/** More often a line need not be drawn. */
const drawIntervalMs = 100

const stateTexts: Readonly<Record<CopyProgress['state'], string>> = {
  copying: 'Copying',
  copied: 'Copied',
  existed: 'Already exists',
}

export type CopyReports = Required<
  Pick<CopyOptions, 'onProgress' | 'onChosen'> & Pick<RegistryImageOptions, 'onRetry'>
>

/** Tells how a copy goes; undefined shows nothing. */
export function copyProgress(output: Output | undefined): CopyReports {
  if (!output) return { onProgress: () => {}, onChosen: () => {}, onRetry: () => {} }
  const display = new ProgressDisplay(output)
  const drawnAtMs = new Map<string, number>()
  return {
    onProgress({ descriptor, currentBytes, state }) {
      const { digest, size } = descriptor
      const nowMs = performance.now()
      if (state === 'copying' && nowMs - (drawnAtMs.get(digest) ?? -Infinity) < drawIntervalMs) return
      drawnAtMs.set(digest, nowMs)
      const progressDetail = state === 'copying' ? { current: currentBytes, total: size } : {}
      display.show({ id: shortId(digest), status: stateTexts[state], progressDetail })
    },
    onChosen: (chosen, offered) => display.show({ status: choiceText(chosen, offered) }),
    onRetry({ source, reason, delayMs }) {
      const seconds = Math.ceil(delayMs / 1000)
      display.show({
        status: `Retrying ${source} in ${seconds} second${seconds === 1 ? '' : 's'}: ${reason}`,
      })
    },
  }
}

function choiceText(chosen: Descriptor, offered: readonly Descriptor[]): string {
  const names = offered.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [formatPlatform(platform)] : [],
  )
  const one = chosen.platform ? formatPlatform(chosen.platform) : chosen.digest
  return `Copying ${one} of ${names.join(', ')}; all of them with --all`
}
