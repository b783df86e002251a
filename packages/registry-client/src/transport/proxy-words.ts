import { messageOf } from '@berth/stdx'

/** For a host that was not reached because of the proxy in between; `words` say what happened on the way to the proxy. */
export function proxyWords(
  error: unknown,
  { url, proxy, words }: { url: URL; proxy: string; words: string },
): { words: string; hint: string } {
  const refusal = /^Failed to establish tunnel .*: HTTP\/1\.\d (\d+.*)$/s.exec(messageOf(error))?.[1]
  if (refusal === undefined) {
    return {
      words: `proxyconnect tcp: ${words}`,
      hint: `Check the proxy ${proxy}, which HTTPS_PROXY, HTTP_PROXY or "proxies" in daemon.json name.`,
    }
  }
  return {
    words: `proxyconnect tcp: ${refusal.trim()}`,
    hint: refusal.startsWith('407')
      ? `The proxy ${proxy} wants a name and a password: http://NAME:PASSWORD@${proxy} in HTTPS_PROXY, or in "proxies" in daemon.json.`
      : `The proxy ${proxy} does not let ${url.host} through; what needs no proxy is listed in NO_PROXY.`,
  }
}
