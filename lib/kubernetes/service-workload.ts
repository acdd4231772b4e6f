import type { WorkloadIdentity } from './objects/labels';

/** A service of the platform, as labels tell it apart. */
export const serviceWorkload = (name: string): WorkloadIdentity => ({ app: name, component: 'service' });
