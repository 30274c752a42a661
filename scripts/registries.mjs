import path from 'node:path'
import { parseSync } from 'vite'

/** In a folder of one of these names each file is one thing, and `registry.ts` beside it, or one level up, lists them all. */
const registered = new Set(['strategies', 'filters', 'controllers', 'drivers', 'scripts', 'routers'])

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
 * Every Lua script whose header, code and TypeScript wrapper do not name the same numbers of keys and arguments.
 *
 * The header lists `KEYS[1]  name  type …` and `ARGV[1]  name  meaning …`, one line each; `KEYS[2+]` or `ARGV[3+]`
 * stands for "this one and any number after it". The wrapper says `defineScript(new URL('./name.lua', …), { keyCount,
 * argCount })`, where the word 'any' instead of a number stands for a `+`.
 *
 * @param {ReadonlyMap<string, string>} files
 * @returns {string[]}
 */
export function findLuaMismatches(files) {
  return [...files].filter(([file]) => file.endsWith('.lua')).flatMap(([file, lua]) => checkScript(file, lua, files))
}

function checkScript(file, lua, files) {
  const wrapper = file.replace(/\.lua$/, '.ts')
  if (!files.has(wrapper)) return [`${file}: has no wrapper ${path.posix.basename(wrapper)} beside it`]
  const [, header, body] = /^\s*--\[\[(.*?)\]\](.*)$/s.exec(lua) ?? []
  if (header === undefined) return [`${file}: does not begin with a header comment`]

  const problems = []
  for (const heading of ['Returns', 'Atomic because']) {
    if (!header.includes(heading)) problems.push(`${file}: its header has no line "${heading} …"`)
  }
  const declared = declarationOf(wrapper, files.get(wrapper), path.posix.basename(file))
  if (!declared)
    return [...problems, `${wrapper}: calls no defineScript(new URL('./${path.posix.basename(file)}', …), …)`]

  for (const [list, property] of [
    ['KEYS', 'keyCount'],
    ['ARGV', 'argCount'],
  ]) {
    const said = countIn(header, list)
    if (said.gap) problems.push(`${file}: its header does not number ${list} from 1 on without a gap`)
    const wanted = said.more ? 'any' : said.count
    if (declared[property] !== wanted) {
      problems.push(
        `${wrapper}: says ${property} ${declared[property] ?? 'nowhere'}, the header of the script ${wanted}`,
      )
    }
    const used = Math.max(0, ...[...body.matchAll(new RegExp(`\\b${list}\\[(\\d+)\\]`, 'g'))].map(([, n]) => Number(n)))
    if (used > said.count && !said.more) problems.push(`${file}: uses ${list}[${used}], its header does not name it`)
  }
  return problems
}

function countIn(header, list) {
  const entries = [...header.matchAll(new RegExp(`^\\s*${list}\\[(\\d+)(\\+?)\\]`, 'gm'))]
  const numbers = entries.map(([, number]) => Number(number))
  return {
    count: numbers.length,
    more: entries.some(([, , plus]) => plus === '+'),
    gap: numbers.some((number, index) => number !== index + 1),
  }
}

function declarationOf(file, source, scriptName) {
  const { program } = parseSync(file, source)
  let declared
  visit(program, (node) => {
    if (node.type !== 'CallExpression' || node.callee.name !== 'defineScript') return
    const [url, options] = node.arguments
    if (url?.arguments?.[0]?.value !== `./${scriptName}` || options?.type !== 'ObjectExpression') return
    declared = Object.fromEntries(options.properties.map(({ key, value }) => [key?.name, value?.value]))
  })
  return declared
}

function visit(node, look) {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, look)
  } else if (node && typeof node === 'object') {
    if (typeof node.type === 'string') look(node)
    for (const each of Object.values(node)) visit(each, look)
  }
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
