import boto3

REGION = "eu-west-1"
SCOPE = {"us": "us", "eu": "eu", "ap": "apac"}[REGION.split("-")[0]]
BASE = "amazon.nova-lite-v1:0"
ACCOUNT = boto3.client("sts").get_caller_identity()["Account"]

client = boto3.client("bedrock-runtime", region_name=REGION)
client.converse(modelId=f"{SCOPE}.{BASE}", messages=[])
client.converse(modelId="{}.{}".format(SCOPE, BASE), messages=[])
client.converse(modelId="{scope}.{base}".format(scope=SCOPE, base=BASE), messages=[])
client.converse(modelId="%s.%s" % (SCOPE, BASE), messages=[])
client.converse(modelId=SCOPE + "." + BASE, messages=[])
client.converse(modelId=".".join([SCOPE, BASE]), messages=[])
client.converse(modelId=f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/{SCOPE}.{BASE}", messages=[])
client.converse(modelId=("model/" + BASE).removeprefix("model/"), messages=[])
client.converse(modelId=f"{client.meta.region_name[:2]}.{BASE}", messages=[])
