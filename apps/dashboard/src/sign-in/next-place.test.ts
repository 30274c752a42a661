import { expect, it } from 'vitest'
import { nextPlace } from './next-place.ts'

it.each([
  ['?next=%2Fnodes%3Fq%3Dx', '/nodes?q=x'],
  ['', '/'],
  ['?next=https://elsewhere.example', '/'],
  ['?next=//elsewhere.example', '/'],
  ['?next=/%5Celsewhere.example', '/'],
])('%s leads to %s, never to another origin', (search, place) => expect(nextPlace(search)).toBe(place))
