module.exports = { id: "amazon.nova-lite-v1:0" }
