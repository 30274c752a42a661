/** One value of a specification that is not what it was; `before` is null for what is new. */
export type SpecDifference = { readonly path: string; readonly before: string | null; readonly after: string | null }

export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly SpecDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
}

/** Dotted path -> value as JSON; lists are one value, because half a list of arguments says nothing. */
export function flat(value: object, path = ''): Map<string, string> {
  const entries = Object.entries(value).flatMap(([name, each]): [string, string][] => {
    if (each === undefined) return []
    const full = path ? `${path}.${name}` : name
    const isBranch = typeof each === 'object' && each !== null && !Array.isArray(each) && Object.keys(each).length > 0
    return isBranch ? [...flat(each, full)] : [[full, JSON.stringify(each)]]
  })
  return new Map(entries)
}
