import type { Listed, Paging, Viewer } from './viewer.ts'

/** Where a repository's events are sent. Deliveries wait in the database until they have arrived or are given up. */
export interface Webhooks {
  listWebhooks(viewer: Viewer, repository: string): Promise<Webhook[]>
  /**
   * Returns the signing secret once. Throws `invalid-argument` for a URL that is not http or https, has a password, or leads
   * where webhooks must not go.
   */
  createWebhook(
    viewer: Viewer,
    repository: string,
    form: { name: string; url: string },
  ): Promise<Webhook & { secret: string }>
  deleteWebhook(viewer: Viewer, repository: string, id: string): Promise<void>
  listDeliveries(viewer: Viewer, repository: string, id: string): Promise<Delivery[]>
  /** Deliveries that are due, each given to one caller; `settleDelivery` says how it went. */
  takeDueDeliveries(limit: number): Promise<DueDelivery[]>
  /** What is not answered with 2xx is due again later, for a day. */
  settleDelivery(id: string, outcome: { status: number } | { error: string }): Promise<void>

  /**
   * What the receiver made of a delivery, as Docker Hub's receivers tell the `callback_url` of its payload. False for a
   * delivery that is not there.
   */
  noteCallback(deliveryId: string, state: CallbackState): Promise<boolean>

  /** The URL part that a git host calls when the source has changed; secret, made on first use. */
  getBuildTrigger(viewer: Viewer, repository: string): Promise<{ secret: string }>
  /** Notes that the source has changed. False for a trigger that is not there. */
  requestBuild(secret: string, source: { ref: string | undefined; address: string }): Promise<boolean>
  /** What was asked for, the newest first. */
  listBuildRequests(viewer: Viewer, repository: string): Promise<BuildRequest[]>
}

export interface Webhook {
  id: string
  name: string
  url: string
  createdAt: number
}

export interface DueDelivery {
  id: string
  url: string
  /** JSON, as it is signed and sent. */
  body: string
  secret: string
  attempt: number
}

/** What a receiver may make of a delivery: docs.docker.com, "Webhooks". */
export const callbackStates = ['success', 'failure', 'error'] as const
export type CallbackState = (typeof callbackStates)[number]

export interface Delivery {
  id: string
  createdAt: number
  attempts: number
  state: 'waiting' | 'delivered' | 'failed'
  lastStatus: number | undefined
  lastError: string | undefined
  /** What the receiver said of it later, if it did. */
  callback: CallbackState | undefined
}

export interface BuildRequest {
  id: string
  ref: string | undefined
  requestedAt: number
}

/** What was done in a namespace, by whom, from where: kept for a year. */
export interface AuditLog {
  /** Of an account's or an organization's namespace, the newest first; for who may manage it. */
  listAudit(
    viewer: Viewer,
    namespace: string,
    options: Paging & { action?: string; from?: number; to?: number },
  ): Promise<Listed<AuditEntry>>
}

export interface AuditEntry {
  at: number
  /** As Docker Hub names them: `repo.create`, `repo.change_privacy`, `repo.tag.push`, … */
  action: string
  actor: string | undefined
  address: string
  /** What it was done to: a repository, a team, a token's label. */
  subject: string
  detail: Readonly<Record<string, string>>
}
