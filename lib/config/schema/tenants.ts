import * as z from 'zod/mini';
import { TENANT_STATUSES, TENANT_TIERS } from '../../model/names';
import { count, oneOf, text, wholeNumber } from './fields';
import { group, type Config } from './group';

/** One tenant. */
export const tenant = group({
  /**
   * Part of names and labels: up to 40 lower case letters, digits and hyphens, for names such as that of a Job (63 at most) are made of
   * it and of a digest. Never given to somebody else: data bears it.
   */
  id: text(
    'write up to 40 lower case letters, digits and hyphens, none at an end',
    /^(?=.{1,40}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  ),
  /** For people: 1 to 100 characters. */
  name: text('write 1 to 100 characters', /^(?=[^]{1,100}$)[^]*\S/),
  tier: oneOf(TENANT_TIERS),
  status: oneOf(TENANT_STATUSES),
});
export type TenantConfig = Config<typeof tenant>;

/** The record of a tenant. */
const recordedTenant = group({
  /** Number of its stack, from 1. It never changes. */
  stack: count(),
  /** As the list had it when it was recorded: an active tenant cannot leave. */
  status: oneOf(TENANT_STATUSES),
});
export type RecordedTenant = Config<typeof recordedTenant>;

/** Which stack holds which tenant, so that no change of the list moves one. Written by `npm run tenants`, never by hand. */
export const tenantRecord = group({
  /** Number of stacks that there have ever been. One stays when its last tenant has left: nothing else would delete what it held. */
  stacks: wholeNumber(0, 1000, 'restore the record from version control'),
  /** By the id of the tenant. */
  tenants: z.record(z.string(), recordedTenant, 'restore the record from version control'),
});
export type TenantRecord = Config<typeof tenantRecord>;
