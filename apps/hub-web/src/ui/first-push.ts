import type { PageRequest } from '../http/page-request.ts'
import { paths } from '../paths.ts'
import { html } from '../rendering/html.ts'

/** For who has no repository yet. */
export function FirstPush({ registryHost }: PageRequest, namespace: string) {
  return html`<p>You have none yet. <a href=${paths.newRepository()}>Make one</a>, or just push:</p>
    <pre tabindex="0"><code>${pushExample(registryHost, namespace)}</code></pre>`
}

/** Commands that work as they stand, once there is an image called `app`. */
function pushExample(host: string, namespace: string): string {
  const name = `${host}/${namespace}/app`
  return `docker login ${host}\ndocker tag app ${name}\ndocker push ${name}`
}
