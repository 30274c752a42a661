/** Where to go after signing in: a path of this origin, or the overview. A link must not send anybody elsewhere. */
export function nextPlace(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}
