import { expect, test } from './fixtures.ts'

const file = `kind: workflow
name: trip
steps:
  - name: book
    task: { driver: exec, exec: { command: /bin/echo, args: ["7"] } }
    compensate: { task: { driver: exec, exec: { command: /bin/echo, args: [given back] } } }
  - name: rest
    after: [book]
    when: steps.book.value > 100
    task: { driver: exec, exec: { command: /bin/true } }
  - name: pay
    after: [book]
    task: { driver: exec, exec: { command: 'test "$GO" = yes', shell: true }, retry: { attemptsMax: 1 } }
    inputs: { GO: input.go }
  - name: travel
    after: [pay, rest]
    needs: any
    task: { driver: exec, exec: { command: /bin/true } }
`

test('a workflow is applied from its file, drawn, run, seen to fail and undo, and retried', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/workflows`)
  await page.getByRole('button', { name: 'Apply a workflow…' }).first().click()
  const text = page.getByLabel('Workflow file (YAML or JSON)')
  await text.fill(file.replace('after: [book]', 'after: [boot]'))
  await expect(page.getByText('there is no step "boot"').first()).toBeVisible()
  await text.fill(file)
  await page.getByRole('button', { name: 'Show plan' }).click()
  await expect(page.getByText('Makes workflow trip with 4 steps.')).toBeVisible()
  await page.getByRole('button', { name: 'Apply', exact: true }).click()

  await expect(page.getByRole('heading', { name: 'trip', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Start a run…' }).click()
  await page.getByLabel('Input (JSON)').fill('{"go": "no"}')
  await page.getByRole('button', { name: 'Start', exact: true }).click()

  const steps = page.getByRole('table', { name: 'Steps' })
  await expect(steps.getByText('succeeded, undone')).toBeVisible()
  await expect(steps.getByText('Its condition is not true: steps.book.value > 100')).toBeVisible()
  await expect(page.getByText('Step pay failed: Exit code 1.')).toBeVisible()
  for (const [look, width] of [
    ['light', 1440],
    ['dark', 1440],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: look })
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.screenshot({ path: `screenshots/${look}-${width}-workflow-run.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.getByRole('button', { name: 'Retry from failed…' }).click()
  await expect(page.getByText('Nothing of it stands, so every step runs again.')).toBeVisible()
  await page.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect(page.getByText('retried once')).toBeVisible()
  await steps.getByRole('link', { name: /\.0\.1$/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('trip.book')
})
