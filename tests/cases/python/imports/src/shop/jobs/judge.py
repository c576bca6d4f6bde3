import shop.models
from shop import CHAT_MODEL, DRAFT

from .. import models
from ..models import _HIDDEN as hidden
from . import local
from .local import MODEL

import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId=CHAT_MODEL, messages=[])
client.converse(modelId=DRAFT, messages=[])
client.converse(modelId=models.CHAT, messages=[])
client.converse(modelId=shop.models.DRAFT, messages=[])
client.converse(modelId=hidden, messages=[])
client.converse(modelId=local.MODEL, messages=[])
client.converse(modelId=MODEL, messages=[])
