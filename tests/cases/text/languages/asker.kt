const val SUMMARY_MODEL: String = "us.amazon.nova-lite-v1:0"

suspend fun ask(client: BedrockRuntimeClient) = client.converse {
    modelId = SUMMARY_MODEL
}
