import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RegistryActivity } from '@berth/registry-server'
import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from 'prom-client'

/** Seconds: from answers out of memory to uploads of large layers. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600]

/** Counts what a process answers, for Prometheus; the names are those of OpenTelemetry's conventions where it has one. */
export class HubMetrics {
  readonly #duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'How long requests took, by the part of the hub that answered.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'] as const,
    buckets: durationBuckets,
  })
  readonly #active = new Gauge({
    name: 'http_server_active_requests',
    help: 'Requests that are being answered.',
  })
  readonly #manifests = new Counter({
    name: 'berth_hub_manifests_total',
    help: 'Manifests that clients pulled, pushed and deleted.',
    labelNames: ['operation'] as const,
  })

  constructor() {
    collectDefaultMetrics()
  }

  observe({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const startMs = performance.now()
    this.#active.inc()
    response.once('close', () => {
      this.#active.dec()
      const labels = {
        http_request_method: methods.has(method) ? method : '_OTHER',
        http_route: partOf(url),
        http_response_status_code: String(response.statusCode),
      }
      this.#duration.observe(labels, (performance.now() - startMs) / 1000)
    })
  }

  countActivity({ kind }: RegistryActivity): void {
    this.#manifests.inc({ operation: kind })
  }

  collect(): Promise<string> {
    return register.metrics()
  }
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A part of the hub, never a name that clients choose: each value is a series that Prometheus keeps. */
function partOf(url: string): string {
  const [path = ''] = url.split('?', 1)
  const kind = /^\/v2\/.+\/(blobs|manifests|tags|referrers)\//.exec(path)?.[1]
  if (kind !== undefined) return `/v2/{name}/${kind}`
  const [, first = ''] = path.split('/')
  return ['v1', 'v2', 'api', 'auth'].includes(first) ? `/${first}` : '/'
}
