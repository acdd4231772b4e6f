import type { Check } from '../check';
import * as access from './access';
import * as brought from './brought';
import * as place from './place';
import { QUOTA_CHECKS } from './quotas';
import * as versions from './versions';

/** Every check, in the order in which they are told, by the heading under which docs/doctor.md has them. */
export const SECTIONS: Readonly<Record<string, readonly Check[]>> = {
  'What AWS has there': [
    place.REGIONS,
    place.ZONES,
    place.INSTANCE_TYPES,
    place.NODE_IMAGE,
    versions.KUBERNETES,
    versions.ADDONS,
    versions.ENGINE,
    versions.DATABASE_CLASS,
    versions.BACKUP_REGION,
    place.PREFIX_LIST,
  ],
  Quotas: QUOTA_CHECKS,
  'Who may do what': [
    access.BOOTSTRAP,
    access.TRUST,
    access.BOUNDARY,
    access.CREATIONS,
    access.SERVICE_ROLES,
    access.ADMINISTRATORS,
    place.KEY_PAIRS,
    access.NODE_VOLUMES,
    access.POD_VOLUMES,
  ],
  'What people bring': [
    brought.HOSTED_ZONES,
    brought.DELEGATION,
    brought.SLACK,
    brought.CONNECTION,
    brought.IMAGES,
    brought.SIGNING,
    brought.DIGESTS,
    brought.SECRETS,
  ],
};

export const CHECKS: readonly Check[] = Object.values(SECTIONS).flat();
