import { account, flag, list } from './fields';
import { group } from './group';

/** The registry of an environment. */
export const images = group({
  /** Accounts that may pull the images of the platform's own services: that of the environment which a commit reaches next. */
  pulledBy: list(account()),
  /**
   * ECR signs each image that is pushed here (managed signing). A pipeline then deploys no image of this registry without a complete
   * signature. `builds` of the delivery needs it in the first delivered environment: they give no tag to an image without a signature.
   */
  signed: flag(),
});
