import { expect, test } from './fixtures.ts'

test('a job template is applied from its file, filled in by its form, previewed and dispatched', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/jobs`)
  await page.getByRole('button', { name: 'Apply a job template…' }).first().click()
  await page.getByRole('button', { name: 'Show plan' }).click()
  await expect(page.getByText('Makes job template greet with 2 parameters.')).toBeVisible()
  await page.getByRole('button', { name: 'Apply', exact: true }).click()

  await expect(page.getByRole('heading', { name: 'greet', level: 1 })).toBeVisible()
  await page.getByRole('textbox', { name: 'times' }).fill('99')
  await page.getByRole('textbox', { name: 'who' }).fill('$(reboot); "you"')
  await expect(page.getByText('times "99" is not accepted: it must be a whole number from 1 to 10.')).toBeVisible()
  await page.getByRole('textbox', { name: 'times' }).fill('2')
  await expect(page.getByText('Would go to')).toBeVisible()
  for (const [look, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: look })
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.screenshot({ path: `screenshots/${look}-${width}-job.png` })
  }
  await page.getByRole('button', { name: 'Dispatch', exact: true }).click()
  await expect(page.getByText('hello $(reboot); "you"').first()).toBeVisible()
})
