import type { Cause } from './cause.ts'

const badInput = 'e2e/withstand/bad-input.integration.test.ts'

/** What is let in that should not be, and a page that must find its way. */
export const accessCauses: readonly Cause[] = [
  {
    name: 'any-origin',
    wrong: "Another site's page may act with a visitor's cookie",
    edits: [
      {
        file: 'apps/control-plane/src/http/request-check.ts',
        find: 'if (origin !== undefined && origin !== ownOrigin && !isSameHost(origin, host)) {',
        replace: "if (origin === 'null' && !isSameHost(origin, host) && origin !== ownOrigin) {",
      },
    ],
    test: badInput,
    title: 'of a page of another origin',
  },
  {
    name: 'token-used-again',
    wrong: 'A join token for one node lets any number in',
    edits: [
      {
        file: 'packages/control-plane/src/sessions/join.ts',
        find: 'usesLeft: value.usesLeft - 1',
        replace: 'usesLeft: value.usesLeft',
      },
    ],
    test: badInput,
    title: 'of a join token that is used up',
  },
  {
    name: 'token-for-ever',
    wrong: 'A join token still opens after its time',
    edits: [
      {
        file: 'packages/control-plane/src/sessions/join.ts',
        find: 'if (value.expiresAtMs <= core.platform.clock.unixMs())',
        replace: 'if (value.expiresAtMs < 0)',
      },
    ],
    test: badInput,
    title: 'of a join token that has expired',
  },
  {
    name: 'labels-ignored',
    wrong: 'A task runs on a node that lacks the label it asks for',
    edits: [
      {
        file: 'packages/scheduler/src/filters/constraints.ts',
        find: 'if (!satisfies(labels, constraint)) return',
        replace: 'if (labels === undefined) return',
      },
    ],
    test: badInput,
    title: 'that no node satisfies',
  },
  {
    name: 'unknown-node-accepted',
    wrong: 'A task for a node that does not exist is taken in',
    edits: [
      {
        file: 'packages/control-plane/src/tasks/submit.ts',
        find: "const unknown = ids.find((id) => !core.cache.get('node', id))",
        replace: "const unknown = ids.find((id) => id === '')",
      },
    ],
    test: badInput,
    title: 'an unknown node',
  },
  {
    name: 'no-limit-on-arguments',
    wrong: 'Arguments may be as long as one likes',
    edits: [
      {
        file: 'packages/domain/src/work-spec.ts',
        find: '.refine((args) => bytes(args) <= limits.argsBytesMax,',
        replace: '.refine((args) => bytes(args) >= 0,',
      },
    ],
    test: badInput,
    title: 'arguments that are too long together',
  },
  {
    name: 'no-way-to-a-peer',
    wrong: 'A page is given no ticket for the other controllers',
    edits: [
      {
        file: 'packages/control-plane/src/access/sessions.ts',
        find: "(peer) => peer.value.state === 'live' && peer.id !== core.id",
        replace: "(peer) => peer.value.state === 'live' && peer.id === core.id",
      },
    ],
    test: 'e2e/dashboard/hand-off.spec.ts',
    title: 'a page goes on from another controller',
  },
]
