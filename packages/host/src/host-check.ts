/**
 * One thing that this machine offers, or not. `missing` says that no container can run without it, `warning` that some
 * feature is absent or a choice was made for it; then `hint` is the next step, one sentence.
 */
export interface HostCheck {
  name: string
  status: 'ok' | 'warning' | 'missing'
  /** What was found, one line. */
  detail: string
  hint?: string
}
