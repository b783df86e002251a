import { startHub } from '../../fixtures/hub.ts'

/** The registry that the contract is checked against. */
export interface Subject extends AsyncDisposable {
  readonly url: string
}

/** One of our own, or the registry that OCI_ROOT_URL names: it is written to, and must be open to everyone. */
export async function openSubject(): Promise<Subject> {
  const url = process.env['OCI_ROOT_URL']
  return url === undefined ? startHub() : { url, [Symbol.asyncDispose]: async () => {} }
}
