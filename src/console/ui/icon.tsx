const PATHS = {
  alert: 'M8 2.2 14.4 13.3H1.6ZM8 6.5v3M8 11.4v.1',
  bell: 'M4 7a4 4 0 0 1 8 0c0 3.5 1.5 4.5 1.5 4.5h-11S4 10.5 4 7ZM6.7 13.7a1.5 1.5 0 0 0 2.6 0',
  building: 'M3 14V2.5h6.5V14M9.5 6H13v8M1.5 14h13M5.5 5.2h1.5M5.5 8h1.5M5.5 10.8h1.5',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  'chevron-down': 'm4 6 4 4 4-4',
  'chevron-left': 'm10 4-4 4 4 4',
  'chevron-right': 'm6 4 4 4-4 4',
  'chevron-up': 'm4 10 4-4 4 4',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.4',
  contrast: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12M8 5h4.4M8 8h5.8M8 11h4.4',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  cross: 'm4 4 8 8M12 4l-8 8',
  download: 'M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
  edit: 'M2.5 13.5v-2.7l8-8 2.7 2.7-8 8ZM9 4.3 11.7 7',
  external: 'M6.5 3.5h-4v10h10v-4M9.5 2.5h4v4M13.2 2.8 7.5 8.5',
  filter: 'M2 3.5h12M4.5 8h7M6.8 12.5h2.4',
  folder: 'M1.8 3h4.4l1.6 2h6.4v8H1.8Z',
  grid: 'M2.5 2.5h4.3v4.3H2.5ZM9.2 2.5h4.3v4.3H9.2ZM2.5 9.2h4.3v4.3H2.5ZM9.2 9.2h4.3v4.3H9.2Z',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3V11M8 5v.1',
  key: 'M6.4 9.6a3.3 3.3 0 1 1 0-4.2c.3.4.5.7.6 1.1h7.2v2.6h-1.4v1.6h-2.4V8.5H7a3 3 0 0 1-.6 1.1ZM3.9 7.5v.1',
  list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2.3 4v.1M2.3 8v.1M2.3 12v.1',
  lock: 'M3.5 7h9v6.5h-9ZM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2',
  menu: 'M2 4h12M2 8h12M2 12h12',
  moon: 'M13.3 9.8A5.8 5.8 0 0 1 6.2 2.7a5.8 5.8 0 1 0 7.1 7.1Z',
  more: 'M3.5 8v.1M8 8v.1M12.5 8v.1',
  offline:
    'M2 2l12 12M5 9.8a4.3 4.3 0 0 1 2.2-1.1M2.6 7.2A8 8 0 0 1 5 5.6M8 4.6a8 8 0 0 1 5.4 2.6M10.3 9.2l.7.6M8 12.6v.1',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8v10.4L13 8Z',
  plus: 'M8 3v10M3 8h10',
  rotate: 'M13.5 8A5.5 5.5 0 1 1 11.7 4L13.5 5.7M13.5 2.3v3.4H10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14',
  shield: 'M8 1.8 13.5 4v3.6c0 3.4-2.3 5.6-5.5 6.6-3.2-1-5.5-3.2-5.5-6.6V4Z',
  'sign-out': 'M6 2.5H3v11h3M6.8 8h6.7M10.5 5l3 3-3 3',
  sort: 'm5 6 3-3 3 3M5 10l3 3 3-3',
  stop: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  terminal: 'M1.8 2.8h12.4v10.4H1.8ZM4.5 6l2 2-2 2M8.5 10.2h3',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.6 6.8v4M9.4 6.8v4',
  user: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8ZM2.8 13.6a5.2 5.2 0 0 1 10.4 0',
  users:
    'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.3a4.5 4.5 0 0 1 9 0M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12 9.6a4.5 4.5 0 0 1 2.5 3.7',
} as const

export type IconName = keyof typeof PATHS

/** A decorative icon of 16 px in the colour of the text. The control that holds it carries the name. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
)
