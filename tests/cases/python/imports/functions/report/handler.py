from agg import aggregate


def handler(event, context):
    return aggregate(model_id="amazon.nova-premier-v1:0", texts=event["texts"])
