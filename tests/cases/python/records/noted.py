"""Models that are noted for a trace or an experiment, and names to pick from: they have been chosen elsewhere."""

import mlflow

model_id_list = ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"]
model_candidates = ["amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0"]
default_model = "amazon.nova-premier-v1:0"


def note(tracer, langfuse, metrics):
    mlflow.log_param("model_id", "amazon.nova-lite-v1:0")
    mlflow.log_params({"model": "amazon.nova-lite-v1:0", "top_k": 3})
    mlflow.set_tag("model", "amazon.nova-lite-v1:0")
    tracer.set_attribute("gen_ai.request.model", "amazon.nova-lite-v1:0")
    metrics.put_metadata("model", "amazon.nova-lite-v1:0")
    with langfuse.start_as_current_generation(name="answer", model="amazon.nova-lite-v1:0"):
        langfuse.update_current_generation(model="amazon.nova-lite-v1:0")
