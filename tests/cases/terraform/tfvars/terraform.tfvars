model     = "amazon.nova-lite-v1:0"
embedding = "amazon.titan-embed-text-v2:0"
