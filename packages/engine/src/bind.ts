/** A verb with its context filled in: how a service is made of functions. */
export function bind<Context, Args extends unknown[], Result>(
  context: Context,
  verb: (context: Context, ...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => verb(context, ...args)
}
