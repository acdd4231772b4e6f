"""Helpers of the tests of databases, secrets and caches."""

import functools
import importlib
import json

from emulator.core.seams import secretsmanager
from emulator.services.elasticache import replication_groups, users
from emulator.services.elasticache import snapshots as cache_snapshots
from emulator.services.rds import automated_backups, groups, instances, proxies, restores, snapshots
from emulator.services.s3 import buckets
from emulator.services.s3 import replication as s3_replication
from emulator.services.secretsmanager import rotation, secrets
from test.support.emulated import EmulatorTest, make

RDS = (instances, automated_backups, snapshots, restores, groups, proxies)


@functools.cache
def install() -> None:
    """Put the seams of the data tiers in, which must happen once."""
    for module in (*RDS, secrets, rotation, replication_groups, users, cache_snapshots, buckets, s3_replication):
        module.install()


class DataTest(EmulatorTest):
    """A network in two zones, and what a database needs in it."""

    def setUp(self):
        super().setUp()
        install()
        self.subnets = self.network()

    def database(self, name: str = "main", **properties) -> dict:
        """Properties of a MySQL instance that RDS takes."""
        return {
            "DBInstanceIdentifier": name,
            "Engine": "mysql",
            "EngineVersion": "8.4.9",
            "StorageType": "gp3",
            "AllocatedStorage": "20",
            "MasterUsername": "admin",
            "MasterUserPassword": "a-password",
            "BackupRetentionPeriod": 7,
            **properties,
        }

    def secret(self, name: str = "secret", **value) -> str:
        """The ARN of a secret with that JSON."""
        return make("AWS::SecretsManager::Secret", Name=name, SecretString=json.dumps(value))[0]


def described(module: str, action: str, **parameters: str) -> str:
    """The XML that a service answers, as the `aws` command gets it."""
    return getattr(importlib.import_module(f"ministack.services.{module}"), action)(parameters)[2].decode()


def ask(action: str, **parameters) -> dict:
    """The answer of the service, or its error."""
    return json.loads(getattr(secretsmanager, action)(parameters)[2])


def value(secret: str, stage: str = "AWSCURRENT") -> dict:
    """The JSON of a secret."""
    return json.loads(ask("_get_secret_value", SecretId=secret, VersionStage=stage)["SecretString"])
