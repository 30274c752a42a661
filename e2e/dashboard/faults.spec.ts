import { eventually } from '@quarterdeck/testkit'
import { expect, test } from './fixtures.ts'

test('a job that keeps failing is kept away from its node, and its dead letters are run again together', async ({
  page,
  cluster,
}) => {
  const job = {
    name: 'nightly-report',
    driver: 'exec',
    exec: { command: 'false' },
    onNodes: ['db-1', 'web-1'],
    strategy: 'first',
    retry: { attemptsMax: 1 },
  }
  for (let n = 0; n < 5; n++) {
    const { taskId: id } = await cluster.mutate<{ taskId: string }>('tasks.submit', job)
    await eventually('it has failed', async () => {
      const { value } = await cluster.query<{ value: { task: { state: string } } }>('tasks.get', { id })
      return value.task.state === 'failed'
    })
  }

  await page.goto(`${cluster.url}/node?id=db-1`)
  const breaker = page.getByRole('listitem').filter({ hasText: 'nightly-report' }).filter({ hasText: 'in a row' })
  await expect(breaker).toContainText('5 attempts in a row failed there')
  await page.getByRole('button', { name: 'Close the breaker of nightly-report' }).click()
  await expect(page.getByText(/closed by user:ana/)).toBeVisible()

  await page.goto(`${cluster.url}/dead-letters?job=nightly-report`)
  await expect(page.getByText('5 tasks, 5 not run again yet')).toBeVisible()
  await page.getByRole('button', { name: 'Run all again…' }).click()
  await expect(page.getByRole('dialog')).toContainText('5 of nightly-report')
  await page.getByRole('button', { name: 'Run 5 tasks again' }).click()
  await expect(page.getByText('5 tasks run again.').first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'run again' }).first()).toBeVisible()
})

test('the dispatch form says what happens when a task fails, and starts a race', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/dispatch`)
  await page.getByRole('textbox', { name: 'Program' }).fill('/bin/true')
  await page.getByLabel('When it fails').selectOption('failsafe')
  await expect(page.getByText('it counts as succeeded, and says that an error was ignored')).toBeVisible()
  await page.getByLabel('A few nodes, the first success wins').check()
  await page.getByRole('button', { name: 'Start the race' }).click()
  await expect(page.getByText(/a race, won by/)).toBeVisible()
})
