import { intType, sliceOf, stringType, structOf, type GoType } from '../go-type.ts'
import { durationType } from './time-types.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })

export const healthcheckType = structOf('v1.HealthcheckConfig', {
  Test: optional(sliceOf(stringType)),
  Interval: optional(durationType),
  Timeout: optional(durationType),
  StartPeriod: optional(durationType),
  StartInterval: optional(durationType),
  Retries: optional(intType),
})
