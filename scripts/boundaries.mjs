import { builtinModules } from 'node:module'
import path from 'node:path'
import { parseSync } from 'vite'

/**
 * Who may import whom, by folder. Says what package.json cannot: a dependency that is declared but not allowed here
 * fails too. `types` may be imported with `import type` only.
 */
export const mayImport = {
  'packages/domain': {},
  'packages/platform': { code: ['domain'] },
  'packages/testkit': { code: ['domain', 'platform'] },
  'packages/scheduler': { code: ['domain', 'platform'] },
  'packages/membership': { code: ['domain', 'platform'] },
  'packages/controllers': { code: ['domain', 'platform', 'scheduler'] },
  'packages/store': { code: ['domain', 'platform'] },
  'packages/store-redis': { code: ['domain', 'platform', 'store'] },
  'packages/control-plane': { code: ['domain', 'platform', 'scheduler', 'membership', 'controllers', 'store'] },
  'packages/coordination': { code: ['domain', 'platform', 'store'] },
  'packages/api': { code: ['domain', 'platform', 'control-plane', 'coordination'] },
  'packages/agent': { code: ['domain', 'platform'], types: ['api'] },
  'packages/sdk': { code: ['domain'], types: ['api'] },
  'packages/simulator': {
    code: ['domain', 'platform', 'scheduler', 'membership', 'controllers', 'control-plane', 'agent', 'store'],
  },
  'packages/bench': { code: ['*'], types: ['api'] },
  'apps/control-plane': {
    code: ['domain', 'platform', 'store', 'store-redis', 'control-plane', 'coordination', 'api'],
  },
  'apps/agent': { code: ['domain', 'platform', 'agent'] },
  'apps/cli': { code: ['domain', 'platform', 'sdk', 'app-control-plane', 'app-agent'], types: ['api'] },
  'apps/dashboard': { code: ['domain', 'scheduler'], types: ['api'] },
  e2e: { code: ['*'], types: ['api'] },
}

/** Runs in production, in the simulator and in the browser alike: zod at most. */
const pure = ['packages/domain', 'packages/scheduler', 'packages/membership', 'packages/controllers']

/** Takes time, chance and the network as arguments, so it may not fetch them from Node either. */
const core = [...pure, 'packages/platform', 'packages/store', 'packages/control-plane', 'packages/agent']
const coreExempt = ['packages/platform/src/node/', 'packages/agent/src/node/', 'packages/agent/src/drivers/']
const builtinsOfTheWorld = new Set(
  'timers timers/promises perf_hooks child_process net tls dgram http https http2 fs fs/promises os process worker_threads'.split(
    ' ',
  ),
)
const chanceInCrypto = new Set(['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'webcrypto'])

/** Beside tests, only these know which store they run on. */
const nameStores = (folder) =>
  folder.startsWith('apps/') || folder === 'packages/simulator' || folder === 'packages/bench'
const storeImplementations = ['@quarterdeck/store-redis', '@quarterdeck/store/memory']

const builtins = new Set(builtinModules)
const scope = '@quarterdeck/'

/**
 * @typedef {{ folder: string, name: string, exports: string[], dependencies: string[], devDependencies: string[] }} Member
 * @typedef {{ path: string, source: string }} SourceFile  path from the repository's root, with forward slashes
 */

/**
 * Every import that a rule forbids, as one sentence each; empty when all is well.
 *
 * @param {{ members: readonly Member[], files: readonly SourceFile[] }} workspace
 * @returns {string[]}
 */
export function findViolations({ members, files }) {
  const byFolder = new Map(members.map((member) => [member.folder, member]))
  const byName = new Map(members.map((member) => [member.name, member]))
  const violations = [...members.flatMap((member) => checkMember(member, byName)), ...findCycles(members, byName)]

  for (const file of files) {
    const member = byFolder.get(folderOf(file.path))
    if (!member) continue
    for (const imported of importsOf(file)) {
      const because = forbids(file, imported, member, byName)
      if (because) violations.push(`${file.path}: imports ${imported.specifier}, but ${because}`)
    }
  }
  return violations
}

function folderOf(filePath) {
  const parts = filePath.split('/')
  return parts[0] === 'packages' || parts[0] === 'apps' ? `${parts[0]}/${parts[1]}` : parts[0]
}

function checkMember(member, byName) {
  const rule = mayImport[member.folder]
  if (!rule) return [`${member.folder}: has no line in scripts/boundaries.mjs that says what it may import`]
  return member.dependencies
    .filter((name) => byName.has(name) && !allows(rule.code, name))
    .map((name) => `${member.folder}/package.json: depends on ${name}, but it may not import its code`)
}

function allows(names = [], packageName) {
  return names.includes('*') || names.includes(packageName.slice(scope.length))
}

function forbids(file, { specifier, isType, names }, member, byName) {
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file.path), specifier)
    return folderOf(target) === member.folder ? undefined : 'a package is imported by its name, not by its path'
  }
  const isTest = isTestFile(file.path)
  const builtin = specifier.startsWith('node:') ? specifier.slice(5) : builtins.has(specifier) ? specifier : undefined
  if (builtin) return isTest ? undefined : forbidsBuiltin(file, builtin, names, member)

  const packageName = packageOf(specifier)
  if (packageName.startsWith(scope)) {
    const because = forbidsWorkspace(file, { specifier, isType, isTest, packageName }, member, byName)
    if (because) return because
  } else if (pure.includes(member.folder) && packageName !== 'zod' && !isTest) {
    return 'the pure core uses no library but zod'
  }
  const declared = member.dependencies.includes(packageName)
  const declaredForDev = member.devDependencies.includes(packageName)
  if (declared || (declaredForDev && (isType || isTest || isConfigFile(file.path)))) return undefined
  return declaredForDev ? 'it is declared for development only' : `${member.folder}/package.json does not declare it`
}

