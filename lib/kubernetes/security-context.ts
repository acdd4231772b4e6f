import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1';

/** Of a container: what the strictest Pod Security standard asks for, and a root that nobody writes to. */
export const securityContext = (): SecurityContext => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
});

/** The user who owns nothing. */
export const NOBODY = 65534;

/** Of a pod: it runs as a user and the group of the same number, to which its volumes belong. */
export const runAs = (user: number): PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  fsGroupChangePolicy: 'OnRootMismatch', // not file by file at every start
  seccompProfile: { type: 'RuntimeDefault' },
});
