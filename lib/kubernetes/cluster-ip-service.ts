import type { Service } from 'kubernetes-types/core/v1';
import type { Manifest } from './manifest';

export interface ClusterIpServiceProps {
  /** Of the Service, and of the pods by their label `app`. */
  readonly name: string;
  readonly namespace: string;
  /** Of the Service and of the pods. */
  readonly port: number;
  /** @default http */
  readonly portName?: string;
  /** It has no address of its own: its name leads to the pods. @default false */
  readonly headless?: boolean;
}

/** A Service that pods of the cluster reach, with one port. */
export const clusterIpService = (props: ClusterIpServiceProps): Manifest<Service> => {
  const { name, namespace, port, portName = 'http', headless = false } = props;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      type: 'ClusterIP',
      ...(headless && { clusterIP: 'None' }),
      ports: [{ name: portName, port, targetPort: port, protocol: 'TCP' }],
      selector: { app: name },
    },
  };
};
