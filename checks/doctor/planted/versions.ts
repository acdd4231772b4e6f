import * as versions from '../../../doctor/checks/versions';
import { SUBJECT } from '../subject';
import { given, type Planted } from './planted';

const { region } = SUBJECT;

export const VERSIONS: readonly Planted[] = [
  {
    check: versions.KUBERNETES,
    plant: given({ kubernetes: ['1.35'] }),
    says: /^EKS does not create clusters of Kubernetes 1\.36\.$/,
    remedy: /kubernetesVersion: 1\.35/,
  },
  {
    check: versions.ADDONS,
    plant: given({ addons: {} }),
    says: /^EKS has no coredns v1\.14\.3-eksbuild\.23 for Kubernetes 1\.36\.$/,
    remedy: /lib\/model\/versions\.ts/,
  },
  {
    check: versions.ENGINE,
    plant: given({ databases: [] }),
    says: /^RDS does not offer MySQL 8\.4\.9 in ap-southeast-1\.$/,
    remedy: /describe-db-engine-versions/,
  },
  {
    check: versions.DATABASE_CLASS,
    plant: given({ unsold: { 'db.t4g.medium': [`${region}a`, `${region}b`] } }),
    says: /RDS (does not offer db\.t4g\.medium with MySQL 8\.4\.9 in ap-southeast-1\w|offers db\.t4g\.medium .* in 1 of the zones)/,
    remedy: /describe-orderable-db-instance-options/,
  },
  {
    check: versions.BACKUP_REGION,
    plant: given({ unreplicated: [region] }),
    says: /^RDS does not replicate automated backups from ap-southeast-1 to ap-southeast-2\.$/,
    remedy: /describe-source-regions --region REGION --region-name ap-southeast-1/,
  },
];
