import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import type { Manifest } from './manifest';

export interface VolumeClaimProps {
  readonly name: string;
  readonly namespace: string;
  /** Its size, in GiB. It may grow, and never shrink. */
  readonly volumeGiB: number;
}

/** A claim of an encrypted volume, which is made in the zone of the first pod that has it, and has one node at a time. */
export const volumeClaim = ({ name, namespace, volumeGiB }: VolumeClaimProps): Manifest<PersistentVolumeClaim> => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'ssd-storage',
    resources: { requests: { storage: `${volumeGiB}Gi` } },
  },
});
