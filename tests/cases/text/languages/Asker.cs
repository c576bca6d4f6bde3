public class Asker
{
    private static readonly string SummaryModel = "us.amazon.nova-lite-v1:0";

    public Task<ConverseResponse> Ask(IAmazonBedrockRuntime client) =>
        client.ConverseAsync(new ConverseRequest { ModelId = SummaryModel });

    public Task<ConverseResponse> Fallback(IAmazonBedrockRuntime client) =>
        client.ConverseAsync(new ConverseRequest { ModelId = Environment.GetEnvironmentVariable("MODEL_ID") ?? "us.amazon.nova-micro-v1:0" });
}
