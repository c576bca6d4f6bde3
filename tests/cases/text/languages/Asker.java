package com.example;

/** Asks amazon.nova-pro-v1:0. */
public class Asker {
    // the model was "anthropic.claude-v2"
    private static final String MODEL_ID = "us.amazon.nova-lite-v1:0";

    Answer ask(BedrockRuntimeClient client) {
        return client.converse(ConverseRequest.builder().modelId(MODEL_ID).build());
    }

    Answer other(BedrockRuntimeClient client) {
        InvokeModelRequest request = InvokeModelRequest.builder().contentType("json").modelId("amazon.titan-embed-text-v2:0").build();
        return client.invokeModel(request);
    }

    Answer elsewhere(BedrockRuntimeClient client) {
        return client.converse(ConverseRequest.builder().modelId(Models.FAST).build());
    }
}
