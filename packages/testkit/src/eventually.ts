const lookEveryMs = 20
/** `pnpm causes` waits shorter: there the tests are meant to fail. */
const patienceMs = Number(process.env.QD_TEST_PATIENCE_MS ?? 90_000)

/**
 * Waits until `look` gives something, and returns it. `reason` says in the failure what was waited for.
 *
 * The deadline is long on purpose: a shared machine can stand still for many seconds, and a test that passes late is better than one
 * that fails for that.
 */
export async function eventually<T>(
  reason: string,
  look: () => T | Promise<T>,
  { deadlineMs = patienceMs }: { readonly deadlineMs?: number } = {},
): Promise<NonNullable<T> & T> {
  const untilMs = performance.now() + deadlineMs
  let last: unknown
  while (performance.now() < untilMs) {
    try {
      const found = await look()
      if (found) return found
      last = found
    } catch (cause) {
      last = cause
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
  throw new Error(
    `waited ${deadlineMs} ms until ${reason}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  )
}
