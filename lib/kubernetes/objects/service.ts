import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Manifest } from '../manifest';
import { appLabel } from './labels';

export interface ServiceProps {
  /** Of the Service. */
  readonly name: string;
  /** Label `app` of the Service, and of the pods that it selects. @default - its name */
  readonly app?: string;
  readonly namespace: string;
  readonly ports: readonly ServicePort[];
  /** Labels beside `app`, of the Service, and of the pods that it selects. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** It has no address of its own: its name leads to the pods. @default false */
  readonly headless?: boolean;
}

/** A Service that pods of the cluster reach. */
export const service = ({
  name,
  app = name,
  namespace,
  ports,
  labels,
  annotations,
  headless = false,
}: ServiceProps): Manifest<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace,
    labels: { ...appLabel(app), ...labels },
    ...(annotations && { annotations: { ...annotations } }),
  },
  spec: {
    type: 'ClusterIP',
    ...(headless && { clusterIP: 'None' }),
    ports: ports.map((port) => ({ ...port, protocol: 'TCP' })),
    selector: { ...appLabel(app), ...labels },
  },
});

export interface ClusterIpServiceProps extends Omit<ServiceProps, 'ports'> {
  /** Of the Service and of the pods. */
  readonly port: number;
  /** @default http */
  readonly portName?: string;
}

/** A Service with one port, which is that of the pods. */
export const clusterIpService = ({ port, portName = 'http', ...props }: ClusterIpServiceProps) =>
  service({ ...props, ports: [{ name: portName, port, targetPort: port }] });
