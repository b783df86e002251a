import { changeCommand, changeDefinition } from './change-command.ts'

export const definition = changeDefinition

/** Replaces what there is: these mirrors are asked in this order. */
export const run = changeCommand((named) => named)
