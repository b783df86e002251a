import { html } from '../rendering/html.ts'

/** A container over the water. */
export function Logo() {
  return html`<svg class="logo" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
    <rect class="logo-ground" width="32" height="32" rx="8" />
    <path
      class="logo-lines"
      d="M7.500 8.500h17v9.500h-17zM12 12v2.500M16 12v2.500M20 12v2.500M7 23.500c1.500 0 1.500-1.300 3-1.300s1.500 1.300 3 1.300 1.500-1.300 3-1.300 1.500 1.300 3 1.300 1.500-1.300 3-1.300 1.500 1.300 3 1.300"
    />
  </svg>`
}
