import { bind } from '../bind.ts'
import { attachContainer } from './attach.ts'
import type { ContainerContext } from './container-context.ts'
import { containerChanges } from './changes.ts'
import { commitContainer } from './commit.ts'
import { archiveContainerPath } from './copy/archive-path.ts'
import { extractToContainer } from './copy/extract-to-directory.ts'
import { statContainerPath } from './copy/stat-path.ts'
import { createContainer } from './create.ts'
import { attachExec, createExec, inspectExec, resizeExec, startExecDetached } from './exec.ts'
import { exportContainer } from './export.ts'
import { inspectContainer } from './inspect.ts'
import { killContainer } from './kill.ts'
import { listContainers } from './list.ts'
import { readLogs } from './logs.ts'
import { pauseContainer, unpauseContainer } from './pause.ts'
import { pruneContainers } from './prune.ts'
import { removeContainer } from './remove.ts'
import { renameContainer } from './rename.ts'
import { resizeContainer } from './resize.ts'
import { startContainer } from './start.ts'
import { restartContainer } from './restart.ts'
import { stopContainer } from './stop.ts'
import { topContainer } from './top.ts'
import { waitContainer } from './wait.ts'

/** The container verbs over one context. */
export function containerService(context: ContainerContext) {
  return {
    archivePath: bind(context, archiveContainerPath),
    attach: bind(context, attachContainer),
    changes: bind(context, containerChanges),
    commit: bind(context, commitContainer),
    create: bind(context, createContainer),
    export: bind(context, exportContainer),
    extractToDirectory: bind(context, extractToContainer),
    inspect: bind(context, inspectContainer),
    kill: bind(context, killContainer),
    list: bind(context, listContainers),
    logs: bind(context, readLogs),
    pause: bind(context, pauseContainer),
    prune: bind(context, pruneContainers),
    remove: bind(context, removeContainer),
    rename: bind(context, renameContainer),
    resize: bind(context, resizeContainer),
    restart: bind(context, restartContainer),
    start: bind(context, startContainer),
    statPath: bind(context, statContainerPath),
    stop: bind(context, stopContainer),
    top: bind(context, topContainer),
    unpause: bind(context, unpauseContainer),
    wait: bind(context, waitContainer),
    execAttach: bind(context, attachExec),
    execCreate: bind(context, createExec),
    execInspect: bind(context, inspectExec),
    execResize: bind(context, resizeExec),
    execStartDetached: bind(context, startExecDetached),
  }
}

export type ContainerService = ReturnType<typeof containerService>
