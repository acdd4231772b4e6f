import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { Manifest } from './manifest';

/** The custom resource of the Secrets Store CSI driver, with the parameters of its AWS provider. */
export interface SecretProviderClass {
  apiVersion: 'secrets-store.csi.x-k8s.io/v1';
  kind: 'SecretProviderClass';
  metadata: ObjectMeta;
  spec: {
    provider: 'aws';
    parameters: { region: string; usePodIdentity: 'true'; objects: string };
    secretObjects?: { secretName: string; type: 'Opaque'; data: { objectName: string; key: string }[] }[];
  };
}

/** A secret of Secrets Manager, and what a pod gets of it. */
export interface MountedSecret {
  readonly arn: string;
  /** The file that holds it; or, of a secret in JSON, the file of each of its keys. */
  readonly files: string | Readonly<Record<string, string>>;
}

export interface SecretProviderClassProps {
  /** Of the class; the workload that mounts it. */
  readonly name: string;
  readonly namespace: string;
  readonly region: string;
  readonly secrets: readonly MountedSecret[];
  /** Files that become keys of a Kubernetes Secret too, for variables of the environment. @default - none */
  readonly variables?: { readonly secretName: string; readonly files: readonly string[] };
}

/** Which secrets the pods of a workload get. Nothing of it is a secret. */
export const secretProviderClass = (props: SecretProviderClassProps): Manifest<SecretProviderClass> => {
  const { name, namespace, region, secrets, variables } = props;
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: { name, namespace },
    spec: {
      provider: 'aws',
      parameters: { region, usePodIdentity: 'true', objects: JSON.stringify(secrets.map(providerObject)) },
      ...(variables && {
        secretObjects: [
          {
            secretName: variables.secretName,
            type: 'Opaque',
            data: variables.files.map((file) => ({ objectName: file, key: file })),
          },
        ],
      }),
    },
  };
};

/** A secret as the AWS provider reads it. A whole JSON secret would be a file too, so it gets a name that says what it is. */
const providerObject = ({ arn, files }: MountedSecret) =>
  typeof files === 'string'
    ? { objectName: arn, objectAlias: files }
    : {
        objectName: arn,
        objectAlias: `${Object.values(files)[0]}.json`,
        jmesPath: Object.entries(files).map(([path, objectAlias]) => ({ path, objectAlias })),
      };

/** Folder of a pod in which its secrets are files. */
export const SECRETS_FOLDER = '/var/run/secrets/platform';

/** The volume of a class, and where a container finds it. */
export const secretsVolume = (secretProviderClassName: string): { volume: Volume; mount: VolumeMount } => ({
  volume: {
    name: 'secrets',
    csi: {
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: secretProviderClassName },
    },
  },
  mount: { name: 'secrets', mountPath: SECRETS_FOLDER, readOnly: true },
});
