import { mapOf, stringType, structOf } from '../go-type.ts'

export const driverDataType = structOf('storage.DriverData', { Data: mapOf(stringType), Name: stringType })
