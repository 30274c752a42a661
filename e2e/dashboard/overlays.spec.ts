import { expect, test } from './fixtures.ts'

test('a menu is worked by the keyboard alone, and gives the focus back', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/settings`)
  const account = page.getByRole('button', { name: /^Account of/ })
  await account.focus()
  await page.keyboard.press('Enter')
  await expect(account).toHaveAttribute('aria-expanded', 'true')
  await expect(page.getByRole('menuitem', { name: 'Operations' })).toBeFocused()
  await page.keyboard.press('End')
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
  // A letter that is a key of the page goes to the entry that begins with it.
  await page.keyboard.press('c')
  await expect(page.getByRole('menuitem', { name: 'Control plane' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(account).toBeFocused()

  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('o')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/operations$/)
})

test('a press outside closes a menu, and one on its button closes it again', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/settings`)
  const account = page.getByRole('button', { name: /^Account of/ })
  await account.click()
  await expect(page.getByRole('menu')).toBeVisible()
  await account.click()
  await expect(page.getByRole('menu')).toHaveCount(0)
  await account.click()
  await page.getByRole('heading', { name: 'Settings' }).click()
  await expect(page.getByRole('menu')).toHaveCount(0)
})

test('how current the page is opens beside its button, inside the window, and Esc closes it', async ({
  page,
  cluster,
}) => {
  await page.setViewportSize({ width: 390, height: 800 })
  await page.goto(`${cluster.url}/settings`)
  const button = page.getByRole('button', { name: /^Freshness: Live/ })
  await button.click()
  const details = page.getByRole('dialog', { name: 'How current this page is' })
  await expect(details.getByRole('button', { name: 'Pause updates' })).toBeFocused()
  const box = await details.boundingBox()
  expect(box && box.x >= 8 && box.x + box.width <= 382).toBe(true)
  await page.keyboard.press('Escape')
  await expect(details).toHaveCount(0)
  await expect(button).toBeFocused()
})

test('a hint shows on hover, lets the pointer onto it, and goes with Esc', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/nodes`)
  const status = page.getByRole('grid').getByText('Ready', { exact: true }).first()
  await status.hover()
  const hint = page.getByRole('tooltip')
  await expect(hint).toContainText('Healthy and taking work.')
  await hint.hover()
  await expect(hint).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(hint).toHaveCount(0)
})
