import { html } from '../rendering/html.ts'

/** Drawn in a square of 24 with lines of 1.75, for this hub. */
const drawings = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.500 9.700l5.900-.8z',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11m0 0l-4.500-4.500M12 15l4.500-4.500M5 20h14',
  plus: 'M12 5v14M5 12h14',
  tag: 'M4 4h8l8 8-8 8-8-8zM8 8h.01',
  layers: 'M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20c.800-3.800 4-5.500 8-5.500s7.200 1.700 8 5.500',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100',
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
