import { oneOf, tag } from './fields';
import { group, type Config } from './group';

const owner = {
  /** Team that answers for it. */
  owner: tag(),
  /** Where its cost is booked. */
  costCenter: tag(),
};

/** Whom to ask and to charge. Cost allocation tags: activate them in the billing console of the organization. */
export const ownerTags = group(owner);
export type OwnerTags = Config<typeof ownerTags>;

/** Tags of an environment. */
export const tags = group({
  ...owner,
  /** Long name of the environment, as namespaces carry it too. */
  environment: oneOf(['production', 'staging', 'development']),
});
export type TagsConfig = Config<typeof tags>;
