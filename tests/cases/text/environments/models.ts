export const MODEL_BY_STAGE = {
  dev: "us.amazon.nova-micro-v1:0",
  prod: "us.amazon.nova-pro-v1:0",
};
