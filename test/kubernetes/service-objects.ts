import type { ServiceName } from '../../lib/config/environment';
import { colorsOf } from '../../lib/model/colors';
import { SERVICES } from '../../lib/model/services';
import type { Manifest } from '../../lib/kubernetes/manifest';
import { serviceAddress, serviceObjects, type ServiceProps } from '../../lib/kubernetes/service';
import { servicePod } from '../../lib/kubernetes/service-pod';
import { serviceSecrets } from '../../lib/kubernetes/service-secrets';

const resources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } };
/** Of any service, for tests of what it is made of. */
export const props = {
  image: 'registry/service:1.0.0',
  urls: { app: 'https://shop.example', api: 'https://api.shop.example' },
  replicas: 3,
  kubernetesVersion: '1.36',
  resources,
  region: 'eu-north-1',
  arns: { database: 'arn:database', redis: 'arn:redis', jwt: 'arn:jwt' },
  configChecksum: 'abc',
  endpoints: {
    mysqlWriter: 'writer',
    mysqlPrimary: 'primary',
    mysqlReaders: ['reader'],
    mysqlPort: 3306,
    redis: 'cache',
    redisPort: 6379,
  },
};

/** Every object of a service; of a public one, of its first color. */
export const objectsOf = (name: ServiceName, change: Partial<ServiceProps> = {}): readonly Manifest[] => {
  const definition = SERVICES[name];
  const [color] = colorsOf(name);
  const all: ServiceProps = { ...props, name, namespace: definition.namespace, definition, color, ...change };
  const secrets = serviceSecrets(all);
  return [
    ...secrets.objects,
    ...serviceObjects(all, servicePod(all, secrets)),
    ...(color ? [] : [serviceAddress(name, definition, undefined)]),
  ];
};
