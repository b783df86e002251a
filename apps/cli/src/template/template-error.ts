/**
 * A template that cannot be parsed or executed. The message is Go's, word for word: `template: :1: …` of the parser,
 * `template: :1:2: executing "" at <.Foo>: …` of the evaluation. What a command puts before it is the command's.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly stage: 'parse' | 'execute'

  constructor(stage: 'parse' | 'execute', message: string) {
    super(message)
    this.stage = stage
  }
}
