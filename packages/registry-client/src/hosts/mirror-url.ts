import { CodedError } from '@berth/stdx'

/** Reads one entry of `registry-mirrors`; throws `invalid-argument` in the words of dockerd. */
export function parseMirror(text: string): URL {
  const quoted = JSON.stringify(text)
  const either = "must use either 'https://' or 'http://'"
  if (!/^[^:/?#]+:\/\//.test(text)) throw invalid(`no scheme specified for ${quoted}: ${either}`)
  const url = URL.parse(text)
  if (!url) throw invalid(`${quoted} is not a valid URI`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`unsupported scheme ${JSON.stringify(url.protocol.slice(0, -1))} in ${quoted}: ${either}`)
  }
  if (url.username || url.password) {
    url.username = 'xxxxx'
    url.password = 'xxxxx'
    throw invalid(`username/password not allowed in URI ${JSON.stringify(url.href)}`)
  }
  if (url.search || url.hash) throw invalid(`query or fragment at end of the URI ${quoted}`)
  url.pathname = url.pathname.replace(/\/*$/, '/')
  return url
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', `invalid mirror: ${state}`, {
    hint: 'A mirror looks like https://mirror.example.com or http://10.0.0.5:5000/path.',
  })
}
