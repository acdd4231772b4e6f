import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1';
import type { Manifest } from '../manifest';

/** The class of every volume of the platform: encrypted, made in the zone of the first pod that has it. */
export const STORAGE_CLASS = 'ssd-storage';

export interface VolumeClaimProps {
  readonly name: string;
  readonly namespace: string;
  /** Its size, in GiB. It may grow, and never shrink. */
  readonly volumeGiB: number;
}

/** A volume that one node at a time has. */
export const volumeClaimSpec = (volumeGiB: number): PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  storageClassName: STORAGE_CLASS,
  resources: { requests: { storage: `${volumeGiB}Gi` } },
});

/** A claim of a volume. */
export const volumeClaim = ({ name, namespace, volumeGiB }: VolumeClaimProps): Manifest<PersistentVolumeClaim> => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: volumeClaimSpec(volumeGiB),
});