function forbidsBuiltin(file, builtin, names, member) {
  if (pure.includes(member.folder)) return 'the pure core uses no Node built-in'
  if (!core.includes(member.folder) || coreExempt.some((prefix) => file.path.startsWith(prefix))) return undefined
  if (builtinsOfTheWorld.has(builtin)) return 'a core package takes time, files and the network as arguments'
  if (builtin === 'crypto' && names.some((name) => chanceInCrypto.has(name)))
    return 'a core package takes chance and ids as arguments'
  return undefined
}

function forbidsWorkspace(file, { specifier, isType, isTest, packageName }, member, byName) {
  const target = byName.get(packageName)
  if (!target) return 'there is no such package'
  if (target === member) return 'a package imports itself by relative paths'
  const subpath = `.${specifier.slice(packageName.length)}`
  if (!target.exports.includes(subpath)) return `${packageName} does not export ${subpath}`
  if (isTest) return undefined

  const rule = mayImport[member.folder] ?? {}
  if (
    storeImplementations.includes(specifier) &&
    !nameStores(member.folder) &&
    !file.path.includes('/src/conformance/')
  )
    return 'only apps, simulator, bench and tests name a store implementation'
  if (allows(rule.code, packageName)) return undefined
  if (!allows(rule.types, packageName)) return `${member.folder} may not import ${packageName}`
  return isType ? undefined : `${member.folder} may import ${packageName} as a type only`
}

/** A cycle among packages, over what their code needs (not what their tests need). */
function findCycles(members, byName) {
  const cycles = []
  const settled = new Set()
  for (const member of members) visit(member, [])
  return cycles

  function visit(member, trail) {
    if (settled.has(member.name)) return
    const start = trail.indexOf(member.name)
    if (start >= 0) {
      cycles.push(`packages import each other in a circle: ${[...trail.slice(start), member.name].join(' -> ')}`)
      return
    }
    for (const name of member.dependencies) {
      const next = byName.get(name)
      if (next) visit(next, [...trail, member.name])
    }
    settled.add(member.name)
  }
}

function isTestFile(filePath) {
  if (/\.test\.tsx?$/.test(filePath) || filePath.startsWith('e2e/')) return true
  return ['/src/conformance/', '/src/testing/', '/src/test-bench/'].some((folder) => filePath.includes(folder))
}

function isConfigFile(filePath) {
  return /\.config\.(ts|mjs)$/.test(filePath)
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/**
 * Imports, re-exports and dynamic imports of one file. An import counts as a type when the compiler removes it whole.
 *
 * @param {SourceFile} file
 * @returns {{ specifier: string, isType: boolean, names: string[] }[]}
 */
function importsOf({ path: filePath, source }) {
  const { module, errors } = parseSync(filePath, source)
  if (errors.length > 0) throw new Error(`${filePath}: ${errors[0].message}`)

  // `import { type A }` is not removed under verbatimModuleSyntax: only `import type` is.
  const isType = (start) => /^(import|export)\s+type\b/.test(source.slice(start, start + 40))
  const imports = module.staticImports.map(({ start, moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    isType: isType(start),
    names: entries.flatMap((entry) => entry.importName.name ?? []),
  }))
  const exports = module.staticExports.flatMap(({ start, entries }) =>
    entries
      .filter((entry) => entry.moduleRequest)
      .map((entry) => ({
        specifier: entry.moduleRequest.value,
        isType: isType(start),
        names: entry.importName.name ? [entry.importName.name] : [],
      })),
  )
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^(['"`])([^$]*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end))
    return literal ? [{ specifier: literal[2], isType: false, names: [] }] : []
  })
  return [...imports, ...exports, ...dynamic]
}
