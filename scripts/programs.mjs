import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { run } from './toolchain.mjs'

/** What Quarterdeck needs that npm does not bring, and how each system names it. */
const programs = {
  redis: { names: ['redis-server', 'valkey-server'], apt: 'redis-server', brew: 'redis' },
  chromium: {
    names: ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'],
    variable: 'CHROMIUM_PATH',
    apt: 'chromium',
    brew: '--cask chromium',
  },
  promtool: { names: ['promtool'], apt: 'prometheus', brew: 'prometheus' },
}

/** Where a program is, or undefined. */
export function findProgram(kind) {
  const { names, variable } = programs[kind]
  const given = variable && process.env[variable]
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin']
  const candidates = [
    ...(given ? [given] : []),
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  ]
  return candidates.find(isExecutable)
}

/**
 * Finds the programs, and installs those that are missing where that needs no question: apt as root or with a sudo that
 * asks nothing, or Homebrew.
 *
 * @param {readonly (keyof typeof programs)[]} kinds
 * @param {{ mayInstall?: boolean }} [options]
 * @returns {Promise<{ ok: true } | { ok: false, missing: string[], because: string }>} because: what a person can do
 */
export async function ensurePrograms(kinds, { mayInstall = true } = {}) {
  let missing = kinds.filter((kind) => !findProgram(kind))
  if (missing.length > 0 && mayInstall) {
    const install = await installerFor(missing)
    if (install) {
      console.log(`Installing ${missing.join(', ')}: ${install.map((command) => command.join(' ')).join(' && ')}`)
      for (const [command, ...args] of install) {
        const { ok } = await run(command, args, {
          env: { DEBIAN_FRONTEND: 'noninteractive' },
          timeoutMs: 900_000,
          quiet: true,
        })
        if (!ok) break
      }
      missing = kinds.filter((kind) => !findProgram(kind))
    }
  }
  if (missing.length === 0) return { ok: true }
  const packages = missing.map((kind) => programs[kind].apt).join(' ')
  return {
    ok: false,
    missing,
    because: `${missing.join(' and ')} not found: install with "apt-get install ${packages}" (Debian), or put on PATH`,
  }
}

async function installerFor(kinds) {
  if (process.platform === 'darwin' && isOnPath('brew')) {
    return kinds.map((kind) => ['brew', 'install', ...programs[kind].brew.split(' ')])
  }
  if (!isOnPath('apt-get')) return undefined
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (
    asRoot.length > 0 &&
    !(isOnPath('sudo') && (await run('sudo', ['-n', 'true'], { timeoutMs: 10_000, quiet: true })).ok)
  ) {
    return undefined
  }
  const packages = kinds.map((kind) => programs[kind].apt)
  return [
    [...asRoot, 'apt-get', 'update', '-q'],
    [...asRoot, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages],
  ]
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => isExecutable(path.join(folder, name)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
