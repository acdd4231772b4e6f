import * as fc from 'fast-check';
import type { TenantConfig, TenantRecord, TenantStatus } from '../../../lib/config/environment';
import { activeDepartures, assign, byStack, STACK_CAPACITY } from '../../../lib/config/derive/tenant-assignment';
import { problems } from '../../../lib/config/validation';
import { SAMPLES } from '../../sample';

const { prod } = SAMPLES;
const [acme] = prod.tenants as [TenantConfig];

const tenant = (id: string, status: TenantStatus = 'active'): TenantConfig => ({ ...acme, id, status });

/** Problems of a configuration with these tenants, recorded as they should be. */
const problemsOf = (...tenants: TenantConfig[]) =>
  problems({ ...prod, tenants, tenantRecord: assign(tenants, { stacks: 0, tenants: {} }) });

test.each<[string, Partial<TenantConfig>, RegExp]>([
  ['upper case', { id: 'Acme' }, /^prod: tenants has the id "Acme": write up to 40 lower case letters/],
  ['a dot', { id: 'acme.eu' }, /tenants has the id "acme.eu"/],
  ['a hyphen at an end', { id: 'acme-' }, /tenants has the id "acme-"/],
  ['nothing', { id: '' }, /tenants has the id ""/],
  ['41 characters', { id: 'a'.repeat(41) }, /tenants has the id "a{41}": write up to 40/],
])('refuses %s as an id', (_, change, problem) => {
  expect(problemsOf({ ...acme, ...change })).toEqual([expect.stringMatching(problem)]);
});

test.each<[string, object, RegExp]>([
  ['a name of blanks', { name: ' ' }, /tenants.acme.name is " ": write 1 to 100 characters/],
  ['a name that is a story', { name: 'a'.repeat(101) }, /tenants.acme.name is "a{101}"/],
  ['a tier that nobody sells', { tier: 'gold' }, /tenants.acme.tier is "gold": choose basic, standard or premium/],
  ['a tier named like a method', { tier: 'constructor' }, /tier is "constructor"/],
  ['a status that is none', { status: 'gone' }, /tenants.acme.status is "gone": choose active or suspended/],
])('refuses %s', (_, change, problem) => {
  const tenants = [{ ...acme, ...change } as TenantConfig];
  expect(problems({ ...prod, tenants, tenantRecord: assign([acme], nobody) })).toEqual([
    expect.stringMatching(problem),
  ]);
});

test('takes every id that the pattern allows, in whatever order, and names like those of methods', () => {
  const ids = ['a', '0', 'a-b', 'a'.repeat(40), 'constructor', 'tostring'];
  expect(problemsOf(...ids.map((id) => ({ ...acme, id })))).toEqual([]);
});

test('refuses an id that is there twice, once', () => {
  expect(problemsOf(acme, acme, acme)).toEqual(['prod: tenants has "acme" more than once: name it once']);
});

/** Problems of one tenant who is active, and a record. */
const recorded = (tenants: TenantRecord['tenants'], stacks = 1) =>
  problems({ ...prod, tenants: [acme], tenantRecord: { stacks, tenants } });

