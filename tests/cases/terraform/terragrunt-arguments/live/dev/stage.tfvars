judge_model = "amazon.nova-lite-v1:0"
