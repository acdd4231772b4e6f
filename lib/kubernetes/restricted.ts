import type { SecurityContext } from 'kubernetes-types/core/v1';

/** Of a container: what the strictest Pod Security standard asks for, and a root that nobody writes to. */
export const restricted = (): SecurityContext => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
});
