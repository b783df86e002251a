import type { CommandTable } from '../command/command-table.ts'
import { containerCommands } from './container/container-commands.ts'
import { contextCommands } from './context/context-commands.ts'
import { imageCommands } from './image/image-commands.ts'
import { manifestCommands } from './manifest/manifest-commands.ts'
import { mirrorCommands } from './mirror/mirror-commands.ts'
import { networkCommands } from './network/network-commands.ts'
import { registryCommands } from './registry/registry-commands.ts'
import { systemCommands } from './system/system-commands.ts'
import { volumeCommands } from './volume/volume-commands.ts'

/** Every command there is. Nothing of a command but its name and summary is loaded until it runs. */
export const commandTable: CommandTable = {
  program: 'berth',
  groups: [
    { name: 'container', summary: 'Manage containers', commands: containerCommands },
    { name: 'context', summary: 'Manage contexts', commands: contextCommands },
    { name: 'image', summary: 'Manage images', commands: imageCommands },
    { name: 'manifest', summary: 'Manage image manifests and manifest lists', commands: manifestCommands },
    { name: 'mirror', summary: 'Manage mirrors of registries', commands: mirrorCommands },
    { name: 'network', summary: 'Manage networks', commands: networkCommands },
    { name: 'system', summary: 'Manage the engine', commands: systemCommands },
    { name: '', summary: 'Use registries', commands: registryCommands },
    { name: 'volume', summary: 'Manage volumes', commands: volumeCommands },
  ],
}
