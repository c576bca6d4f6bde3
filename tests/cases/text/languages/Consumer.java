package com.example.chat;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

class Consumer {
    String ask(BedrockRuntimeClient client, Message message) {
        var modelId = "us.amazon.nova-pro-v1:0";

        // The request is built by what the call hands its builder to.
        var response = client.converse(request -> request
                .modelId(modelId)
                .messages(message));
        client.invokeModel(r -> r.body(message.body()).modelId(System.getenv("TITLE_MODEL_ID")));
        return names.converse(name -> name.trim());
    }
}
