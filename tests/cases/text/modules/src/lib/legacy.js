module.exports = { MODEL: "us.amazon.nova-lite-v1:0", pick: () => "us.amazon.nova-premier-v1:0" };
