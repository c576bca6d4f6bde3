package main

const summaryModel = "us.amazon.nova-lite-v1:0"

func ask(ctx context.Context, client *bedrockruntime.Client) {
	client.Converse(ctx, &bedrockruntime.ConverseInput{
		ModelId: aws.String(summaryModel),
	})
	client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{ModelId: aws.String("amazon.titan-embed-text-v2:0")})
}
