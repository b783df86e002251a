/** The command line itself is wrong: shown with the command's usage line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly status: number
  readonly suggestion: string | undefined

  constructor(status: number, message: string, suggestion?: string) {
    super(message)
    this.status = status
    this.suggestion = suggestion
  }
}
