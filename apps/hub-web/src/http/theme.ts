/** `auto` follows the system. */
const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export function parseTheme(text: string | null | undefined): Theme {
  return themes.find((theme) => theme === text) ?? 'auto'
}

/** What the button in the header changes to. */
export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
}
