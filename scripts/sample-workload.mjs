/** A short task of its own kind for each turn. */
export function everyNow(count, run) {
  const kinds = [
    { name: 'health-check', exec: { command: 'uptime' } },
    { name: 'thumbnails', exec: { command: 'for i in 1 2 3 4 5; do echo "image $i"; sleep 1; done', shell: true } },
    { name: 'prime-check', driver: 'handler', handler: { name: 'count-primes', input: { below: 500_000 } } },
  ]
  return {
    driver: 'exec',
    labels: { sample: 'periodic' },
    idempotencyKey: `sample-${run}-${count}`,
    ...kinds[count % kinds.length],
  }
}

/**
 * Something to look at: real processes and functions of each kind, small enough for a laptop. Submitted at every start.
 *
 * @param {string} run tells one start from the next, so that a repeated submit is no second task
 */
export function sampleWorkload(run) {
  const hour = 3_600_000
  const loop = (seconds, each) =>
    `i=0; while [ $i -lt ${seconds} ]; do i=$((i+1)); ${each}; sleep 1; done; echo finished`

  return [
    ...['checkout', 'search', 'mailer', 'images'].map((name) => ({
      name: `${name}-server`,
      exec: { command: loop(7_200, `[ $((i % 5)) -ne 0 ] || echo "${name}: $i s, still serving"`), shell: true },
      labels: { sample: 'server' },
      resources: { cpuMillis: 100, memoryBytes: 64 * 1024 * 1024 },
      timeouts: { runMs: 3 * hour },
      onDrain: 'move',
    })),
    ...[30, 60, 120, 240].map((seconds) => ({
      name: `report-${seconds}s`,
      exec: { command: loop(seconds, `echo "page $i of ${seconds}"`), shell: true },
      labels: { sample: 'batch' },
      resources: { cpuMillis: 250, memoryBytes: 128 * 1024 * 1024 },
    })),
    {
      name: 'prime-count',
      driver: 'handler',
      handler: { name: 'count-primes', input: { below: 5_000_000 } },
      labels: { sample: 'handler' },
      resources: { cpuMillis: 500, memoryBytes: 64 * 1024 * 1024 },
    },
    {
      name: 'long-wait',
      driver: 'handler',
      handler: { name: 'wait', input: { seconds: 1_800 } },
      labels: { sample: 'handler' },
      timeouts: { runMs: hour },
    },
    {
      name: 'import-that-fails',
      exec: {
        command: 'echo "reading input.csv"; sleep 2; echo "input.csv: line 3 has no price" >&2; exit 3',
        shell: true,
      },
      labels: { sample: 'failing' },
    },
    {
      name: 'too-big-for-any-node',
      exec: { command: 'echo never', shell: true },
      labels: { sample: 'waiting' },
      resources: { cpuMillis: 1_000_000, memoryBytes: 1024 ** 4 },
    },
  ].map((task) => ({ driver: 'exec', idempotencyKey: `sample-${run}-${task.name}`, ...task }))
}
