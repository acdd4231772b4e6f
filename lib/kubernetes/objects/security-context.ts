import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1';

/** Of a container: the requirements of the strictest Pod Security standard, and a root that nobody writes to. */
export const securityContext = (): SecurityContext => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
});

/** The user who owns nothing. */
export const NOBODY = 65534;

/** Of a pod: it runs as a user; without more, as the group that the image gives the user. */
export const podSecurityContext = (
  user: number,
  group: Pick<PodSecurityContext, 'runAsGroup' | 'fsGroup' | 'fsGroupChangePolicy'> = {},
): PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: user,
  ...group,
  seccompProfile: { type: 'RuntimeDefault' },
});

/** Of a pod: it runs as a user and the group of the same number, to which its volumes belong. */
export const runAs = (user: number): PodSecurityContext =>
  podSecurityContext(user, {
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch', // not file by file at every start
  });
