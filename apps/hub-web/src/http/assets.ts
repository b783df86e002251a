import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chooseEncoding, compressed, type Encoding } from './compressed.ts'

const files = {
  'style.css': 'text/css; charset=utf-8',
  'enhance.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const

type AssetName = keyof typeof files

interface Asset {
  type: string
  bodies: Record<Encoding | 'identity', Uint8Array>
}

/** The style, script and icon of all pages. Their addresses change with their content, so browsers keep them for good. */
export interface Assets {
  urlOf(name: AssetName): string
  /** Answers when the path is an asset's. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
}

export async function loadAssets(): Promise<Assets> {
  const urls = new Map<AssetName, string>()
  const assets = new Map<string, Asset>()
  for (const name of Object.keys(files) as AssetName[]) {
    const asset = await loadAsset(name)
    const hash = createHash('sha256').update(asset.bodies.identity).digest('base64url').slice(0, 12)
    urls.set(name, `/assets/${hash}/${name}`)
    assets.set(`/assets/${hash}/${name}`, asset)
  }
  return {
    urlOf: (name) => urls.get(name) ?? '',
    handle: (request, response) => {
      const asset = assets.get(request.url ?? '')
      if (asset === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
      send(asset, request, response)
      return true
    },
  }
}

async function loadAsset(name: AssetName): Promise<Asset> {
  // By the package's name: a bundle of the program lies elsewhere.
  const identity = await readFile(fileURLToPath(import.meta.resolve(`@berth/hub-web/assets/${name}`)))
  const [br, gzip] = await Promise.all(
    (['br', 'gzip'] as const).map((encoding) => compressed(identity, encoding, { isOnce: true })),
  )
  return { type: files[name], bodies: { identity, br: br?.body ?? identity, gzip: gzip?.body ?? identity } }
}

function send({ type, bodies }: Asset, request: IncomingMessage, response: ServerResponse): void {
  const wanted = chooseEncoding(request.headers['accept-encoding'])
  const encoding = wanted !== undefined && bodies[wanted] !== bodies.identity ? wanted : undefined
  const body = bodies[encoding ?? 'identity']
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept-Encoding',
    ...(encoding && { 'Content-Encoding': encoding }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
