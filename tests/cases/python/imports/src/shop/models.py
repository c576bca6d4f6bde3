CHAT = "amazon.nova-micro-v1:0"
DRAFT = "amazon.nova-lite-v1:0"
_HIDDEN = "amazon.nova-pro-v1:0"
