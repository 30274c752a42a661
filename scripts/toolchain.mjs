import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../', import.meta.url))

/** What every tool started from these scripts gets: no telemetry, no update notices. */
export const quietEnv = {
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
}

/**
 * Runs a command to its end, its output on ours. The command gets its own process group, so that a time-out ends its
 * children with it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined>, timeoutMs?: number, quiet?: boolean }} [options] quiet: show the
 *   output only when the command fails
 * @returns {Promise<{ ok: boolean, because: string }>}
 */
export function run(command, args, { env = {}, timeoutMs = 3_600_000, quiet = false } = {}) {
  const kept = []
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...quietEnv, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      detached: true,
    })
    running.add(child.pid)
    child.stdout?.on('data', (chunk) => kept.push(chunk))
    child.stderr?.on('data', (chunk) => kept.push(chunk))

    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      endGroup(child.pid)
    }, timeoutMs)

    const finish = (ok, because) => {
      clearTimeout(timer)
      running.delete(child.pid)
      if (!ok && quiet) process.stderr.write(Buffer.concat(kept))
      resolve({ ok, because })
    }
    child.on('error', (error) => finish(false, error.message))
    child.on('close', (code, signal) => {
      if (timedOut) finish(false, `stopped after ${Math.round(timeoutMs / 1000)} s`)
      else finish(code === 0, code === 0 ? '' : `ended with ${signal ?? `code ${code}`}`)
    })
  })
}

const running = new Set()

/** Ends what `run` still has running. For a Ctrl-C, which does not reach process groups of their own. */
export function endRunning() {
  for (const pid of running) endGroup(pid)
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** Installs exactly what the lockfile says. pnpm is on PATH because `npm start` and `npm test` enter through npx. */
export function installDependencies({ timeoutMs, quiet = false } = {}) {
  return run('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'], { timeoutMs, quiet })
}

/** turbo, with its cache outside the clone, so that a fresh clone of the same content builds nothing twice. */
export function turbo(args, { timeoutMs, quiet = false } = {}) {
  return run(localBin('turbo'), ['run', ...args, `--cache-dir=${path.join(cacheFolder(), 'turbo')}`], {
    timeoutMs,
    quiet,
  })
}

export function localBin(name) {
  return path.join(root, 'node_modules', '.bin', name)
}

/** A folder for caches that outlives this clone; under the system's temporary folder when there is no home. */
export function cacheFolder() {
  const home = homeFolder()
  const parents = [
    process.env.XDG_CACHE_HOME,
    home && (process.platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache')),
    tmpdir(),
  ]
  for (const parent of parents) {
    if (!parent || !path.isAbsolute(parent)) continue
    const folder = path.join(parent, 'quarterdeck')
    try {
      mkdirSync(folder, { recursive: true })
      accessSync(folder, constants.W_OK)
      return folder
    } catch {
      // Not writable here: try the next.
    }
  }
  throw new Error('no folder is writable for caches: set XDG_CACHE_HOME')
}

function homeFolder() {
  // With HOME set to nothing, homedir() answers with nothing.
  return homedir() || userInfo().homedir
}
