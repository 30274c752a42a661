import path from 'node:path'
import { parseSync } from 'vite'

/** In a folder of one of these names each file is one thing, and `registry.ts` beside it, or one level up, lists them all. */
const registered = new Set(['strategies', 'filters', 'drivers', 'scripts', 'routers'])

/**
 * Every file that its registry leaves out.
 *
 * @param {ReadonlyMap<string, string>} files path to source, for the whole repository
 * @returns {string[]}
 */
export function findUnregistered(files) {
  const problems = []
  for (const [file] of files) {
    const folder = path.posix.dirname(file)
    if (!registered.has(path.posix.basename(folder)) || !/^(packages|apps)\/[^/]+\/src\//.test(file)) continue
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.endsWith('/registry.ts')) continue

    const registry = [`${folder}/registry.ts`, `${path.posix.dirname(folder)}/registry.ts`].find((each) =>
      files.has(each),
    )
    if (!registry) problems.push(`${folder}: has no registry.ts`)
    else if (!importsFile(files.get(registry), registry, file)) problems.push(`${registry}: does not list ${file}`)
  }
  return [...new Set(problems)]
}

function importsFile(source, from, file) {
  const { module } = parseSync(from, source)
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ]
  return specifiers.some((specifier) => path.posix.join(path.posix.dirname(from), specifier) === file)
}

/**
 * Every relative link in a Markdown file that leads nowhere: no such file or folder, or no such heading.
 *
 * @param {ReadonlyMap<string, string>} files with every file of the repository as a key; sources of Markdown files only
 * @returns {string[]}
 */
export function findDeadLinks(files) {
  const folders = new Set([...files.keys()].flatMap((file) => parentsOf(file)))
  const problems = []
  for (const [file, source] of files) {
    if (!file.endsWith('.md')) continue
    for (const [, link] of withoutCode(source).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(link)) continue
      const [target, heading] = link.split('#')
      const to = target === '' ? file : path.posix.join(path.posix.dirname(file), decodeURI(target)).replace(/\/$/, '')
      if (!files.has(to) && !folders.has(to)) problems.push(`${file}: links to ${link}, which is not there`)
      else if (heading && to.endsWith('.md') && !headingsOf(files.get(to)).has(heading))
        problems.push(`${file}: links to ${link}, which has no such heading`)
    }
  }
  return problems
}

function parentsOf(file) {
  const parts = file.split('/')
  return parts.map((_, index) => parts.slice(0, index).join('/') || '.')
}

function withoutCode(markdown) {
  return markdown.replace(/^(```|~~~).*?^\1/gms, '').replace(/`[^`\n]*`/g, '')
}

/** Anchors as code forges make them: lower case, spaces to dashes, punctuation gone. */
function headingsOf(markdown) {
  const headings = [...markdown.replace(/^(```|~~~).*?^\1/gms, '').matchAll(/^#+\s+(.*)$/gm)].map(([, text]) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
  return new Set(headings)
}
