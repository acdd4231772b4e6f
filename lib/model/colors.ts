import { COLORS, type Color, type ServiceName } from './names';
import { SERVICES } from './services';

/** The colors that a service can have: a public one has two. */
export const colorsOf = (service: ServiceName): readonly Color[] =>
  SERVICES[service].site === undefined ? [] : COLORS;

/** Name of what runs one color of a service, such as its Deployment: `api-gateway-blue`. Without a color, that of the service. */
export const coloredName = (service: string, color?: Color): string =>
  color === undefined ? service : `${service}-${color}`;
