import { LABEL_VALUE } from '../../model/labels';
import { tag, text } from './fields';
import { group, type Config } from './group';

const owner = {
  /** Team that answers for it. */
  owner: tag(),
  /** Where its cost is booked. */
  costCenter: tag(),
};

/** Tags of the people to ask and to charge. Cost allocation tags: activate them in the billing console of the organization. */
export const ownerTags = group(owner);

/** Tags of an environment. */
export const tags = group({
  ...owner,
  /**
   * Long name of the environment, e.g. `production`, as namespaces carry it too.
   */
  environment: text(
    'write up to 63 letters, digits and -, _ or . between them, because it becomes a label',
    LABEL_VALUE,
  ),
});
export type TagsConfig = Config<typeof tags>;
