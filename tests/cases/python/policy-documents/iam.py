import json

DENIED = {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*"}
ALLOWED = {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": "*"}
TEXT = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock:Converse",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-*"}]}"""
OTHER = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


# Every resource of Bedrock, written as short as IAM lets it be: models are among them.
EVERYTHING = {"Effect": "Allow", "Action": "bedrock:*", "Resource": ["arn:aws:bedrock:*", "arn:aws:bedrock:us-east-1:*"]}
