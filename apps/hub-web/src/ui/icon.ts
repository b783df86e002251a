import { html } from '../rendering/html.ts'

/** Drawn in a square of 24 with lines of 1.75, for this hub. */
const drawings = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.500 9.700l5.900-.8z',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  plus: 'M12 5v14M5 12h14',
  seal: 'M12 3l2.400 1.800 3-.1 1 2.800 2.400 1.700-.9 2.800.9 2.800-2.400 1.700-1 2.800-3-.1L12 21l-2.400-1.800-3 .1-1-2.800-2.400-1.700.9-2.800-.9-2.800 2.400-1.700 1-2.800 3 .1zM8.800 12l2.200 2.200 4.200-4.400',
  cycle: 'M4 12a8 8 0 0 1 14-5.300L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.300L4 15M4 20v-5h5',
  auto: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 3.500v17M14 6h4M14 10h6M14 14h6M14 18h4',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
} as const

export type IconName = keyof typeof drawings

/** Says nothing by itself: the words beside it do. */
export function Icon({ name }: { name: IconName }) {
  return html`<svg class=${`icon icon-${name}`} viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
    <path d=${drawings[name]} />
  </svg>`
}
