/** Go's `path.Match`: `*` and `?` stop at slashes, `[a-z]` and `[^x]` are classes, a backslash escapes. */
export function matchesGlob(pattern: string, text: string): boolean {
  return new RegExp(`^${translate(pattern)}$`, 's').test(text)
}

function translate(pattern: string): string {
  let expression = ''
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] as string
    const close = pattern.indexOf(']', index + 2)
    if (character === '*') {
      // Stars in a row mean one star; left as they are, they would take exponential time.
      if (!expression.endsWith('[^/]*')) expression += '[^/]*'
    } else if (character === '?') expression += '[^/]'
    else if (character === '[' && close > 0) {
      expression += `[${pattern.slice(index + 1, close).replaceAll(/[\\[]/g, '\\$&')}]`
      index = close
    } else if (character === '\\' && index + 1 < pattern.length)
      expression += escape(pattern[++index] as string)
    else expression += escape(character)
  }
  return expression
}

const escape = (character: string): string => character.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&')
