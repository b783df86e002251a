/** How a process ended, as far as it could be learnt. */
export interface Outcome {
  exitCode: number
  isUnknown?: boolean
}
