import { wholeNumber } from './fields';
import { group } from './group';

/** The bucket of what tenants upload. */
export const uploads = group({
  /** Days after which the earlier versions of an object, deleted ones too, are gone for good: 1 or more. */
  noncurrentVersionDays: wholeNumber(1, 36500),
});
