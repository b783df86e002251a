import { redirect, type PageRequest, type Reply } from '../../http/page-request.ts'
import { returnPath } from '../../http/return-path.ts'
import { parseTheme } from '../../http/theme.ts'
import { paths } from '../../paths.ts'

const yearSeconds = 31_536_000

/** Light, dark, or as the system has it: remembered by the browser, for strangers as well. */
export function setTheme({ cookies, form }: PageRequest): Reply {
  const theme = parseTheme(form.get('theme'))
  if (theme === 'auto') cookies.delete('theme')
  else cookies.set('theme', theme, { maxAgeSeconds: yearSeconds })
  return redirect(returnPath(form.get('next'), paths.home()))
}
