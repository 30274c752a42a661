import type { Cause } from './cause.ts'

const drain = 'e2e/withstand/drain.integration.test.ts'
const nasty = 'e2e/withstand/nasty-tasks.integration.test.ts'
const badInput = 'e2e/withstand/bad-input.integration.test.ts'
const drainNode = 'packages/controllers/src/drain/drain-node.ts'
const noMemoryLimit = { find: 'if (memoryBytes !== undefined) {', replace: 'if (memoryBytes === -1) {' }

/** Drains, repeated submits, tasks that behave badly. */
export const workCauses: readonly Cause[] = [
  {
    name: 'drained-before-empty',
    wrong: 'A node is called drained while processes that were asked to stop still run',
    edits: [
      {
        file: drainNode,
        find: "filter((task) => !(task.system && drain.systemTasks === 'leave'))",
        replace: "filter((task) => task.state !== 'stopping' && !(task.system && drain.systemTasks === 'leave'))",
      },
    ],
    test: drain,
    title: 'does what its preview said',
  },
  {
    name: 'preview-of-another-drain',
    wrong: 'The preview says that everything stays',
    edits: [
      {
        file: 'packages/controllers/src/drain/stop-moment.ts',
        find: 'export function stopMoment(',
        replace:
          'export function stopMoment(...all: Parameters<typeof stopMomentOf>) {\n  const found = stopMomentOf(...all)\n  return found === "at-once" ? "whenever" : found\n}\nfunction stopMomentOf(',
      },
    ],
    test: drain,
    title: 'does what its preview said',
  },
  {
    name: 'stop-drain-opens',
    wrong: 'A node whose drain was stopped takes work again',
    edits: [
      {
        file: 'packages/control-plane/src/drain/stop-drain.ts',
        find: "scheduling: uncordon ? 'open' : 'cordoned'",
        replace: "scheduling: 'open'",
      },
    ],
    test: drain,
    title: 'without a deadline waits',
  },
  {
    name: 'deadline-always-forces',
    wrong: 'A drain that should keep the rest at its deadline forces it away',
    edits: [
      { file: drainNode, find: "isOver && drain.afterDeadline === 'keep'", replace: 'isOver && isOver !== true' },
    ],
    test: drain,
    title: 'with a deadline that keeps the rest',
  },
  {
    name: 'deadline-never-forces',
    wrong: 'A drain that should force the rest at its deadline keeps it',
    edits: [{ file: drainNode, find: "isOver && drain.afterDeadline === 'keep'", replace: 'isOver' }],
    test: drain,
    title: 'with a deadline that forces the rest',
  },
  {
    name: 'key-ignored',
    wrong: 'A repeated submit with the same key makes a second task',
    edits: [
      {
        file: 'packages/control-plane/src/tasks/submit.ts',
        find: "key ? [put('idempotency', { ...key, taskId: task.id }, 0)] : []",
        replace: "key?.id === '' ? [put('idempotency', { ...key, taskId: task.id }, 0)] : []",
      },
    ],
    test: badInput,
    title: 'one key is one task',
  },
  {
    name: 'output-without-end',
    wrong: 'The output of a task is kept whole, however long',
    edits: [
      {
        file: 'packages/agent/src/node/log-writer.ts',
        find: 'this.#segments.splice(0, Math.max(0, this.#segments.length - limits.logFilesKept))',
        replace: 'this.#segments.splice(0, 0)',
      },
    ],
    test: nasty,
    title: 'that prints 100 MB',
  },
  {
    name: 'children-left-behind',
    wrong: 'What a task left in the background goes on running',
    edits: [
      {
        file: 'packages/agent/src/drivers/exec/exec-driver.ts',
        find: 'what it left running in the background ends with it.\n    await groups.kill(attemptFolder(ref), markersOf(ref, pid))',
        replace: 'nothing.',
      },
    ],
    test: nasty,
    title: 'that forks children and exits',
  },
  {
    name: 'grace-without-end',
    wrong: 'A task that ignores SIGTERM is never killed',
    edits: [
      {
        file: 'packages/agent/src/runner/running-attempt.ts',
        find: "this.#timers.set('kill', graceMs, () => void this.#signal('kill'))",
        replace: '',
      },
    ],
    test: nasty,
    title: 'that ignores SIGTERM',
  },
  {
    name: 'memory-without-limit',
    wrong: 'The memory limit of a task is written down and not applied',
    edits: [
      { file: 'packages/agent/src/drivers/exec/cgroup-v1.ts', ...noMemoryLimit },
      { file: 'packages/agent/src/drivers/exec/cgroup-v2.ts', ...noMemoryLimit },
      {
        file: 'packages/agent/src/drivers/exec/start-command.ts',
        find: 'isBoundByGroup || memoryBytes === undefined ?',
        replace: 'memoryBytes !== -1 ?',
      },
    ],
    test: nasty,
    title: 'that fills its memory limit',
  },
  {
    name: 'runs-as-anybody',
    wrong: 'A node runs tasks as any user that they name',
    edits: [
      {
        file: 'packages/agent/src/drivers/exec/policy.ts',
        find: 'if (!users.includes(user))',
        replace: 'if (user === "")',
      },
    ],
    test: nasty,
    title: 'that may not run as the user it names',
  },
]
