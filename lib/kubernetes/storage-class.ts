import type { StorageClass } from 'kubernetes-types/storage/v1';
import type { Manifest } from './manifest';
import { STORAGE_CLASS } from './objects/volume-claim';

/** The class of every volume claim that names none: encrypted gp3, made in the zone where its pod is placed. */
export const ssdStorage = (): Manifest<StorageClass> => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: STORAGE_CLASS,
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'ebs.csi.aws.com',
  parameters: { type: 'gp3', encrypted: 'true', 'csi.storage.k8s.io/fstype': 'ext4' },
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  reclaimPolicy: 'Delete',
});
