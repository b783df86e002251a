/** Now, in RFC 3339 with up to nine digits and no trailing zeros: Go's RFC3339Nano, as Docker writes times. */
export const timestamp = (): string => Temporal.Now.instant().toString()
