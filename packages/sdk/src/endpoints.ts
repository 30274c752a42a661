/** The controllers that a client knows, and the one it talks to. They are equal: whoever answers is fine. */
export type Endpoints = {
  current(): string
  /** Moves on when `url` is still the current one: two calls that fail together move by one, not by two. */
  leave(url: string): void
  readonly count: number
}

export function createEndpoints(urls: readonly string[]): Endpoints {
  const known = [...new Set(urls.map((url) => url.trim().replace(/\/+$/, '')))].filter((url) => url !== '')
  if (known.length === 0)
    throw new TypeError('urls is empty: name at least one controller, such as http://127.0.0.1:7400')
  for (const url of known) {
    if (!/^https?:\/\/[^/]/.test(url))
      throw new TypeError(`urls has ${JSON.stringify(url)}: a controller's address starts with http:// or https://`)
  }
  let at = 0
  const current = () => known[at] ?? ''
  return {
    current,
    leave(url) {
      if (url === current()) at = (at + 1) % known.length
    },
    count: known.length,
  }
}
