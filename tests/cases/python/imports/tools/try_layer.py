from agg import aggregate

print(aggregate("amazon.nova-micro-v1:0", ["Hello"]))