describe('list and record', () => {
  const active = { stack: 1, status: 'active' } as const;

  test('agree', () => {
    expect(recorded({ acme: active })).toEqual([]);
  });

  test('an id that every object has is not recorded by that', () => {
    const unrecorded = problems({
      ...prod,
      tenants: [tenant('constructor')],
      tenantRecord: { stacks: 1, tenants: {} },
    });
    expect(unrecorded).toEqual(['prod: tenant constructor has no stack yet: run npm run tenants']);
  });

  test.each<[string, TenantRecord['tenants'], RegExp]>([
    ['a new tenant', {}, /prod: tenant acme has no stack yet: run npm run tenants$/],
    [
      'another status',
      { acme: { stack: 1, status: 'suspended' } },
      /tenant acme is active, but recorded as suspended: run npm run tenants/,
    ],
    [
      'a suspended tenant that left',
      { acme: active, globex: { stack: 1, status: 'suspended' } },
      /tenant globex is no longer in the list, but still recorded: run npm run tenants/,
    ],
    [
      'an active tenant that left',
      { acme: active, globex: active },
      /tenant globex is no longer in the list, but still active: put it back, set its status to suspended, deploy, then remove it/,
    ],
    [
      'a stack that was never made',
      { acme: { ...active, stack: 2 } },
      /tenant acme is recorded in stack 2 of 1: restore/,
    ],
    ['no stack', { acme: { ...active, stack: 0 } }, /tenant acme is recorded in stack 0 of 1: restore/],
  ])('disagree: %s', (_, tenants, problem) => {
    expect(recorded(tenants)).toEqual([expect.stringMatching(problem)]);
  });

  test('disagree: a part of a stack', () => {
    expect(recorded({ acme: { ...active, stack: 1.5 } }, 2)).toEqual([
      expect.stringMatching(/tenant acme is recorded in stack 1.5 of 2: restore/),
    ]);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, i) => tenant(`t${i}`));
const nobody: TenantRecord = { stacks: 0, tenants: {} };
/** Tenants in each stack. */
const sizes = (count: number) => byStack(many(count), assign(many(count), nobody)).map(({ tenants }) => tenants.length);

describe('the assignment', () => {
  test('fills a stack, then the next', () => {
    expect(sizes(0)).toEqual([]);
    expect(sizes(STACK_CAPACITY)).toEqual([STACK_CAPACITY]);
    expect(sizes(STACK_CAPACITY + 1)).toEqual([STACK_CAPACITY, 1]);
  });

  test('gives a new tenant the first stack with room, and keeps stacks whose tenants have all left', () => {
    const full = assign(many(2 * STACK_CAPACITY + 1), nobody);
    const alone = byStack(many(2 * STACK_CAPACITY + 1), full)[2]!.tenants[0]!.id;
    const left = many(2 * STACK_CAPACITY + 1).filter(({ id }) => id !== alone && id !== 't0');
    const next = assign([...left, tenant('new')], full);
    expect(next.tenants.new).toEqual({ stack: full.tenants.t0!.stack, status: 'active' });
    expect([full.stacks, next.stacks]).toEqual([3, 3]);
    expect(byStack(left, next)[2]).toEqual({ stack: 3, tenants: [] });
  });

  test('names who left while active, and nobody else', () => {
    const record = assign([tenant('a'), tenant('b', 'suspended'), tenant('c')], nobody);
    expect(activeDepartures([tenant('c', 'suspended')], record)).toEqual([
      expect.stringMatching(/^tenant a is no longer in the list/),
    ]);
  });

  const id = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,3}[a-z0-9])?$/);
  const list = fc.uniqueArray(fc.record({ id, status: fc.constantFrom('active' as const, 'suspended' as const) }), {
    selector: (one) => one.id,
    maxLength: 120,
  });

  test('moves nobody, whoever comes and goes; every tenant has one stack, none is too full; twice is once', () => {
    fc.assert(
      fc.property(list, list, (before, after) => {
        const [old, fresh] = [before, after].map((one) => one.map((part) => tenant(part.id, part.status)));
        const first = assign(old!, nobody);
        const second = assign(fresh!, first);
        const moved = fresh!.filter(
          ({ id: who }) =>
            Object.hasOwn(first.tenants, who) && second.tenants[who]!.stack !== first.tenants[who]!.stack,
        );
        expect(moved).toEqual([]);
        const stacks = byStack(fresh!, second);
        expect(stacks.flatMap(({ tenants }) => tenants).length).toBe(fresh!.length);
        expect(Math.max(0, ...stacks.map(({ tenants }) => tenants.length))).toBeLessThanOrEqual(STACK_CAPACITY);
        expect(second.stacks).toBeGreaterThanOrEqual(first.stacks);
        expect(assign(fresh!, second)).toEqual(second);
        expect(assign(fresh!.toReversed(), second)).toEqual(second);
      }),
    );
  });
});

test('refuses more tenants than the network policies of one cluster bear', () => {
  const crowd = Array.from({ length: 1001 }, (_, index) => tenant(`t-${index}`, 'suspended'));
  expect(problemsOf(...crowd)).toEqual([expect.stringMatching(/tenants has 1001 entries: choose 1000 or fewer/)]);
  expect(problemsOf(...crowd.slice(1))).toEqual([]);
});
