import type { RecordedTenant, TenantConfig, TenantRecord } from '../environment';

/** Tenants of one stack: far from the 500 resources and the megabyte that CloudFormation takes (a test measures it). */
export const STACK_CAPACITY = 50;

/** The record of a tenant; ids may be named like what every object has. */
export const recordOf = (record: TenantRecord, id: string): RecordedTenant | undefined =>
  Object.hasOwn(record.tenants, id) ? record.tenants[id] : undefined;

/** The tenants that left the list while they were active, which nobody may assign away. */
export const activeDepartures = (tenants: readonly TenantConfig[], record: TenantRecord): readonly string[] =>
  Object.entries(record.tenants)
    .filter(([id, { status }]) => status === 'active' && !tenants.some((tenant) => tenant.id === id))
    .map(
      ([id]) =>
        `tenant ${id} is no longer in the list, but still active: put it back, set its status to suspended, deploy, then remove it`,
    );

/**
 * The record that belongs to a list: a tenant in it keeps the stack, a new one gets the first with room, one that was suspended and
 * has left is forgotten. Presupposes that no active tenant has left.
 */
export const assign = (tenants: readonly TenantConfig[], record: TenantRecord): TenantRecord => {
  const used = new Map<number, number>();
  const take = (stack: number) => used.set(stack, (used.get(stack) ?? 0) + 1);
  for (const { id } of tenants) {
    const known = recordOf(record, id);
    if (known) take(known.stack);
  }
  const firstWithRoom = () => {
    let stack = 1;
    while ((used.get(stack) ?? 0) >= STACK_CAPACITY) stack += 1;
    take(stack);
    return stack;
  };
  const assigned = byId(tenants).map(({ id, status }): [string, RecordedTenant] => [
    id,
    { stack: recordOf(record, id)?.stack ?? firstWithRoom(), status },
  ]);
  return {
    stacks: Math.max(record.stacks, ...assigned.map(([, { stack }]) => stack)),
    tenants: Object.fromEntries(assigned),
  };
};

/** The tenants of each stack, in a stable order; an empty list where all have left. */
export const byStack = (
  tenants: readonly TenantConfig[],
  record: TenantRecord,
): readonly { readonly stack: number; readonly tenants: readonly TenantConfig[] }[] =>
  Array.from({ length: record.stacks }, (_, i) => i + 1).map((stack) => ({
    stack,
    tenants: byId(tenants).filter(({ id }) => recordOf(record, id)?.stack === stack),
  }));

/** By code unit: the same on every machine. */
const byId = (tenants: readonly TenantConfig[]) => tenants.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
