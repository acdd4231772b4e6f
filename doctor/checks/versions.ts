import { check, misses } from '../check';
import { backupRegions, engineVersions, offerKey } from '../facts/offers';
import { planned } from '../plan';

export const KUBERNETES = check({
  title: 'EKS creates clusters of the Kubernetes version',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html',
  facts: ['kubernetesVersions', 'deployed'],
  find: (plan, { kubernetesVersions, deployed }) =>
    kubernetesVersions.includes(plan.kubernetesVersion) ||
    deployed.resources.some(({ type }) => type === 'AWS::EKS::Cluster')
      ? []
      : [
          {
            missing: `EKS does not create clusters of Kubernetes ${plan.kubernetesVersion}.`,
            remedy: `Choose one of these in cluster.kubernetesVersion: ${kubernetesVersions.join(', ')} (docs/upgrade.md)`,
          },
        ],
});

export const ADDONS = check({
  title: 'EKS has the versions of the add-ons',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html',
  facts: ['addonVersions'],
  find: (plan, { addonVersions }) =>
    misses(planned(plan, 'AWS::EKS::Addon'), ({ properties: { AddonName: name, AddonVersion: version } }) =>
      version === undefined || addonVersions[name]?.includes(version)
        ? undefined
        : {
            missing: `EKS has no ${name} ${version} for Kubernetes ${plan.kubernetesVersion}.`,
            remedy: `Write one of these in lib/model/versions.ts: ${addonVersions[name]?.slice(0, 3).join(', ') || `EKS has no version of ${name}`}`,
          },
    ),
});

export const ENGINE = check({
  title: 'RDS has the engine version of MySQL',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html',
  facts: ['databaseEngines'],
  find: (plan, { databaseEngines }) =>
    misses(engineVersions(plan), (version) =>
      databaseEngines.includes(version)
        ? undefined
        : {
            missing: `RDS does not offer MySQL ${version} in ${plan.region}.`,
            remedy: `Choose another in mysql.engineVersion: aws rds describe-db-engine-versions --region ${plan.region} --engine mysql --query DBEngineVersions[].EngineVersion`,
          },
    ),
});

export const DATABASE_CLASS = check({
  title: 'RDS offers the instance class in the zones',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html',
  facts: ['databaseOffers'],
  find: (plan, { databaseOffers }) => {
    const instances = planned(plan, 'AWS::RDS::DBInstance');
    const [version = ''] = engineVersions(plan);
    return misses(instances, ({ properties, logicalId }) => {
      const {
        DBInstanceClass,
        AvailabilityZone,
        MultiAZ,
        SourceDBInstanceIdentifier,
        EnablePerformanceInsights,
        DBInstanceIdentifier,
      } = properties;
      const key = offerKey(DBInstanceClass, properties.EngineVersion ?? version);
      const remedy = `Choose another class in mysql.instanceClass, or other zones: aws rds describe-orderable-db-instance-options --region ${plan.region} --engine mysql --db-instance-class ${DBInstanceClass}`;
      const offer = databaseOffers[key];
      const missing = (what: string) => ({
        missing: `${DBInstanceIdentifier ?? logicalId}: RDS ${what}.`,
        remedy,
      });
      if (offer === undefined) return missing(`does not offer ${key} on a gp3 volume in ${plan.region}`);
      const zones = plan.availabilityZones.filter((zone) => offer.zones.includes(zone));
      if (AvailabilityZone !== undefined && !zones.includes(AvailabilityZone))
        return missing(`does not offer ${key} in ${AvailabilityZone}`);
      if (zones.length < (MultiAZ ? 2 : 1))
        return missing(`offers ${key} in ${zones.length} of the zones, but the instance needs ${MultiAZ ? 2 : 1}`);
      if (MultiAZ && !offer.multiAz) return missing(`does not offer a standby of ${key}`);
      if (SourceDBInstanceIdentifier && !offer.replicas) return missing(`does not offer a read replica of ${key}`);
      if (EnablePerformanceInsights && !offer.insights)
        return missing(`offers ${key} only without Performance Insights: set mysql.insights to false`);
      return offer.encryption ? undefined : missing(`offers ${key} only without encryption`);
    });
  },
});

export const BACKUP_REGION = check({
  title: 'RDS replicates backups into the recovery region',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Describe.html',
  facts: ['backupReplication'],
  find: (plan, { backupReplication }) =>
    misses(backupRegions(plan), (region) =>
      backupReplication[region] === true
        ? undefined
        : {
            missing: `RDS does not replicate automated backups from ${plan.region} to ${region}.`,
            remedy: `Choose another recovery.region: aws rds describe-source-regions --region REGION --region-name ${plan.region} tells of each REGION`,
          },
    ),
});
