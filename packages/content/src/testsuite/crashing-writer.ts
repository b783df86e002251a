import { openDatabase } from '@berth/stdx'
import { openContentStore } from '../open-content-store.ts'
import { content } from './content.ts'

/** Writes `text` under the ref `crash` and dies by SIGKILL after `step`. */
const [, , directory, step, text] = process.argv as [string, string, string, string, string]
const store = await openContentStore({
  directory,
  database: openDatabase(`${directory}.sqlite`),
  failpoint: (reached) => void (reached === step && process.kill(process.pid, 'SIGKILL')),
})
const lease = await store.createLease()
const { bytes, descriptor } = content(text)
await using ingest = await store.openIngest('crash', { leaseId: lease.id })
await ingest.write(bytes)
await ingest.commit(descriptor)
