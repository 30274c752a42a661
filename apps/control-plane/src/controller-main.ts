import { UnsafeRedis } from '@quarterdeck/store-redis'
import { type RunningController, runController } from './run-controller.ts'
import { SettingError } from './settings.ts'

const EXIT_WITHIN_MS = 5_000

/**
 * One controller as a process: runs until it is told to stop. A wrong setting is one sentence and exit code 2; a bug nobody caught ends the
 * process, because a controller in an unknown state must not go on deciding: another one takes over.
 */
export async function controllerMain(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  process.on('unhandledRejection', crash)
  process.on('uncaughtException', crash)
  try {
    const starting = runController(env)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(starting))
    const controller = await starting
    process.stderr.write(`${controller.id} listens on ${controller.url}\n`)
    if (controller.setupLink)
      process.stderr.write(`Make the first admin here, once, within 30 minutes: ${controller.setupLink}\n`)
  } catch (error) {
    if (!(error instanceof SettingError) && !(error instanceof UnsafeRedis)) throw error
    const because =
      error instanceof UnsafeRedis
        ? `QD_REDIS_URL names a Redis that would lose the cluster: ${error.message}. QD_ACCEPT_DATA_LOSS=true runs on it all the same.`
        : error.message
    process.stderr.write(`${because}\n`)
    process.exit(2)
  }
}

/** One that is still starting is waited for, so that it takes back what it has said of itself. */
function end(starting: Promise<RunningController>): void {
  setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref()
  starting.then((controller) => controller.stop()).then(() => process.exit(0), crash)
}

function crash(error: unknown): never {
  const entry = {
    level: 60,
    time: new Date().toISOString(),
    component: 'controller',
    msg: 'crashed',
    error: error instanceof Error ? error.stack : String(error),
  }
  process.stderr.write(`${JSON.stringify(entry)}\n`)
  process.exit(1)
}
