import { COLORS, type Color, type ServiceName } from '../../model/names';
import { coloredName } from '../../model/colors';
import type { Release, Releases } from '../schema/workloads';

/** A Deployment of a service. */
interface ServiceDeployment {
  /** Its name: that of the service, and of the color where the service has colors. */
  readonly name: string;
  readonly color?: Color;
  readonly release: Release;
  /** Lowest number of its pods, if it needs more than the service. */
  readonly replicas?: number | undefined;
}

/** The Deployments of a service: one, or one for each color that the releases have. */
export const deploymentsOf = (releases: Releases, service: ServiceName): readonly ServiceDeployment[] => {
  const own = releases[service];
  if (!('live' in own)) return [{ name: service, release: own }];
  return COLORS.flatMap((color) => {
    const one = own[color];
    return one ? [{ name: coloredName(service, color), color, release: one, replicas: one.replicas }] : [];
  });
};

/** The images of a service, each once: two colors may run the same one. */
export const imagesOf = (releases: Releases, service: ServiceName): readonly Release[] => [
  ...new Map(
    deploymentsOf(releases, service).map(({ release }) => [`${release.tag}@${release.digest}`, release]),
  ).values(),
];

/** The color of a public service that users meet. Undefined: the service has no colors. */
export const liveColor = (releases: Releases, service: ServiceName): Color | undefined => {
  const own = releases[service];
  return 'live' in own ? own.live : undefined;
};
