/**
 * What a browser loads of one page before anybody clicks, in kB (1,000 bytes) of gzip: the most that each page of the dashboard may
 * take. Goals stand in docs/performance.md; a budget may only go down, unless a page does more than before.
 */
export const budgets = {
  /** What all pages of the console share: React and Next alone are about 125. */
  shell: 190,
  /** Style sheets of a page. */
  css: 20,
  pages: {
    '/': 223,
    '/404': 166,
    '/_not-found': 166,
    '/broadcast': 201,
    '/broadcasts': 193,
    '/control': 197,
    '/dead-letters': 201,
    // Checks the form with the schemas of the API while somebody types, so it is the one page that starts with zod.
    '/dispatch': 248,
    '/events': 209,
    '/job': 201,
    '/jobs': 195,
    '/node': 222,
    '/nodes': 222,
    '/operation': 202,
    '/operations': 194,
    '/plan': 201,
    '/pools': 196,
    '/schedule': 203,
    '/schedules': 200,
    '/service': 218,
    '/services': 212,
    '/settings': 205,
    '/setup': 174,
    '/sign-in': 173,
    '/task': 219,
    '/tasks': 218,
    '/workflow': 199,
    '/workflow-run': 199,
    '/workflows': 195,
  },
}

/** Pages outside of the console's frame. */
const withoutShell = new Set(['/404', '/_not-found', '/setup', '/sign-in'])

/** Scripts and style sheets that a page asks for by itself. Scripts for browsers without modules are never fetched by others. */
export function filesOf(html) {
  const scripts = new Set()
  const styles = new Set()
  for (const [, attributes] of html.matchAll(/<script\b([^>]*)>/gi)) {
    const source = /\bsrc="([^"]+)"/i.exec(attributes)?.[1]
    if (source && !/\bnomodule\b/i.test(attributes)) scripts.add(withoutQuery(source))
  }
  for (const [, attributes] of html.matchAll(/<link\b([^>]*)>/gi)) {
    const source = /\bhref="([^"]+)"/i.exec(attributes)?.[1]
    if (source && /\brel="stylesheet"/i.test(attributes)) styles.add(withoutQuery(source))
  }
  return { scripts: [...scripts], styles: [...styles] }
}

/**
 * @param {Readonly<Record<string, string>>} pages HTML by route
 * @param {(file: string) => number} bytesOf compressed size of a file
 * @returns {{ rows: { page: string, bytes: number, cssBytes: number }[], shellBytes: number }} largest first
 */
export function measureFirstLoad(pages, bytesOf) {
  const sum = (files) => files.reduce((total, file) => total + bytesOf(file), 0)
  const loaded = Object.entries(pages).map(([page, html]) => ({ page, ...filesOf(html) }))
  const framed = loaded.filter(({ page }) => !withoutShell.has(page))
  const shared = framed[0]?.scripts.filter((file) => framed.every(({ scripts }) => scripts.includes(file))) ?? []
  const rows = loaded
    .map(({ page, scripts, styles }) => ({ page, bytes: sum(scripts), cssBytes: sum(styles) }))
    .sort((left, right) => right.bytes - left.bytes)
  return { rows, shellBytes: sum(shared) }
}

/** One sentence for each page that is above its budget, has none, or is gone. */
export function findExcess({ rows, shellBytes }, { shell, css, pages }) {
  const kb = (bytes) => (bytes / 1_000).toFixed(1)
  const found = []
  if (shellBytes > shell * 1_000) found.push(`the shell takes ${kb(shellBytes)} kB, its budget is ${shell}`)
  for (const { page, bytes, cssBytes } of rows) {
    const budget = pages[page]
    if (bytes === 0) found.push(`${page} loads no script: it was not built, or its HTML is read wrongly`)
    if (budget === undefined) found.push(`${page} takes ${kb(bytes)} kB and has no budget in scripts/first-load.mjs`)
    else if (bytes > budget * 1_000) found.push(`${page} takes ${kb(bytes)} kB, its budget is ${budget}`)
    if (cssBytes > css * 1_000) found.push(`the styles of ${page} take ${kb(cssBytes)} kB, their budget is ${css}`)
  }
  for (const page of Object.keys(pages))
    if (!rows.some((row) => row.page === page))
      found.push(`${page} has a budget in scripts/first-load.mjs but is no page`)
  return found
}

function withoutQuery(source) {
  return source.split('?')[0]
}
