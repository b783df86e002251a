import { stringFlag } from '../../command/flag.ts'

export const detachKeysFlag = stringFlag('Override the key sequence for detaching a container')
