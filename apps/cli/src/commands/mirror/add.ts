import { changeCommand, changeDefinition } from './change-command.ts'

export const definition = changeDefinition

/** Asked after those that there are. */
export const run = changeCommand((named, known) => [...known, ...named])
