"""Puts the page that people see while the platform does not answer into the bucket of assets."""

import boto3


def act(properties):
    boto3.client("s3").put_object(
        Bucket=properties["Bucket"],
        Key=properties["Name"],
        Body=properties["Page"].encode(),
        ContentType="text/html; charset=utf-8",
        CacheControl="max-age=300",
    )
