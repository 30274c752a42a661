import { UnsafeRedis } from '@quarterdeck/store-redis'
import { runController } from './run-controller.ts'
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
    const controller = await runController(env)
    process.stderr.write(`${controller.id} listens on ${controller.url}\n`)
    if (controller.setupLink)
      process.stderr.write(`Make the first admin here, once, within 30 minutes: ${controller.setupLink}\n`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref()
        controller.stop().then(() => process.exit(0), crash)
      })
    }
  } catch (error) {
    if (!(error instanceof SettingError) && !(error instanceof UnsafeRedis)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
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
