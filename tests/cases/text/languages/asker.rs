const MODEL_ID: &str = "us.amazon.nova-lite-v1:0";

async fn ask(client: &Client) {
    client.converse().model_id(MODEL_ID).send().await;
    let model = std::env::var("MODEL_ID").unwrap_or_else(|_| "us.amazon.nova-micro-v1:0".to_string());
    client.invoke_model().body(body).model_id(model).send().await;
}
