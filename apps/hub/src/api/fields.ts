import * as v from 'valibot'

/** Fields of request bodies. The catalog decides what will do; these only hold the types and keep sizes sane. */
export const text = v.pipe(v.string(), v.maxLength(1000))
export const longText = v.pipe(v.string(), v.maxLength(100_000))
export const optionalText = v.optional(text)
export const permission = v.picklist(['read', 'write', 'admin'])

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString()
export const optionalTime = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : isoTime(milliseconds)
