import boto3

client = boto3.client("bedrock-runtime")
DRAFT = "amazon.nova-micro-v1:0"
FINAL = REVIEW = "amazon.nova-pro-v1:0"
small, (_, large) = "amazon.nova-lite-v1:0", (1, "us.amazon.nova-premier-v1:0")
first, *others = [DRAFT, FINAL, large]

model = DRAFT
model = FINAL
client.converse(modelId=model, messages=[])
client.converse(modelId=large, messages=[])
client.converse(modelId=others[-1], messages=[])

small, large = large, small
client.converse(modelId=small, messages=[])

scoped = "eu."
scoped += DRAFT
client.converse(modelId=scoped, messages=[])

if (picked := REVIEW):
    client.converse(modelId=picked, messages=[])
